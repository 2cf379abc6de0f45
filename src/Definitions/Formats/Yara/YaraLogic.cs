using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Builds conditions, with constants folded away.</summary>
internal static class YaraLogic
{
    public static YaraTruth Of(YaraToken at, LogicalExpression expression) => new(at, expression, false);

    /// <summary>A subsignature matches.</summary>
    public static YaraTruth Holds(int id, YaraToken at) => Of(at, new SubsignatureTerm(id));

    public static YaraTruth Constant(YaraToken at, bool value) => new(at, null, value);

    public static YaraTruth Not(YaraTruth term) => term.Expression switch
    {
        null => Constant(term.At, !term.Constant),
        LogicalNegation negation => Of(term.At, negation.Term),
        var expression => Of(term.At, new LogicalNegation(expression)),
    };

    /// <summary>All or any of the terms.</summary>
    public static YaraTruth Join(YaraToken at, bool isAll, IReadOnlyList<YaraTruth> terms)
    {
        // A constant either decides at once or makes no difference.
        if (terms.Any(term => term.Expression is null && term.Constant != isAll))
        {
            return Constant(at, !isAll);
        }

        var open = terms.Where(term => term.Expression is not null).Select(term => term.Expression!).ToList();
        return open.Count switch
        {
            0 => Constant(at, isAll),
            1 => Of(at, open[0]),
            _ => Of(at, new LogicalBlock(isAll, Flatten(open, isAll))),
        };
    }

    /// <summary>The expression of a condition; constants become one that always or never holds.</summary>
    /// <param name="id">Any subsignature of the rule.</param>
    public static LogicalExpression Finish(YaraTruth condition, int id) =>
        condition.Expression ?? new LogicalBlock(
            isAll: !condition.Constant,
            [
                new SubsignatureTerm(id, new CountTest(new NumberTest(NumberComparison.Greater, 0))),
                new SubsignatureTerm(id, new CountTest(new NumberTest(NumberComparison.Less, 1))),
            ]);

    // A chain of and or or is one level, however long it is.
    private static IReadOnlyList<LogicalExpression> Flatten(List<LogicalExpression> terms, bool isAll) =>
        [.. terms.SelectMany(term => term is LogicalBlock { Test: null } block && block.IsAll == isAll ? block.Terms : [term])];
}
