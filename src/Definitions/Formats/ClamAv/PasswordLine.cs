using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name;TDB;type;password</c> of <c>.pwdb</c> (clamav-formats.md §3.10): type 0 is clear text, 1 hexadecimal digits.
/// A line for another functionality level is skipped; the reference engine gives up there (§9.1). A semicolon ends the
/// password, and what follows is not looked at (clamscan 1.4.6): write such a password in hexadecimal digits.
/// </summary>
internal sealed class PasswordLine : SignatureLineFormat
{
    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)';', stackalloc int[5]);
        if (fields.Count < 4)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "A password has 4 fields between semicolons: name;target description;type;password.");
        }

        if (fields[1].IsEmpty)
        {
            return report.Error(SignatureCodes.PasswordContainer, fields.Column(1), "The target description of a password is empty.");
        }

        var outcome = TargetDescriptionParser.Parse(fields[1], fields.Column(1), requiresTarget: false, report, out var description);
        if (outcome != LineOutcome.Accepted)
        {
            return outcome;
        }

        if (description!.Container is not (null or FileTypeName.Any or FileTypeName.Zip or FileTypeName.Rar))
        {
            return report.Error(SignatureCodes.PasswordContainer, fields.Column(1), "The container of a password is one that has none to try.");
        }

        outcome = ReadPassword(fields[3], fields, report, out var password);
        if (outcome == LineOutcome.Accepted)
        {
            signature = new PasswordSignature
            {
                Name = fields[0].IsEmpty ? "unnamed" : NameField.Decode(fields[0]),
                Line = report.Line,
                SourceMd5 = report.Md5Of(line),
                Container = description.Container is FileTypeName.Any ? null : description.Container,
                Password = password,
            };
        }

        return outcome;
    }

    private static LineOutcome ReadPassword(ReadOnlySpan<byte> text, LineFields fields, LineReport report, out byte[] password)
    {
        password = [];
        if (!DecimalNumber.TryRead(fields[2], byte.MaxValue, out var type))
        {
            return report.Error(SignatureCodes.PasswordType, fields.Column(2), $"The type {Quoted.Text(fields[2])} is not 0 (clear text) or 1 (hexadecimal).");
        }

        if (type == 0)
        {
            password = text.ToArray();
            return LineOutcome.Accepted;
        }

        if (type != 1)
        {
            return report.Skip(SignatureCodes.PasswordType, fields.Column(2), $"The type {type} is not 0 (clear text) or 1 (hexadecimal): the line is left out.");
        }

        password = new byte[text.Length / 2];
        return text.Length % 2 == 0 && HexDigits.TryDecode(text, password, out _)
            ? LineOutcome.Accepted
            : report.Error(SignatureCodes.PasswordHex, fields.Column(3), $"The password {Quoted.Text(text)} is not pairs of hexadecimal digits.");
    }
}
