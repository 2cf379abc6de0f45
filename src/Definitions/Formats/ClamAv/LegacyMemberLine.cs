using System.Globalization;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name:encrypted:filename:realsize:compressedsize:crc32:method:position:depth</c> of <c>.zmd</c> and <c>.rmd</c>,
/// which <c>.cdb</c> replaced (clamav-formats.md §3.2). Measured with clamscan 1.4.6: always 9 fields, the name is a
/// regular expression, the CRC counts here, method and depth are read and not compared.
/// </summary>
/// <param name="containerType">The only containers that it applies to.</param>
internal sealed class LegacyMemberLine(FileTypeName containerType) : SignatureLineFormat
{
    private const int CrcDigits = 8;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[10]);
        if (fields.Count != 9)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "Legacy archive metadata has 9 fields between colons: "
                + "name:encrypted:filename:realsize:compressedsize:crc32:method:position:depth.");
        }

        var reader = new MemberFields(fields, report);
        if (!NameField.TryRead(fields[0], fields.Column(0), report, out var name)
            || !reader.TryReadEncrypted(1, out var isEncrypted)
            || !reader.TryReadPattern(2, out var pattern)
            || !reader.TryReadRange(3, out var realSize)
            || !reader.TryReadRange(4, out var compressedSize)
            || !TryReadCrc(fields, report, out var crc)
            || !reader.TryReadRange(6, out _)
            || !reader.TryReadRange(7, out var position)
            || !reader.TryReadRange(8, out _))
        {
            return LineOutcome.Malformed;
        }

        signature = new MemberSignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            ContainerType = containerType,
            ContainerSize = null,
            NamePattern = pattern,
            CompressedSize = compressedSize,
            RealSize = realSize,
            IsEncrypted = isEncrypted,
            Position = position,
            Crc = crc,
        };
        return LineOutcome.Accepted;
    }

    private static bool TryReadCrc(LineFields fields, LineReport report, out uint? crc)
    {
        crc = null;
        var text = fields[5];
        if (text.SequenceEqual("*"u8))
        {
            return true;
        }

        if (text.Length is > 0 and <= CrcDigits && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            crc = value;
            return true;
        }

        report.Error(SignatureCodes.LegacyMemberNumber, fields.Column(5), $"{Quoted.Text(text)} is not '*' or a CRC-32 of 1 to 8 hexadecimal digits.");
        return false;
    }
}
