using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name[:md5]</c> of <c>.ign2</c> and the legacy <c>file:line:name</c> of <c>.ign</c> (clamav-formats.md §3.5). The
/// reference engine tells them apart by the number of fields, not by the extension, and never looks at file and line.
/// </summary>
internal sealed class IgnoreLine : SignatureLineFormat
{
    private const int Md5Digits = 32;

    public override bool AllowsEmptyFile => true;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[4]);
        if (fields.Count > 3)
        {
            return report.Error(SignatureCodes.FieldCount, 0,
                "An ignore entry is name, name:md5 or file:line:name; this line has more than 3 fields.");
        }

        var nameIndex = fields.Count == 3 ? 2 : 0;
        if (!NameField.TryRead(fields[nameIndex], fields.Column(nameIndex), report, out var name))
        {
            return LineOutcome.Malformed;
        }

        byte[]? digest = null;
        if (fields.Count == 2)
        {
            digest = new byte[Md5Digits / 2];
            var text = fields[1];
            if (text.Length != Md5Digits || !HexDigits.TryDecode(text, digest, out _))
            {
                return report.Error(SignatureCodes.IgnoreDigest, fields.Column(1),
                    $"{Quoted.Text(text)} is not the MD5 of a signature line: 32 hexadecimal digits.");
            }
        }

        signature = new IgnoreSignature { Name = name, Line = report.Line, LineMd5 = digest is null ? null : (ReadOnlyMemory<byte>?)digest };
        return LineOutcome.Accepted;
    }
}
