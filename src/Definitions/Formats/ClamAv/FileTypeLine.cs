using System.Text;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>magictype:offset:magic:name:required:type[:minFL[:maxFL]]</c> of <c>.ftm</c> (clamav-formats.md §4.1). Levels and
/// types are looked at first; kinds of magic that this engine does not know are left out.
/// </summary>
internal sealed class FileTypeLine : SignatureLineFormat
{
    private const string UnnamedMagic = "File.Type";
    private const long MaxOffset = uint.MaxValue;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[9]);
        if (fields.Count is < 6 or > 8)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "A file type magic has 6 to 8 fields between colons: "
                + $"magictype:offset:magic:name:required:type[:minFL[:maxFL]]; this line has {(fields.Count > 8 ? "more" : fields.Count)}.");
        }

        var outcome = LevelRange.Read(fields, 6, report, out _);
        if (outcome != LineOutcome.Accepted)
        {
            return outcome;
        }

        if (!TryReadType(fields, 4, report, out var required) || !TryReadType(fields, 5, report, out var type))
        {
            return LineOutcome.Malformed;
        }

        if (!DecimalNumber.TryRead(fields[0], int.MaxValue, out var kind))
        {
            return report.Error(SignatureCodes.MagicKind, fields.Column(0), $"The kind of magic {Quoted.Text(fields[0])} is no number; 0, 1 and 4 are in use.");
        }

        return kind is 0 or 1 or 4
            ? ReadMagic(line, fields, (FileTypeMagicKind)kind, required, type, report, out signature)
            : LineOutcome.Skipped;
    }

    private static bool TryReadType(LineFields fields, int index, LineReport report, out FileTypeName type)
    {
        if (FileTypeNames.TryParse(fields[index], out type))
        {
            return true;
        }

        report.Error(SignatureCodes.MagicType, fields.Column(index), $"{Quoted.Text(fields[index])} is no file type, such as CL_TYPE_ZIP.");
        return false;
    }

    private static LineOutcome ReadMagic(
        ReadOnlySpan<byte> line, LineFields fields, FileTypeMagicKind kind, FileTypeName required, FileTypeName type,
        LineReport report, out Signature? signature)
    {
        signature = null;
        SignatureOffset offset;
        byte[] bytes = [];
        HexPattern? pattern = null;
        if (kind == FileTypeMagicKind.Pattern)
        {
            pattern = HexPatternParser.Parse(fields[2], fields.Column(2), report);
            if (pattern is null
                || !HexPatternRules.Check(pattern, fields.Column(2), 2, report)
                || !OffsetParser.TryParse(fields[1], fields.Column(1), 0, report, out offset))
            {
                return LineOutcome.Malformed;
            }
        }
        else if (!TryReadFixed(fields, report, out offset, out bytes))
        {
            return LineOutcome.Malformed;
        }

        signature = new FileTypeMagic
        {
            Name = fields[3].IsEmpty ? UnnamedMagic : Encoding.UTF8.GetString(fields[3]),
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = kind,
            Offset = offset,
            Bytes = bytes,
            Pattern = pattern,
            Required = required,
            Type = type,
            Source = Encoding.Latin1.GetString(line),
        };
        return LineOutcome.Accepted;
    }

    private static bool TryReadFixed(LineFields fields, LineReport report, out SignatureOffset offset, out byte[] bytes)
    {
        offset = default;
        bytes = new byte[fields[2].Length / 2];
        if (!DecimalNumber.TryRead(fields[1], MaxOffset, out var start))
        {
            report.Error(SignatureCodes.MagicOffset, fields.Column(1), $"The offset {Quoted.Text(fields[1])} of fixed bytes is no decimal number.");
            return false;
        }

        offset = new SignatureOffset(OffsetBase.Start, start);
        if (fields[2].Length % 2 == 0 && HexDigits.TryDecode(fields[2], bytes, out _))
        {
            return true;
        }

        report.Error(SignatureCodes.MagicBytes, fields.Column(2), $"{Quoted.Text(fields[2])} are no fixed bytes: pairs of hexadecimal digits.");
        return false;
    }
}
