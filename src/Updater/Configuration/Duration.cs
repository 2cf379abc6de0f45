using System.Globalization;

namespace Updater.Configuration;

/// <summary>
/// How spans of time are written in configuration and on the command line: <c>hh:mm:ss</c>, <c>d.hh:mm:ss</c>, or a
/// number with one unit, as in <c>500ms 30s 10m 24h 2d</c>. A bare number means nothing, except <c>0</c>.
/// </summary>
internal static class Duration
{
    /// <summary>What is shown to a person who wrote something else.</summary>
    public const string Forms = "hh:mm:ss, d.hh:mm:ss, or a number with ms, s, m, h or d";

    /// <summary>Negative spans and bare numbers are refused: <c>"10"</c> would be ten days to the base library.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text is "0")
        {
            return true;
        }

        return text.Contains(':') ? TryParseClock(text, out duration) : TryParseUnit(text, out duration);
    }

    /// <summary>The shortest of the forms above that says the same.</summary>
    public static string ToText(TimeSpan duration) =>
        duration == TimeSpan.Zero ? "0" : duration.ToString("c", CultureInfo.InvariantCulture);

    private static bool TryParseClock(ReadOnlySpan<char> text, out TimeSpan duration) =>
        TimeSpan.TryParseExact(
            text, [@"hh\:mm\:ss", @"d\.hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF"], CultureInfo.InvariantCulture, out duration);

    private static bool TryParseUnit(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 10)
        {
            return false;
        }

        var number = long.Parse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        var ticks = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => 0,
        };

        if (ticks == 0 || number > TimeSpan.MaxValue.Ticks / ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks(number * ticks);
        return true;
    }
}
