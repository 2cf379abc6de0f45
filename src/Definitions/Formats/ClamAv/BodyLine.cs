using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name:target:offset:hexsignature[:minFL[:maxFL]]</c> of <c>.ndb</c> (clamav-formats.md §3.6). Levels and target are
/// looked at first: what is meant for another engine may use a grammar that this one does not know.
/// </summary>
internal sealed class BodyLine : SignatureLineFormat
{
    private const int MaxTarget = 14;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        var fields = new LineFields(line, (byte)':', stackalloc int[7]);
        if (fields.Count is < 4 or > 6)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "A body signature has 4 to 6 fields between colons: "
                + $"name:target:offset:hex[:minFL[:maxFL]]; this line has {(fields.Count > 6 ? "more" : fields.Count)}.");
        }

        var outcome = LevelRange.Read(fields, 4, report, out _);
        if (outcome == LineOutcome.Accepted)
        {
            outcome = ReadTarget(fields, report, out var target);
            if (outcome == LineOutcome.Accepted)
            {
                return ReadBody(line, fields, target, report, out signature);
            }
        }

        return outcome;
    }

    /// <summary>0 to 14, <c>*</c> or empty for 0; higher ones belong to engines to come.</summary>
    private static LineOutcome ReadTarget(LineFields fields, LineReport report, out int target)
    {
        target = 0;
        var text = fields[1];
        if (text.IsEmpty || text.SequenceEqual("*"u8))
        {
            return LineOutcome.Accepted;
        }

        if (!DecimalNumber.TryRead(text, int.MaxValue, out var number))
        {
            return report.Error(SignatureCodes.Target, fields.Column(1),
                $"The target {Quoted.Text(text)} is not '*' or a decimal number; 0 to 14 are in use.");
        }

        target = (int)number;
        return target <= MaxTarget
            ? LineOutcome.Accepted
            : report.SkipSilently(SignatureCodes.OtherTarget, fields.Column(1), $"The target {Quoted.Text(text)} is of another engine; 0 to 14 are in use.");
    }

    private static LineOutcome ReadBody(
        ReadOnlySpan<byte> line, LineFields fields, int target, LineReport report, out Signature? signature)
    {
        signature = null;
        if (!NameField.TryRead(fields[0], fields.Column(0), report, out var name)
            || !OffsetParser.TryParse(fields[2], fields.Column(2), target, report, out var offset)
            || HexPatternParser.Parse(fields[3], fields.Column(3), report) is not { } pattern
            || !HexPatternRules.Check(pattern, fields.Column(3), target, report, HexPatternRules.LiteralMinimum(target, fields[2])))
        {
            return LineOutcome.Malformed;
        }

        signature = new BodySignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Target = target,
            Offset = offset,
            Pattern = pattern,
        };
        return LineOutcome.Accepted;
    }
}
