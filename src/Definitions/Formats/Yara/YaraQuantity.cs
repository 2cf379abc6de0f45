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
    public static YaraQuantity AtLeast(YaraNumber number) => number.Number is >= 1 and <= int.MaxValue
        ? new YaraQuantity(number.At, Word: null, number.Number)
        : throw new YaraException(SignatureCodes.RuleConstruct, number.At, "A set is asked for 1 string or more.");

    /// <exception cref="YaraException">The condition becomes too long.</exception>
    public YaraTruth Of(IReadOnlyList<YaraTruth> terms)
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
                var open = terms.Where(term => term.Expression is not null).ToList();
                return Some(open, Least - terms.Count(term => term.Expression is null && term.Constant));
        }
    }

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
