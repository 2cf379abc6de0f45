using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>How many of several terms have to hold.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Word"><c>all</c>, <c>any</c>, <c>none</c>; null = <paramref name="Least"/>.</param>
/// <param name="Least">1 or more.</param>
internal readonly record struct YaraQuantity(YaraToken At, string? Word, long Least = 0)
{
    /// <summary>Terms of a quantity that has to be written out.</summary>
    private const int MaxWrittenOut = 1024;

    public static bool IsWord(YaraToken token) => token is { Kind: YaraTokenKind.Word, Text: "all" or "any" or "none" };

    /// <exception cref="YaraException">None at all is asked for.</exception>
    public static YaraQuantity AtLeast(YaraValue value, YaraFormulas formulas) => value switch
    {
        YaraNumber { Number: >= 1 and <= int.MaxValue } number => new YaraQuantity(value.At, Word: null, number.Number),
        YaraNumber or YaraTruth => throw new YaraException(SignatureCodes.RuleConstruct, value.At, "A set is asked for 1 string or more."),
        _ => new YaraQuantity(value.At, Word: null) { Found = formulas.Of(value) },
    };

    /// <summary>How many, where that is found while scanning; else null.</summary>
    public Formula? Found { get; init; }

    /// <exception cref="YaraException">The condition becomes too long.</exception>
    public YaraTruth Of(IReadOnlyList<YaraTruth> terms, YaraFormulas formulas)
    {
        switch (Word)
        {
            case "all":
                return YaraLogic.Join(At, isAll: true, terms);
            case "any":
                return YaraLogic.Join(At, isAll: false, terms);
            case "none":
                return YaraLogic.Not(YaraLogic.Join(At, isAll: false, terms));
            default:
                if (Found is not null)
                {
                    return formulas.Holds(new Formula(FormulaKind.AtLeast, 0, [Found, .. terms.Select(formulas.Of)]), At);
                }

                var open = terms.Where(term => term.Expression is not null).ToList();
                return Some(open, Least - terms.Count(term => term.Expression is null && term.Constant));
        }
    }

    /// <summary>So many rounds of a loop that is gone round while scanning.</summary>
    /// <param name="loop">First and last number, and the condition.</param>
    public YaraTruth Of(int level, Formula[] loop, YaraFormulas formulas) => Word switch
    {
        "all" => formulas.Holds(new Formula(FormulaKind.ForAll, level, loop), At),
        "any" => formulas.Holds(new Formula(FormulaKind.ForAny, level, loop), At),
        "none" => YaraLogic.Not(formulas.Holds(new Formula(FormulaKind.ForAny, level, loop), At)),
        _ => formulas.Holds(new Formula(FormulaKind.ForAtLeast, level, [.. loop, Found ?? YaraFormulas.Number(Least)]), At),
    };

    /// <param name="least">Of the terms that are not known.</param>
    private YaraTruth Some(List<YaraTruth> terms, long least)
    {
        var at = At;
        if (least <= 0 || least > terms.Count)
        {
            return YaraLogic.Constant(at, least <= 0);
        }

        if (least == terms.Count || least == 1)
        {
            return YaraLogic.Join(at, isAll: least == terms.Count, terms);
        }

        if (terms.TrueForAll(term => term.Expression is SubsignatureTerm { Test: null }))
        {
            return YaraLogic.Of(at, new LogicalBlock(
                isAll: false, [.. terms.Select(term => term.Expression!)], new CountTest(new NumberTest(NumberComparison.Greater, 0), (int)least)));
        }

        var room = MaxWrittenOut;
        return YaraLogic.Join(at, isAll: false, [.. Choices(terms.Count, (int)least).Select(choice =>
        {
            room -= choice.Length;
            return room >= 0
                ? YaraLogic.Join(at, isAll: true, [.. choice.Select(index => terms[index])])
                : throw new YaraException(SignatureCodes.RuleTooLarge, at, "A part of a set of conditions is written out, which is too long here.");
        })]);
    }

    /// <summary>All ascending choices of <paramref name="some"/> of the numbers below <paramref name="count"/>.</summary>
    private static IEnumerable<int[]> Choices(int count, int some)
    {
        var choice = Enumerable.Range(0, some).ToArray();
        while (true)
        {
            yield return [.. choice];
            var last = some - 1;
            while (last >= 0 && choice[last] == count - some + last)
            {
                last--;
            }

            if (last < 0)
            {
                yield break;
            }

            choice[last]++;
            for (var i = last + 1; i < some; i++)
            {
                choice[i] = choice[i - 1] + 1;
            }
        }
    }
}
