using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name;trusted;subject;serial;pubkey;exponent;codesign;timesign;certsign;notbefore;comment[;minFL[;maxFL]]</c> of
/// <c>.crb</c> (clamav-formats.md §3.10). Names, exponents and comments may be empty, blank lines are allowed.
/// </summary>
internal sealed class CertificateLine : SignatureLineFormat
{
    private const int Sha1Digits = 40;

    public override bool AllowsBlankLines => true;

    public override string? UnmatchedNote =>
        "certificates: checked and counted; the signatures of programs are not verified.";

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)';', stackalloc int[14]);
        if (fields.Count is < 11 or > 13)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "A certificate has 11 to 13 fields between semicolons: name;trusted;"
                + "subject;serial;pubkey;exponent;codesign;timesign;certsign;notbefore;comment[;minFL[;maxFL]].");
        }

        var outcome = LevelRange.Read(fields, 11, report, out _);
        if (outcome != LineOutcome.Accepted)
        {
            return outcome;
        }

        for (var i = 1; i < 9; i++)
        {
            if (FaultOf(i, fields[i]) is { } expected)
            {
                return report.Error(SignatureCodes.CertificateField, fields.Column(i),
                    $"Field {i + 1} of the certificate, {Quoted.Text(fields[i])}, is not {expected}.");
            }
        }

        signature = new UnmatchedSignature
        {
            Name = fields[0].IsEmpty ? "unnamed" : NameField.Decode(fields[0]),
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = UnmatchedKind.Certificate,
        };
        return LineOutcome.Accepted;
    }

    /// <summary>What the field should be; null when it is, or when the reference engine does not look at it.</summary>
    private static string? FaultOf(int index, ReadOnlySpan<byte> text)
    {
        switch (index)
        {
            case 1 or 6 or 7 or 8:
                return text.SequenceEqual("0"u8) || text.SequenceEqual("1"u8) ? null : "0 or 1";
            case 2:
                return text.Length == Sha1Digits && IsHex(text) ? null : "a SHA-1: 40 hexadecimal digits";
            case 3:
                return text.IsEmpty || (text.Length == Sha1Digits && IsHex(text)) ? null : "a SHA-1: 40 hexadecimal digits, or empty";
            case 4:
                return text.Length > 0 && IsHex(text) ? null : "a modulus: hexadecimal digits";
            default:
                return null;
        }
    }

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var digit in text)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }
}
