using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>One subsignature of a line: tells its kind by its marks and reads it (clamav-formats.md §3.7).</summary>
internal readonly ref struct SubsignatureReader(int index, int count, int column, int target, LineReport report)
{
    public LineOutcome Read(ReadOnlySpan<byte> text, out Subsignature? subsignature)
    {
        subsignature = null;
        if (text.StartsWith("fuzzy_img#"u8))
        {
            return ReadFuzzyImage(text["fuzzy_img#"u8.Length..], out subsignature);
        }

        if (text.Contains((byte)'/'))
        {
            return new RegexSubsignatureReader(index, column, target, report).Read(text, out subsignature);
        }

        if (text.Contains((byte)'#'))
        {
            return ByteCompareReader.Read(text, count, column, report, out subsignature);
        }

        return text.StartsWith("${"u8) ? ReadMacro(text, out subsignature) : ReadBody(text, out subsignature);
    }

    private LineOutcome ReadFuzzyImage(ReadOnlySpan<byte> text, out Subsignature? subsignature)
    {
        subsignature = null;
        var digits = text.EndsWith("#0"u8) ? text[..^2] : text;
        Span<byte> hash = stackalloc byte[8];
        if (digits.Length != 16 || !HexDigits.TryDecode(digits, hash, out _))
        {
            return report.Error(SignatureCodes.FuzzyImage, column,
                "A fuzzy image hash is fuzzy_img# and 16 hexadecimal digits, maybe followed by #0, the only distance there is.");
        }

        subsignature = new FuzzyImageSubsignature { Hash = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) };
        return LineOutcome.Accepted;
    }

    /// <summary><c>${min-max}g$</c>.</summary>
    private LineOutcome ReadMacro(ReadOnlySpan<byte> text, out Subsignature? subsignature)
    {
        subsignature = null;
        var brace = text.IndexOf((byte)'}');
        var dash = text.IndexOf((byte)'-');
        if (index > 0 && brace > dash && dash > 0 && text[^1] == '$' && brace < text.Length - 1
            && DecimalNumber.TryRead(text[2..dash], int.MaxValue, out var minimum)
            && DecimalNumber.TryRead(text[(dash + 1)..brace], int.MaxValue, out var maximum)
            && DecimalNumber.TryRead(text[(brace + 1)..^1], 32, out var group) && group < 32)
        {
            subsignature = new MacroSubsignature { Group = (int)group, Distance = new NumberRange(minimum, maximum) };
            return LineOutcome.Accepted;
        }

        return report.Error(SignatureCodes.MacroForm, column, $"{Quoted.Text(text)} is not a macro subsignature: ${{min-max}}g$ with a "
            + "group of 0 to 31, and not the first subsignature.");
    }

    private LineOutcome ReadBody(ReadOnlySpan<byte> text, out Subsignature? subsignature)
    {
        subsignature = null;
        var hex = text;
        var isPlain = true;
        var options = SubsignatureOptions.None;
        var mark = text.IndexOf("::"u8);
        if (mark >= 0)
        {
            hex = text[..mark];
            isPlain = mark + 2 == text.Length;
            if (SubsignatureText.ReadOptions(text[(mark + 2)..]) is not { } read)
            {
                return report.Error(SignatureCodes.SubsignatureOption, column + mark + 2,
                    $"{Quoted.Text(text[(mark + 2)..])} holds a letter that is no option; i, w, a and f are.");
            }

            options = read;
        }

        var offset = SignatureOffset.Anywhere;
        var start = hex.IndexOf((byte)':') + 1;
        if (start > 0 && !OffsetParser.TryParse(hex[..(start - 1)], column, target, report, out offset))
        {
            return LineOutcome.Malformed;
        }

        hex = hex[start..];
        var negation = hex.IndexOf("!("u8);
        if (!isPlain && negation >= 0 && !IsBoundary(hex[(negation + 1)..]))
        {
            return report.Error(SignatureCodes.SubsignatureOption, column + start + negation,
                "Negated alternatives take no options.");
        }

        if (ReadForms(hex, column + start, options) is not { } forms)
        {
            return LineOutcome.Malformed;
        }

        subsignature = new BodySubsignature { Offset = offset, Forms = forms };
        return LineOutcome.Accepted;
    }

    private List<HexPattern>? ReadForms(ReadOnlySpan<byte> hex, int start, SubsignatureOptions options)
    {
        var forms = new List<HexPattern>(2);
        if (options.HasFlag(SubsignatureOptions.FullWord))
        {
            hex = SubsignatureText.FullWord(hex);
        }

        var isWide = options.HasFlag(SubsignatureOptions.Wide);
        if (!isWide || options.HasFlag(SubsignatureOptions.AsciiToo))
        {
            if (!TryAddForm(hex, start, options, forms, isWide: false))
            {
                return null;
            }
        }

        return !isWide || TryAddForm(SubsignatureText.Wide(hex), start, options, forms, isWide: true) ? forms : null;
    }

    private bool TryAddForm(ReadOnlySpan<byte> hex, int start, SubsignatureOptions options, List<HexPattern> forms, bool isWide)
    {
        // Three bytes of a bare literal are asked for in .ndb alone.
        if (HexPatternParser.Parse(hex, start, report) is not { } pattern
            || !HexPatternRules.Check(pattern, start, target, report))
        {
            return false;
        }

        pattern = isWide ? SubsignatureText.WideBoundaries(pattern) : pattern;
        forms.Add(options.HasFlag(SubsignatureOptions.IgnoreCase) ? SubsignatureText.IgnoreCase(pattern) : pattern);
        return true;
    }

    private static bool IsBoundary(ReadOnlySpan<byte> text) =>
        text.StartsWith("(B)"u8) || text.StartsWith("(L)"u8) || text.StartsWith("(W)"u8);
}
