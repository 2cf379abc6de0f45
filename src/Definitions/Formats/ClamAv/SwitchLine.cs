using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>category:0xHEX:startFL:endFL</c> of <c>.cfg</c> (clamav-formats.md §3.10). The reference engine looks at the value
/// of known categories only and takes lines with fewer or more fields; blank lines are allowed.
/// </summary>
internal sealed class SwitchLine : SignatureLineFormat
{
    private static readonly string[] _categories =
        ["PE", "ELF", "MACHO", "ARCHIVE", "DOCUMENT", "MAIL", "OTHER", "PHISHING", "BYTECODE", "STATS", "PCRE"];

    public override bool AllowsBlankLines => true;

    public override string? UnmatchedNote => "engine switches: checked and counted; they switch parsers of the reference engine.";

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[5]);
        var name = NameField.Decode(fields[0]);
        if (!_categories.Contains(name, StringComparer.Ordinal) || fields.Count < 2)
        {
            return report.SkipSilently(SignatureCodes.SwitchValue, 1, $"The category {Quoted.Text(fields[0])} is not known, or has no value.");
        }

        if (!IsHexNumber(fields[1]))
        {
            return report.Error(SignatureCodes.SwitchValue, fields.Column(1),
                $"The value {Quoted.Text(fields[1])} is not a hexadecimal number such as 0x7f.");
        }

        signature = new UnmatchedSignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Kind = UnmatchedKind.Switch,
        };
        return LineOutcome.Accepted;
    }

    private static bool IsHexNumber(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("0x"u8) || text.Length == 2)
        {
            return false;
        }

        foreach (var digit in text[2..])
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }
}
