using System.Globalization;

namespace Updater.Configuration;

/// <summary>One key of the configuration: where it stands, what it may hold, what it holds when nothing is said.</summary>
/// <param name="Path">Camel-case segments joined with dots; <c>*</c> stands for an array position or a chosen name.</param>
/// <param name="Default">Canonical text.</param>
/// <param name="Allowed">For people: range, words or form.</param>
internal abstract record Setting(string Path, string Default, string Allowed)
{
    /// <summary>Segments of <see cref="Path"/>.</summary>
    public string[] Segments { get; } = Path.Split('.');

    /// <summary>True: a running service takes the new value on SIGHUP; else only a restart does (M-014).</summary>
    public bool IsHot { get; init; }

    /// <summary>The original's name for the last segment (csapi.md §5), also accepted.</summary>
    public string? Alias { get; init; }

    /// <summary>A bare number counts seconds when the value is written under the alias, as in the original.</summary>
    public bool AliasCountsSeconds { get; init; }

    /// <summary>The kinds of sources that have it; null = all, and whatever is no source.</summary>
    public string[]? Kinds { get; init; }

    /// <summary>True: what was written is not repeated in messages, for it may be the secret itself.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The form a JSON file has to use.</summary>
    public abstract RawForm Form { get; }

    public bool IsOfKind(string kind) => Kinds is null || Kinds.Contains(kind, StringComparer.Ordinal);

    /// <summary>The canonical text, or null when the value is not allowed.</summary>
    public abstract string? Check(string text);
}

/// <summary>A whole number of a range.</summary>
internal sealed record NumberSetting(string Path, long Value, long Min, long Max)
    : Setting(
        Path,
        Value.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"a whole number from {Min} to {Max}"))
{
    public override RawForm Form => RawForm.Number;

    public override string? Check(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= Min && number <= Max
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;
}

internal sealed record FlagSetting(string Path, bool Value) : Setting(Path, Value ? "true" : "false", "true or false")
{
    public override RawForm Form => RawForm.Flag;

    public override string? Check(string text) => bool.TryParse(text, out var flag) ? (flag ? "true" : "false") : null;
}

/// <summary>A span of time of a range; <paramref name="ZeroMeans"/> tells what zero does where zero is special.</summary>
internal sealed record DurationSetting(string Path, TimeSpan Value, TimeSpan Min, TimeSpan Max, string? ZeroMeans = null)
    : Setting(
        Path,
        Duration.ToText(Value),
        $"{(ZeroMeans is null ? "" : $"0 ({ZeroMeans}) or ")}{Duration.ToText(Min)} to {Duration.ToText(Max)} as {Duration.Forms}")
{
    public override RawForm Form => RawForm.Text;

    public override string? Check(string text) =>
        Duration.TryParse(text, out var duration)
        && ((ZeroMeans is not null && duration == TimeSpan.Zero) || (duration >= Min && duration <= Max))
            ? Duration.ToText(duration)
            : null;
}

/// <summary>One of a few words.</summary>
internal sealed record WordSetting(string Path, string Value, params string[] Words)
    : Setting(Path, Value, string.Join(", ", Words))
{
    public override RawForm Form => RawForm.Text;

    public override string? Check(string text) => Words.FirstOrDefault(w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Free text that passes a check.</summary>
internal sealed record TextSetting(string Path, string Value, string Allowed, Predicate<string> IsAllowed)
    : Setting(Path, Value, Allowed)
{
    public override RawForm Form => RawForm.Text;

    public override string? Check(string text) => IsAllowed(text) ? text : null;
}

/// <summary>Texts that each pass a check; in the environment and on the command line separated by commas.</summary>
internal sealed record ListSetting(string Path, string Value, string Allowed, Predicate<string> IsAllowed)
    : Setting(Path, Value, $"a list, each item {Allowed}")
{
    public override RawForm Form => RawForm.List;

    public override string? Check(string text)
    {
        var items = Split(text);
        return items.All(i => IsAllowed(i)) && items.Distinct(StringComparer.Ordinal).Count() == items.Length
            ? string.Join(",", items)
            : null;
    }

    public static string[] Split(string text) =>
        text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
}
