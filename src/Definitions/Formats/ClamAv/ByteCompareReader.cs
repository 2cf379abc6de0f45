using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary><c>ref(offset#options#comparison[,comparison])</c> (clamav-formats.md §3.7, byte-compare subsignatures).</summary>
internal static class ByteCompareReader
{
    private const int MaxHexDigits = 18;
    private const int MaxLength = 64;
    private const long MaxOffset = uint.MaxValue;

    private const string Form = "ref(offset#options#comparison) with an offset of >>n, <<n or 0, options of one type h, d, a or i, "
        + "one byte order l or b, maybe e, and the number of bytes, and one or two comparisons <n, >n or =n";

    /// <param name="count">Subsignatures of the line; a reference beyond them loads and never matches.</param>
    public static LineOutcome Read(
        ReadOnlySpan<byte> text, int count, int column, LineReport report, out Subsignature? subsignature)
    {
        subsignature = Read(text, out var what);
        return subsignature is not null
            ? LineOutcome.Accepted
            : report.Error(SignatureCodes.ByteCompareForm, column,
                $"The byte comparison {Quoted.Text(text)} is not understood: {what}; allowed is {Form} (of {count} subsignatures).");
    }

    private static ByteCompareSubsignature? Read(ReadOnlySpan<byte> text, out string what)
    {
        what = "it has not this form";
        var open = text.IndexOf((byte)'(');
        if (open <= 0 || text[^1] != ')' || !DecimalNumber.TryRead(text[..open], 1000, out var reference))
        {
            return null;
        }

        var fields = new LineFields(text[(open + 1)..^1], (byte)'#', stackalloc int[4]);
        if (fields.Count != 3)
        {
            return null;
        }

        what = "the offset";
        if (!TryReadOffset(fields[0], out var offset))
        {
            return null;
        }

        what = "the options";
        if (!TryReadOptions(fields[1], out var options))
        {
            return null;
        }

        what = "the comparison";
        return ReadTests(fields[2]) is { } tests
            ? new ByteCompareSubsignature
            {
                Reference = (int)reference,
                Offset = offset,
                Type = options.Type,
                IsLittleEndian = options.IsLittleEndian,
                IsExact = options.IsExact,
                Length = options.Length,
                Tests = tests,
            }
            : null;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> text, out long offset)
    {
        offset = 0;
        if (text.SequenceEqual("0"u8))
        {
            return true;
        }

        if ((!text.StartsWith(">>"u8) && !text.StartsWith("<<"u8)) || !TryReadNumber(text[2..], out offset) || offset > MaxOffset)
        {
            return false;
        }

        offset = text[0] == '<' ? -offset : offset;
        return true;
    }

    private static bool TryReadOptions(
        ReadOnlySpan<byte> text, out (ByteCompareType Type, bool? IsLittleEndian, bool IsExact, int Length) options)
    {
        options = default;
        ByteCompareType? type = null;
        bool? isLittleEndian = null;
        var isExact = false;
        var at = 0;
        for (; at < text.Length && !char.IsAsciiDigit((char)text[at]); at++)
        {
            ByteCompareType? newType = null;
            bool? newOrder = null;
            switch (text[at])
            {
                case (byte)'h':
                    newType = ByteCompareType.HexText;
                    break;
                case (byte)'d':
                    newType = ByteCompareType.DecimalText;
                    break;
                case (byte)'a':
                    newType = ByteCompareType.AutoText;
                    break;
                case (byte)'i':
                    newType = ByteCompareType.Binary;
                    break;
                case (byte)'l':
                    newOrder = true;
                    break;
                case (byte)'b':
                    newOrder = false;
                    break;
                case (byte)'e':
                    isExact = true;
                    break;
                default:
                    return false;
            }

            if ((newType is not null && (type ?? newType) != newType)
                || (newOrder is not null && (isLittleEndian ?? newOrder) != newOrder))
            {
                return false;
            }

            type = newType ?? type;
            isLittleEndian = newOrder ?? isLittleEndian;
        }

        if (type is not { } chosen || !DecimalNumber.TryRead(text[at..], 1000, out var length)
            || !IsLength(chosen, length) || (chosen == ByteCompareType.DecimalText && isLittleEndian == true))
        {
            return false;
        }

        options = (chosen, isLittleEndian, isExact, (int)length);
        return true;
    }

    private static bool IsLength(ByteCompareType type, long length) => type switch
    {
        ByteCompareType.Binary => length is 1 or 2 or 4 or 8,
        ByteCompareType.HexText => length is >= 1 and <= MaxHexDigits,
        ByteCompareType.DecimalText or ByteCompareType.AutoText => length is >= 1 and <= MaxLength,
    };

    private static List<NumberTest>? ReadTests(ReadOnlySpan<byte> text)
    {
        var fields = new LineFields(text, (byte)',', stackalloc int[3]);
        if (fields.Count > 2)
        {
            return null;
        }

        var tests = new List<NumberTest>(2);
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            NumberComparison? comparison = field.IsEmpty ? null : field[0] switch
            {
                (byte)'=' => NumberComparison.Equal,
                (byte)'>' => NumberComparison.Greater,
                (byte)'<' => NumberComparison.Less,
                _ => null,
            };
            if (comparison is not { } known || !TryReadNumber(field[1..], out var value))
            {
                return null;
            }

            tests.Add(new NumberTest(known, value));
        }

        return tests;
    }

    /// <summary>Decimal, or hexadecimal behind <c>0x</c>; at most 63 bits, more is cut to that.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (!text.StartsWith("0x"u8))
        {
            return DecimalNumber.TryRead(text, (long.MaxValue / 10) - 10, out value);
        }

        foreach (var digit in text[2..])
        {
            if (HexDigits.Value(digit) < 0)
            {
                return false;
            }

            value = value > long.MaxValue >> 4 ? long.MaxValue : (value << 4) | (uint)HexDigits.Value(digit);
        }

        return text.Length > 2;
    }
}
