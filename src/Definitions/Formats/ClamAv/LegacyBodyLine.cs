using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name=hexsignature</c> of the legacy <c>.db</c> (clamav-formats.md §3.2): target 0, any offset. The name ends at
/// the first <c>=</c>; the rules of an <c>.ndb</c> pattern of target 0 apply (clamscan 1.4.6).
/// </summary>
internal sealed class LegacyBodyLine : SignatureLineFormat
{
    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var equals = line.IndexOf((byte)'=');
        if (equals < 0)
        {
            return report.Error(SignatureCodes.LegacyBodyForm, 0, "A legacy body signature is name=hex; this line has no '='.");
        }

        var column = equals + 2;
        if (!NameField.TryRead(line[..equals], 1, report, out var name)
            || HexPatternParser.Parse(line[(equals + 1)..], column, report) is not { } pattern
            || !HexPatternRules.Check(pattern, column, 0, report, HexPatternRules.LongLiteral))
        {
            return LineOutcome.Malformed;
        }

        signature = new BodySignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Target = 0,
            Offset = SignatureOffset.Anywhere,
            Pattern = pattern,
        };
        return LineOutcome.Accepted;
    }
}
