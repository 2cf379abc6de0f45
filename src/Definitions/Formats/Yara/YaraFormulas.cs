using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Turns values into formulas, and formulas into conditions.</summary>
internal sealed class YaraFormulas(YaraScope scope, YaraSubsignatures subsignatures)
{
    /// <summary>A formula is a condition: by itself, or as a part of the loop that stands around it.</summary>
    /// <exception cref="YaraException">It is too large, or there are too many.</exception>
    public YaraTruth Holds(Formula formula, YaraToken at)
    {
        if (formula.Depth > Formula.MaxDepth || formula.Nodes > Formula.MaxNodes)
        {
            throw new YaraException(
                SignatureCodes.RuleTooLarge, at,
                $"What is reckoned while scanning has more than {Formula.MaxNodes} parts, or more than {Formula.MaxDepth} inside each other.");
        }

        return scope.Loops > 0 ? YaraLogic.Of(at, new YaraOpenTerm(formula)) : YaraLogic.Holds(subsignatures.Of(formula, at), at);
    }

    /// <exception cref="YaraException">The value is a place of an expression, or of no place.</exception>
    public Formula Of(YaraValue value) => value switch
    {
        YaraNumber number => Number(number.Number),
        YaraCount count => Plus(Count(count), count.Plus),
        YaraFirst first => Start(first.Text, first.At, Number(1)),
        YaraFileSize size => Plus(new Formula(FormulaKind.Size, 0), size.Plus),
        YaraEntryPoint entry => Plus(new Formula(FormulaKind.EntryPoint, 0), entry.Plus),
        YaraNumberAt at => Read(Number(at.Offset), at.Width, at.IsSigned, at.IsBig),
        YaraFormula formula => formula.Formula,
        YaraTruth { Expression: null } truth => Number(truth.Constant ? 1 : 0),
        YaraTruth { Expression: { } expression } => Of(expression),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static Formula Number(long number) => new(FormulaKind.Number, number);

    public static Formula Read(Formula offset, int width, bool isSigned, bool isBig) => new(
        FormulaKind.Read,
        width | (isSigned ? (int)NumberLayout.TwosComplement : 0) | (isBig && width > 1 ? (int)NumberLayout.Big : 0),
        offset);

    public Formula Start(YaraString text, YaraToken at, Formula index) => new(FormulaKind.Start, Body(text, at), index);

    /// <summary>A match of the string begins at the place.</summary>
    public YaraTruth Matches(YaraString text, YaraPlace place, YaraToken at)
    {
        if (!place.IsFound)
        {
            return subsignatures.Holds(text, place, at);
        }

        var (low, high) = (Of(place.Low!), Of(place.High!));
        return Holds(
            ReferenceEquals(place.Low, place.High)
                ? new Formula(FormulaKind.IsAt, Body(text, at), low)
                : new Formula(FormulaKind.IsIn, Body(text, at), low, high),
            at);
    }

    private Formula Count(YaraCount count)
    {
        if (count.Place is { Low: { } low, High: { } high })
        {
            return new Formula(FormulaKind.CountIn, Body(count.Text, count.At), Of(low), Of(high));
        }

        return count.Place.IsNowhere ? Number(0) : new Formula(FormulaKind.Count, subsignatures.Of(count.Text, count.Place.Offset));
    }

    private int Body(YaraString text, YaraToken at) => !text.IsRegex
        ? subsignatures.Of(text, SignatureOffset.Anywhere)
        : throw new YaraException(
            SignatureCodes.RuleConstruct, at, $"Where the expression {text.Id} matches is only compared with what is known when the rule is read.");

    private static Formula Plus(Formula formula, long number) =>
        number == 0 ? formula : new Formula(FormulaKind.Add, 0, formula, Number(number));

    private Formula Of(LogicalExpression expression) => expression switch
    {
        YaraOpenTerm open => open.Formula,
        SubsignatureTerm { Test: null } term => subsignatures.All[term.Id] is FormulaSubsignature known
            ? known.Formula
            : new Formula(FormulaKind.Holds, term.Id),
        SubsignatureTerm { Test: { } test } term => new Formula(
            test.Number.Comparison switch
            {
                NumberComparison.Equal => FormulaKind.Equal,
                NumberComparison.Greater => FormulaKind.Greater,
                NumberComparison.Less => FormulaKind.Less,
            },
            0, new Formula(FormulaKind.Count, term.Id), Number(test.Number.Value)),
        LogicalBlock { Test: null } block => new Formula(block.IsAll ? FormulaKind.All : FormulaKind.Any, 0, [.. block.Terms.Select(Of)]),

        // Conditions of rules have no other tests of blocks than of how many terms hold.
        LogicalBlock { Test: { } some } block => new Formula(FormulaKind.AtLeast, 0, [Number(some.LeastDistinct), .. block.Terms.Select(Of)]),
        LogicalNegation negation => new Formula(FormulaKind.Not, 0, Of(negation.Term)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>A formula that stands in a loop: it names the loop's number, and becomes a part of the loop's formula.</summary>
internal sealed class YaraOpenTerm(Formula formula) : LogicalExpression
{
    public Formula Formula { get; } = formula;

    public override int Depth => 1;

    public override int HighestId => 0;
}
