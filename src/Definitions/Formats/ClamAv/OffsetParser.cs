using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>The offset field of body signatures (clamav-formats.md §3.6, Offsets).</summary>
internal static class OffsetParser
{
    private const int MaxLength = 64;

    /// <summary>Larger numbers are cut to this: no object is that long, so they still never match.</summary>
    private const long MaxNumber = 1L << 40;

    private const long MacroGroups = 32;

    private const string Allowed = "allowed are *, n, EOF-n, EP+n, EP-n, Sx+n, SL+n, SEx, VI and $g$ with decimal n, x, g; "
        + "all but * and $g$ may end in ,shift.";

    /// <summary>False after reporting what is wrong.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> text, int column, int target, LineReport report, out SignatureOffset offset)
    {
        offset = default;
        if (text.Length > MaxLength)
        {
            report.Error(SignatureCodes.OffsetLength, column, $"The offset has {text.Length} characters; {MaxLength} are allowed.");
            return false;
        }

        if (text.IsEmpty)
        {
            report.Warn(SignatureCodes.OffsetNeverMatches, column, "An empty offset never matches; write * for anywhere.");
            offset = new SignatureOffset(OffsetBase.Never);
            return true;
        }

        if (text[0] == '$')
        {
            return TryParseMacroGroup(text, column, report, out offset);
        }

        if (!TryParseForm(text, out offset))
        {
            report.Error(SignatureCodes.OffsetForm, column, $"The offset {Quoted.Text(text)} is not understood; {Allowed}");
            return false;
        }

        if (offset.NeedsExecutable && target is not (1 or 6 or 9))
        {
            report.Error(SignatureCodes.OffsetTarget, column,
                $"The offset {Quoted.Text(text)} needs an executable: target 1 (PE), 6 (ELF) or 9 (Mach-O), not {target}.");
            return false;
        }

        return true;
    }

    private static bool TryParseMacroGroup(ReadOnlySpan<byte> text, int column, LineReport report, out SignatureOffset offset)
    {
        offset = default;
        if (text.Length > 2 && text[^1] == '$'
            && DecimalNumber.TryRead(text[1..^1], MacroGroups, out var group) && group < MacroGroups)
        {
            offset = new SignatureOffset(OffsetBase.MacroGroup, Index: (int)group);
            return true;
        }

        report.Error(SignatureCodes.MacroGroup, column, $"{Quoted.Text(text)} is not a macro group: $0$ to $31$ are allowed.");
        return false;
    }

    private static bool TryParseForm(ReadOnlySpan<byte> text, out SignatureOffset offset)
    {
        offset = SignatureOffset.Anywhere;
        if (text.SequenceEqual("*"u8))
        {
            return true;
        }

        long shift = 0;
        var comma = text.IndexOf((byte)',');
        if (comma >= 0)
        {
            var shiftText = text[(comma + 1)..];
            if (!shiftText.IsEmpty && !DecimalNumber.TryRead(shiftText, MaxNumber, out shift))
            {
                return false;
            }

            text = text[..comma];
        }

        if (!TryParseBase(text, out offset))
        {
            return false;
        }

        offset = offset with { MaxShift = shift };
        return true;
    }

    private static bool TryParseBase(ReadOnlySpan<byte> text, out SignatureOffset offset)
    {
        offset = new SignatureOffset(OffsetBase.VersionInformation);
        if (text.SequenceEqual("VI"u8))
        {
            return true;
        }

        return TryParseDistance(text, ""u8, OffsetBase.Start, ref offset)
            || TryParseDistance(text, "EOF-"u8, OffsetBase.End, ref offset)
            || TryParseDistance(text, "EP+"u8, OffsetBase.EntryPoint, ref offset)
            || TryParseDistance(text, "EP-"u8, OffsetBase.EntryPoint, ref offset)
            || TryParseDistance(text, "SL+"u8, OffsetBase.LastSection, ref offset)
            || TryParseSection(text, ref offset);
    }

    private static bool TryParseDistance(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, OffsetBase from, ref SignatureOffset offset)
    {
        if (!text.StartsWith(prefix) || !DecimalNumber.TryRead(text[prefix.Length..], MaxNumber, out var distance))
        {
            return false;
        }

        // Only EP is counted forwards from a place with two spellings; EOF's distance is backwards by definition.
        offset = new SignatureOffset(from, prefix.SequenceEqual("EP-"u8) ? -distance : distance);
        return true;
    }

    private static bool TryParseSection(ReadOnlySpan<byte> text, ref SignatureOffset offset)
    {
        if (text.StartsWith("SE"u8))
        {
            if (!DecimalNumber.TryRead(text[2..], int.MaxValue, out var whole))
            {
                return false;
            }

            offset = new SignatureOffset(OffsetBase.WholeSection, Index: (int)whole);
            return true;
        }

        var plus = text.IndexOf((byte)'+');
        if (plus < 0 || text[0] != 'S'
            || !DecimalNumber.TryRead(text[1..plus], int.MaxValue, out var section)
            || !DecimalNumber.TryRead(text[(plus + 1)..], MaxNumber, out var distance))
        {
            return false;
        }

        offset = new SignatureOffset(OffsetBase.Section, distance, Index: (int)section);
        return true;
    }
}
