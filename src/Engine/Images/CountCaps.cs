using Definitions.Signatures;

namespace Engine.Images;

/// <summary>
/// How far occurrences have to be counted so that no expression can change any more: 1 where only presence is asked,
/// one above the number compared with else; without end where the last match is asked for.
/// </summary>
internal static class CountCaps
{
    private const long Unlimited = uint.MaxValue;

    /// <returns>A cap for each subsignature, at least 1.</returns>
    public static long[] Of(LogicalSignature signature)
    {
        var caps = new long[signature.Subsignatures.Count];
        Array.Fill(caps, 1);
        Raise(signature.Expression, caps, outer: 1);
        foreach (var subsignature in signature.Subsignatures)
        {
            if (subsignature is RegexSubsignature regex)
            {
                Raise(regex.Trigger, caps, outer: 1);
            }
            else if (subsignature is ByteCompareSubsignature compare && compare.Reference < caps.Length)
            {
                caps[compare.Reference] = Unlimited;
            }
            else if (subsignature is FormulaSubsignature formula)
            {
                Raise(formula.Formula, caps);
            }
        }

        return caps;
    }

    private static void Raise(Formula formula, long[] caps)
    {
        if (formula.Kind == FormulaKind.Count)
        {
            caps[formula.Argument] = Unlimited;
        }

        foreach (var term in formula.Terms)
        {
            Raise(term, caps);
        }
    }

    private static void Raise(LogicalExpression expression, long[] caps, long outer)
    {
        switch (expression)
        {
            case SubsignatureTerm term:
                caps[term.Id] = Math.Max(caps[term.Id], Math.Max(outer, CapOf(term.Test)));
                break;
            case LogicalBlock block:
                foreach (var inner in block.Terms)
                {
                    Raise(inner, caps, Math.Max(outer, CapOf(block.Test)));
                }

                break;
            case LogicalNegation negation:
                Raise(negation.Term, caps, outer);
                break;
            default:
                throw new ArgumentException("A kind of node that is not known.", nameof(expression));
        }
    }

    private static long CapOf(CountTest? test) => test is { } known ? known.Number.Value + 1 : 1;
}
