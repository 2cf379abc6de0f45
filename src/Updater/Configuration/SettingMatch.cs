using System.Diagnostics.CodeAnalysis;

namespace Updater.Configuration;

/// <summary>Finds the setting a written path means, and the nearest one when there is none.</summary>
internal static class SettingMatch
{
    /// <summary>Finds by camel-case name (any letter case) or by the original's name for the last segment.</summary>
    /// <param name="segments">As written.</param>
    /// <param name="canonical">Path with our spelling and the written positions and names.</param>
    /// <param name="isAlias">True when the original's name was used.</param>
    public static bool TryFind(
        IReadOnlyList<string> segments, [NotNullWhen(true)] out Setting? setting, out string canonical, out bool isAlias)
    {
        // listeners.http may be written as the plain list of addresses (cli.md).
        if (segments.Count == 2 && Same(segments[0], "listeners") && Same(segments[1], "http"))
        {
            segments = [.. segments, "addresses"];
        }

        foreach (var candidate in SettingTable.All)
        {
            if (Matches(candidate, segments, out isAlias))
            {
                setting = candidate;
                canonical = Canonical(candidate, segments);
                return true;
            }
        }

        setting = null;
        canonical = "";
        isAlias = false;
        return false;
    }

    /// <summary>True when settings exist below this path, so that a plain value there is misplaced.</summary>
    public static bool IsSection(IReadOnlyList<string> segments) =>
        SettingTable.All.Any(s => s.Segments.Length > segments.Count && StartsWith(s, segments, segments.Count));

    /// <summary>A hint for an unknown key: the same key elsewhere, a near spelling beside it, or what may stand there.</summary>
    public static string Suggest(IReadOnlyList<string> segments)
    {
        var last = segments[^1];
        var elsewhere = SettingTable.All.FirstOrDefault(s => Same(s.Segments[^1], last) || (s.Alias is not null && Same(s.Alias, last)));
        if (elsewhere is not null)
        {
            return $"unknown here; did you mean {elsewhere.Path}?";
        }

        var siblings = SettingTable.All
            .Where(s => s.Segments.Length >= segments.Count && StartsWith(s, segments, segments.Count - 1))
            .Select(s => s.Segments[segments.Count - 1]).Where(s => s != "*").Distinct(StringComparer.Ordinal).ToList();
        var near = siblings.FirstOrDefault(s => Distance(s, last) <= 2);
        return near is not null ? $"unknown key; did you mean {near}?"
            : siblings.Count > 0 ? $"unknown key; allowed here: {string.Join(", ", siblings)}"
            : $"unknown key; sections are {string.Join(", ", SettingTable.All.Select(s => s.Segments[0]).Distinct(StringComparer.Ordinal))}";
    }

    private static bool Matches(Setting setting, IReadOnlyList<string> segments, out bool isAlias)
    {
        isAlias = false;
        if (setting.Segments.Length != segments.Count || !StartsWith(setting, segments, segments.Count - 1))
        {
            return false;
        }

        isAlias = setting.Alias is not null && Same(setting.Alias, segments[^1]);
        return isAlias || SegmentMatches(setting, segments.Count - 1, segments[^1]);
    }

    private static bool StartsWith(Setting setting, IReadOnlyList<string> segments, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i >= setting.Segments.Length || !SegmentMatches(setting, i, segments[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SegmentMatches(Setting setting, int position, string written) =>
        setting.Segments[position] == "*"
            ? setting.Segments[0] == "sources" ? SettingPath.IsIndex(written) : written.Length > 0
            : Same(setting.Segments[position], written);

    private static string Canonical(Setting setting, IReadOnlyList<string> segments) =>
        string.Join('.', setting.Segments.Select((s, i) => s == "*" ? segments[i] : s));

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary>Edit distance; both texts are short.</summary>
    private static int Distance(string left, string right)
    {
        if (right.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
