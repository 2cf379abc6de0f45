using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>{…}</c> and <c>[…]</c> in hex signature text (clamav-formats.md §3.6). <c>{0} {} {-} {-0} {0-} {0-0}</c> all
/// behave like <c>*</c> in the reference engine.
/// </summary>
internal static class HexGapReader
{
    private const long MaxShortGap = 32;

    /// <summary>Reads from the opening brace on. False after reporting.</summary>
    /// <param name="isExact">True for <c>{n}</c> with n above 0, which alone may stay inside a part.</param>
    public static bool TryReadGap(ref HexCursor cursor, out PatternGap gap, out bool isExact)
    {
        gap = PatternGap.Unbounded;
        isExact = false;
        var start = cursor.Position;
        if (!TryReadRange(ref cursor, (byte)'}', int.MaxValue, out var range))
        {
            cursor.Fault(SignatureCodes.Gap, start, "This is not a gap; allowed are {n}, {-n}, {n-} and {n-m} with decimal "
                + $"numbers up to {int.MaxValue}.");
            return false;
        }

        if (range is { Minimum: 0, Maximum: null or 0 })
        {
            cursor.Warn(SignatureCodes.ZeroGap, start, "This gap stands for any number of bytes; write * to say so.");
            return true;
        }

        gap = new PatternGap(range.Minimum, (int?)range.Maximum);
        isExact = !range.HasDash;
        if (gap.Maximum < gap.Minimum)
        {
            cursor.Warn(SignatureCodes.GapNeverMatches, start, "The gap's end is lower than its start: it never matches.");
        }

        return true;
    }

    /// <summary>Reads from the opening bracket on; null after reporting. <c>[n-]</c> is <c>[n]</c>.</summary>
    public static ShortGapItem? ReadShortGap(ref HexCursor cursor)
    {
        var start = cursor.Position;
        var hasStart = cursor.Rest.Length > 1 && char.IsAsciiDigit((char)cursor.Rest[1]);
        if (hasStart && TryReadRange(ref cursor, (byte)']', MaxShortGap + 1, out var range))
        {
            var maximum = range.Maximum ?? range.Minimum;
            if (range.Minimum <= maximum && maximum <= MaxShortGap)
            {
                return new ShortGapItem { Minimum = range.Minimum, Maximum = (int)maximum };
            }
        }

        cursor.Fault(SignatureCodes.ShortGap, start,
            "This is not the distance of a set-off byte; allowed are [n] and [n-m] with n <= m <= 32.");
        return null;
    }

    /// <summary><c>{n}</c> inside a choice: the number alone, 1 to 127.</summary>
    public static bool TryReadSkip(ref HexCursor cursor, out int bytes)
    {
        bytes = 0;
        if (!TryReadRange(ref cursor, (byte)'}', int.MaxValue, out var range)
            || range.HasDash || range.Minimum == 0 || range.Minimum >= HexPatternParser.SplittingSkip)
        {
            return false;
        }

        bytes = range.Minimum;
        return true;
    }

    /// <summary>Reads <c>n</c>, <c>-m</c>, <c>n-</c>, <c>n-m</c> or nothing, with the brackets. Missing numbers are 0 and none.</summary>
    private static bool TryReadRange(
        ref HexCursor cursor, byte close, long limit, out (int Minimum, long? Maximum, bool HasDash) range)
    {
        range = default;
        var length = cursor.Rest.IndexOf(close);
        if (length < 0)
        {
            return false;
        }

        var text = cursor.Rest[1..length];
        cursor.Skip(length + 1);
        var dash = text.IndexOf((byte)'-');
        var minimumText = dash < 0 ? text : text[..dash];
        var maximumText = dash < 0 ? text : text[(dash + 1)..];
        if (!TryReadNumber(minimumText, limit, out var minimum) || !TryReadNumber(maximumText, limit, out var maximum))
        {
            return false;
        }

        range = ((int)(minimum ?? 0), maximum, dash >= 0);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, long limit, out long? number)
    {
        number = null;
        if (text.IsEmpty)
        {
            return true;
        }

        var isNumber = DecimalNumber.TryRead(text, limit + 1, out var value) && value <= limit;
        number = value;
        return isNumber;
    }
}
