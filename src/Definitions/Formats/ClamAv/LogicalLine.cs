using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// <c>name;description;expression;sub0;sub1;…</c> of <c>.ldb</c> (clamav-formats.md §3.7). The expression and the number
/// of subsignatures are looked at before the target description may say that the line is for another engine.
/// </summary>
internal sealed class LogicalLine : SignatureLineFormat
{
    private const int MaxFields = LogicalFields.Heads + LogicalSignature.MaxSubsignatures;

    /// <summary>Longest line, its line end included (§3.1).</summary>
    public override int MaxLineBytes => 32767;

    public override LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature)
    {
        signature = null;
        Span<int> starts = stackalloc int[MaxFields + 1];
        var count = LogicalFields.Split(line, starts);
        if (count is <= LogicalFields.Heads or > MaxFields)
        {
            return report.Error(SignatureCodes.FieldCount, 0, "A logical signature has 4 to 67 fields between semicolons: "
                + $"name;description;expression;sub0;…; this line has {(count > MaxFields ? "more" : count)}.");
        }

        var expression = LogicalExpressionParser.Parse(
            Field(line, starts, count, 2), starts[2] + 1, SignatureCodes.ExpressionForm, report);
        if (expression is null || !HasItsSubsignatures(expression, count - LogicalFields.Heads, starts[2] + 1, report))
        {
            return LineOutcome.Malformed;
        }

        var outcome = TargetDescriptionParser.Parse(
            Field(line, starts, count, 1), starts[1] + 1, requiresTarget: true, report, out var description);
        return outcome == LineOutcome.Accepted
            ? ReadSubsignatures(line, starts[..count], expression, description!, report, out signature)
            : outcome;
    }

    private static bool HasItsSubsignatures(LogicalExpression expression, int subsignatures, int column, LineReport report)
    {
        if (expression.HighestId + 1 == subsignatures)
        {
            return true;
        }

        report.Error(SignatureCodes.SubsignatureCount, column, $"The expression names subsignatures up to {expression.HighestId}, so "
            + $"there have to be {expression.HighestId + 1}; the line has {subsignatures}.");
        return false;
    }

    private static LineOutcome ReadSubsignatures(
        ReadOnlySpan<byte> line, ReadOnlySpan<int> starts, LogicalExpression expression, TargetDescription description,
        LineReport report, out Signature? signature)
    {
        signature = null;
        var subsignatures = new Subsignature[starts.Length - LogicalFields.Heads];
        for (var i = 0; i < subsignatures.Length; i++)
        {
            var field = i + LogicalFields.Heads;
            var reader = new SubsignatureReader(i, subsignatures.Length, starts[field] + 1, description.Target, report);
            var outcome = reader.Read(Field(line, starts, starts.Length, field), out var subsignature);
            if (outcome != LineOutcome.Accepted)
            {
                return outcome;
            }

            subsignatures[i] = subsignature!;
        }

        if (!NameField.TryRead(Field(line, starts, starts.Length, 0), 1, report, out var name))
        {
            return LineOutcome.Malformed;
        }

        if (description.IconGroup1 is not null || description.IconGroup2 is not null)
        {
            report.Warn(SignatureCodes.IconGroup, starts[1] + 1,
                "The signature asks for a group of icons, which are not compared here: it never matches.");
        }

        signature = new LogicalSignature
        {
            Name = name,
            Line = report.Line,
            SourceMd5 = report.Md5Of(line),
            Description = description,
            Expression = expression,
            Subsignatures = subsignatures,
        };
        return LineOutcome.Accepted;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, ReadOnlySpan<int> starts, int count, int index) =>
        index + 1 < count ? line[starts[index]..(starts[index + 1] - 1)] : line[starts[index]..];
}
