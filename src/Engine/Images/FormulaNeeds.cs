using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Tells whether a formula can hold where some subsignatures do not occur: works it out with their counts at 0 and with
/// whatever else an object decides unknown. What is then known to fail needs one of them.
/// </summary>
internal static class FormulaNeeds
{
    /// <param name="code">See <see cref="FormulaCode"/>; written by this process.</param>
    /// <param name="absent">A bit for each id.</param>
    public static bool FailsWithout(ReadOnlySpan<byte> code, ulong absent) => Guess(ref code, absent).IsFalse;

    /// <summary>A bit for each subsignature that the formula names.</summary>
    public static ulong Named(ReadOnlySpan<byte> code)
    {
        var named = 0UL;
        while (!code.IsEmpty)
        {
            var node = FormulaCode.Take(ref code);
            named |= Formula.NamesSubsignature(node.Kind) ? 1UL << (int)node.Argument : 0;
        }

        return named;
    }

    private static Outlook Guess(ref ReadOnlySpan<byte> code, ulong absent)
    {
        var node = FormulaCode.Take(ref code);
        var isAbsent = Formula.NamesSubsignature(node.Kind) && (absent >> (int)node.Argument & 1) != 0;
        switch (node.Kind)
        {
            case FormulaKind.Number:
                return Outlook.Of(FormulaValue.Of(node.Argument));
            case FormulaKind.Count or FormulaKind.Holds:
                return isAbsent ? Outlook.Of(FormulaValue.Of(0)) : Outlook.Open;
            case FormulaKind.Not:
                var term = Guess(ref code, absent);
                return !term.IsKnown ? term : term.Value.IsThere ? Outlook.Of(FormulaValue.Of(term.Value.Number == 0)) : term;
            case FormulaKind.All or FormulaKind.Any or FormulaKind.AtLeast:
                return GuessBlock(ref code, node, absent);
            case FormulaKind.ForAll or FormulaKind.ForAny or FormulaKind.ForAtLeast:
                return GuessLoop(ref code, node, absent);
            default:
                return GuessTerms(ref code, node, absent, isAbsent);
        }
    }

    /// <summary>What is reckoned from one or two terms, or read from the object.</summary>
    private static Outlook GuessTerms(ref ReadOnlySpan<byte> code, in FormulaNode node, ulong absent, bool isAbsent)
    {
        var (left, right) = (Outlook.Open, Outlook.Open);
        for (var i = 0; i < node.Terms; i++)
        {
            (left, right) = (i == 0 ? Guess(ref code, absent) : left, i == 1 ? Guess(ref code, absent) : right);
        }

        var isCondition = FormulaOperators.IsComparison(node.Kind) || node.Kind is FormulaKind.IsAt or FormulaKind.IsIn;
        if (left.IsMissing || right.IsMissing || (isAbsent && node.Kind is FormulaKind.Start or FormulaKind.IsAt or FormulaKind.IsIn))
        {
            return Outlook.Of(isCondition ? FormulaValue.Of(false) : FormulaValue.Missing);
        }

        return left.IsKnown && right.IsKnown && !Formula.NamesSubsignature(node.Kind)
            ? Outlook.Of(FormulaOperators.Of(node.Kind, left.Value.Number, right.Value.Number))
            : Outlook.Open;
    }

    private static Outlook GuessBlock(ref ReadOnlySpan<byte> code, in FormulaNode node, ulong absent)
    {
        var least = node.Kind == FormulaKind.AtLeast ? Guess(ref code, absent) : Outlook.Open;
        var (terms, holding, failing) = (node.Terms - (node.Kind == FormulaKind.AtLeast ? 1 : 0), 0, 0);
        for (var i = 0; i < terms; i++)
        {
            var term = Guess(ref code, absent);
            holding += term.IsTrue ? 1 : 0;
            failing += term.IsFalse ? 1 : 0;
        }

        if (node.Kind == FormulaKind.AtLeast && !least.IsKnown)
        {
            return Outlook.Open;
        }

        var asked = node.Kind == FormulaKind.Any ? 1 : least is { IsKnown: true, IsMissing: false } ? least.Value.Number : terms;
        return holding >= asked ? Outlook.Of(FormulaValue.Of(true))
            : terms - failing < asked ? Outlook.Of(FormulaValue.Of(false))
            : Outlook.Open;
    }

    private static Outlook GuessLoop(ref ReadOnlySpan<byte> code, in FormulaNode node, ulong absent)
    {
        var low = Guess(ref code, absent);
        Guess(ref code, absent);
        var condition = Guess(ref code, absent);
        var least = node.Kind == FormulaKind.ForAtLeast ? Guess(ref code, absent) : Outlook.Of(FormulaValue.Missing);
        var asksForOne = least.IsKnown && (least.IsMissing || least.Value.Number > 0);
        return low.IsMissing || (condition.IsFalse && asksForOne) ? Outlook.Of(FormulaValue.Of(false)) : Outlook.Open;
    }

    /// <summary>A value, when it is known; a missing one is.</summary>
    private readonly record struct Outlook(bool IsKnown, FormulaValue Value)
    {
        public static Outlook Open => default;

        public bool IsMissing => IsKnown && !Value.IsThere;

        public bool IsTrue => IsKnown && Value.IsTrue;

        public bool IsFalse => IsKnown && !Value.IsTrue;

        public static Outlook Of(FormulaValue value) => new(true, value);
    }
}
