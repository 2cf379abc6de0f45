using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Byte comparisons (clamav-formats.md §3.7). The blob: reference u16, type u8, byte order u8 (0 big, 1 little, 2 none),
/// exact u8, length u8, tests u16, offset i64, then per test comparison i64 and value i64.
/// </summary>
internal static class ByteComparer
{
    public const int HeadSize = 16;
    public const int TestSize = 16;

    /// <summary>Text that is shorter behind its blanks is no number where its kind has to be told (measured).</summary>
    private const int MinAutoLength = 3;

    /// <summary>The longest text that is read as a number.</summary>
    public const int MaxLength = 64;

    public static int Reference(ReadOnlySpan<byte> blob) => BinaryPrimitives.ReadUInt16LittleEndian(Checked.Slice(blob, 0, HeadSize));

    /// <param name="start">Of the reference's last match.</param>
    /// <exception cref="ImageException">The blob is damaged.</exception>
    public static bool Holds(in ContentView view, ReadOnlySpan<byte> blob, long start)
    {
        var head = Checked.Slice(blob, 0, HeadSize);
        var tests = Checked.Slice(blob, HeadSize, (long)BinaryPrimitives.ReadUInt16LittleEndian(head[6..]) * TestSize);
        var length = Math.Min((int)head[5], MaxLength);
        var at = start + BinaryPrimitives.ReadInt64LittleEndian(head[8..]);

        // Position 0 is never looked at, as in the reference engine (§9.1).
        if (at <= 0 || at > view.Length - length || length == 0
            || !TryRead(view.Get(at, length), (ByteCompareType)head[2], head[3], head[4] != 0, out var number))
        {
            return false;
        }

        for (; !tests.IsEmpty; tests = tests[TestSize..])
        {
            var test = new NumberTest(
                (NumberComparison)tests[0], BinaryPrimitives.ReadInt64LittleEndian(tests[8..]));
            if (tests[0] > (byte)NumberComparison.Less || !test.Holds(number))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, ByteCompareType type, byte order, bool isExact, out long number)
    {
        number = 0;
        if ((order == 2 && type != ByteCompareType.DecimalText) || (type == ByteCompareType.AutoText && bytes.Length - Blanks(bytes) < MinAutoLength))
        {
            return false;
        }

        return type switch
        {
            ByteCompareType.Binary => TryReadBinary(bytes, order == 1, out number),
            ByteCompareType.HexText => TryReadHex(bytes, order == 1, isExact, out number),
            ByteCompareType.DecimalText => TryReadText(bytes, 10, isExact ? bytes.Length : null, out number),
            ByteCompareType.AutoText => HasHexPrefix(bytes)
                ? TryReadHex(bytes, order == 1, isExact, out number)
                : order == 0 && TryReadText(bytes, 10, isExact ? bytes.Length : null, out number),
            _ => throw ImageException.Damaged("a byte comparison is of no kind"),
        };
    }

    private static bool TryReadBinary(ReadOnlySpan<byte> bytes, bool isLittleEndian, out long number)
    {
        number = (bytes.Length, isLittleEndian) switch
        {
            (1, _) => bytes[0],
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (8, true) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            (8, false) => BinaryPrimitives.ReadInt64BigEndian(bytes),
            _ => 0,
        };
        return bytes.Length is 1 or 2 or 4 or 8;
    }

    private static bool HasHexPrefix(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Blanks(bytes)..];
        return bytes.Length > 2 && bytes[0] == '0' && (bytes[1] | 0x20) == 'x';
    }

    /// <summary>
    /// In little-endian text the pairs of digits stand in reverse order; an odd number of digits gets a 0 in front, and
    /// the first pair that holds something else than digits or an x ends the text.
    /// </summary>
    private static bool TryReadHex(ReadOnlySpan<byte> bytes, bool isReversed, bool isExact, out long number)
    {
        int? exactLength = isExact ? bytes.Length : null;
        number = 0;
        if (!isReversed)
        {
            return TryReadText(bytes, 16, exactLength, out number);
        }

        if (isExact && Blanks(bytes) > 0)
        {
            return false;
        }

        var text = bytes[Blanks(bytes)..];
        text = HasHexPrefix(text) ? text[2..] : text;
        if (text.Length == 1)
        {
            return TryReadText(text, 16, exactLength, out number);
        }

        // Pairs that are none leave zeros in front, which belong to an exact number as well (measured).
        Span<byte> room = stackalloc byte[MaxLength + 2];
        var reversed = room[..(text.Length + (text.Length & 1))];
        reversed.Fill((byte)'0');
        var start = reversed.Length;
        for (var i = -(text.Length & 1); i < text.Length; i += 2)
        {
            var high = i < 0 ? (byte)'0' : text[i];
            if (!IsPairDigit(high) || !IsPairDigit(text[i + 1]))
            {
                break;
            }

            start -= 2;
            (reversed[start], reversed[start + 1]) = (high, text[i + 1]);
        }

        return TryReadText(reversed, 16, exactLength, out number);
    }

    private static bool IsPairDigit(byte value) => char.IsAsciiHexDigit((char)value) || (value | 0x20) == 'x';

    /// <summary>As C's strtol reads: blanks, sign, digits; text without any digit is 0.</summary>
    /// <param name="exactLength">Bytes that have to belong to the number, with digits among them; null = any.</param>
    private static bool TryReadText(ReadOnlySpan<byte> bytes, int radix, int? exactLength, out long number)
    {
        number = 0;
        var at = Blanks(bytes);
        if (exactLength is not null && at > 0)
        {
            return false;
        }

        var isNegative = at < bytes.Length && bytes[at] == '-';
        at += at < bytes.Length && (bytes[at] is (byte)'-' or (byte)'+') ? 1 : 0;
        if (radix == 16 && bytes[at..] is [(byte)'0', (byte)'x' or (byte)'X', var next, ..] && Digit(next) < 16)
        {
            at += 2;
        }

        var firstDigit = at;
        for (; at < bytes.Length && Digit(bytes[at]) < radix; at++)
        {
            if (number > (long.MaxValue - Digit(bytes[at])) / radix)
            {
                return false;
            }

            number = (number * radix) + Digit(bytes[at]);
        }

        if (exactLength is { } exact && (at != exact || at == firstDigit))
        {
            return false;
        }

        number = isNegative ? -number : number;
        return true;
    }

    private static int Blanks(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (count < bytes.Length && (bytes[count] is (>= 0x09 and <= 0x0D) or 0x20))
        {
            count++;
        }

        return count;
    }

    private static int Digit(byte value) => char.IsAsciiHexDigit((char)value)
        ? value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10
        : int.MaxValue;
}
