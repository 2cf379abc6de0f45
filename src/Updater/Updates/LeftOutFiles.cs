using System.Globalization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;

namespace Updater.Updates;

/// <summary>
/// What is left out of packages, in one line each: malformed lines and containers of lenient ones, and what this engine or its
/// configuration does not load of any. A signed package with a malformed line is refused as a whole.
/// </summary>
internal static class LeftOutFiles
{
    /// <summary>The index of a container: nothing is lost with it.</summary>
    private const string ContainerIndex = "SIG134";

    /// <summary>What of a file was left out by its findings' codes; the index of a container does not count.</summary>
    public static IEnumerable<KeyValuePair<string, long>> SkippedOf(LeftOutLines file) => file.Skipped.Where(code => code.Key != ContainerIndex);

    /// <summary>The first finding about what is left out of some files: a malformed line before one that is skipped; null = none is listed.</summary>
    public static Diagnostic? Example(IEnumerable<Diagnostic> findings)
    {
        var left = findings.Where(found => found.Severity != DiagnosticSeverity.Warning && found.Code != ContainerIndex).ToList();
        return left.Find(found => found.Severity == DiagnosticSeverity.Error && found.Line > 0)
            ?? left.Find(found => found.Severity == DiagnosticSeverity.Error)
            ?? left.FirstOrDefault();
    }

    /// <returns>Null when every line is in.</returns>
    public static string? Summary(CompiledImage image)
    {
        var containers = image.Package.Findings.Count(found => found.Code == Sources.ContainerFiles.RefusedCode);
        var malformed = image.Report.LeftOut.Where(file => file.Malformed > 0).ToList();
        var skipped = image.Report.LeftOut.SelectMany(SkippedOf)
            .GroupBy(code => code.Key, code => code.Value, StringComparer.Ordinal)
            .Select(code => (Code: code.Key, Count: code.Sum()))
            .OrderByDescending(code => code.Count).ThenBy(code => code.Code, StringComparer.Ordinal)
            .ToList();
        var parts = new List<string>();
        if (malformed.Count > 0)
        {
            parts.Add($"{Counted(malformed.Sum(file => file.Malformed), "malformed line")} left out in {Counted(malformed.Count, "file")}");
        }

        if (containers > 0)
        {
            parts.Add($"{Counted(containers, "container")} not used");
        }

        if (skipped.Count > 0)
        {
            parts.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{skipped.Sum(code => code.Count)} skipped ({string.Join(", ", skipped.Select(code => $"{code.Code} {code.Count}"))})"));
        }

        return parts.Count == 0 ? null : PlainText.Of($"{image.Package.Facts.Id.Name}: {string.Join(", ", parts)}{First(image)}");
    }

    private static string First(CompiledImage image) => Example(image.Findings) is { } first
        ? $"; first: {first}{(first.Hint is { } hint ? " " + hint : "")}"
        : "";

    private static string Counted(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
