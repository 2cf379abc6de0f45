using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Reads what a condition says of places and of sets of strings.</summary>
internal sealed class YaraSetReader(YaraTokens tokens, YaraScope scope, YaraSubsignatures subsignatures)
{
    /// <summary>A string with what may follow it: <c>at n</c>, <c>in (n..m)</c>.</summary>
    /// <param name="number">Reads a number that is known.</param>
    public YaraTruth Place(YaraString text, YaraToken at, Func<long> number)
    {
        var offset = SignatureOffset.Anywhere;
        if (tokens.TryTake("at"))
        {
            var place = number();
            offset = YaraComparison.Place(place, place);
        }
        else if (tokens.TryTake("in"))
        {
            tokens.Expect("(");
            var low = number();
            tokens.Expect("..");
            var high = number();
            tokens.Expect(")");
            if (high < low)
            {
                return YaraLogic.Constant(at, false);
            }

            offset = YaraComparison.Place(low, high);
        }

        return YaraComparison.Holds(subsignatures.Of(text, offset), at);
    }

    /// <summary><c>n of (…)</c>, behind its number.</summary>
    public YaraTruth AtLeast(YaraNumber number)
    {
        var at = tokens.Expect("of");
        var set = Set();
        if (number.Number is < 1 or > int.MaxValue)
        {
            throw new YaraException(SignatureCodes.RuleConstruct, number.At, "A set is asked for 1 string or more.");
        }

        if (number.Number > set.Count)
        {
            return YaraLogic.Constant(at, false);
        }

        var terms = Terms(set, at);
        return number.Number == set.Count ? YaraLogic.Join(at, isAll: true, terms)
            : number.Number == 1 ? YaraLogic.Join(at, isAll: false, terms)
            : YaraLogic.Of(at, new LogicalBlock(
                isAll: false,
                [.. terms.Select(term => term.Expression!)],
                new CountTest(new NumberTest(NumberComparison.Greater, 0), (int)number.Number)));
    }

    /// <summary><c>all of (…)</c>, <c>any of (…)</c>, <c>for any of (…) : ( … )</c>; the first word is taken.</summary>
    public YaraTruth Quantified(YaraToken word)
    {
        var isLoop = word.Text == "for";
        var quantity = isLoop ? tokens.Expect(YaraTokenKind.Word, "all or any") : word;
        if (quantity.Text is not ("all" or "any") || !tokens.Current.Is("of"))
        {
            throw new YaraException(SignatureCodes.RuleConstruct, quantity, "Of loops, 'for all of' and 'for any of' over strings are supported.");
        }

        tokens.Take();
        var set = Set();
        var terms = isLoop ? LoopBody(set, word) : Terms(set, word);
        return YaraLogic.Join(word, quantity.Text == "all", terms);
    }

    private List<YaraTruth> Terms(IReadOnlyList<YaraString> set, YaraToken at) =>
        [.. set.Select(text => YaraComparison.Holds(subsignatures.Of(text, SignatureOffset.Anywhere), at))];

    /// <summary><c>: ( $ )</c>, <c>: ( $ at n )</c>, <c>: ( $ in (n..m) )</c> and <c>: ( # > n )</c>, for each string.</summary>
    private List<YaraTruth> LoopBody(IReadOnlyList<YaraString> set, YaraToken at)
    {
        tokens.Expect(":");
        tokens.Expect("(");
        List<YaraTruth> terms;
        if (tokens.Current is { Kind: YaraTokenKind.StringId, Text: "$" })
        {
            var id = tokens.Take();
            terms = [.. Places(set, id)];
        }
        else if (tokens.Current is { Kind: YaraTokenKind.CountId, Text: "#" })
        {
            var id = tokens.Take();
            var sign = tokens.Expect(YaraTokenKind.Mark, "a comparison");
            if (sign.Text is not ("==" or "!=" or "<" or "<=" or ">" or ">="))
            {
                throw new YaraException(SignatureCodes.RuleConstruct, sign, "In a loop, # is compared with a number.");
            }

            var number = new YaraNumber(id, Literal());
            var comparison = new YaraComparison(subsignatures);
            terms = [.. set.Select(text => comparison.Compare(new YaraCount(id, text, 0), sign, number))];
        }
        else
        {
            throw new YaraException(SignatureCodes.RuleConstruct, at, "Of loops, ( $ ), ( $ at n ), ( $ in (n..m) ) and ( # > n ) are supported.");
        }

        tokens.Expect(")");
        return terms;
    }

    private List<YaraTruth> Places(IReadOnlyList<YaraString> set, YaraToken id)
    {
        var first = Place(set[0], id, Literal);
        var offset = subsignatures.OffsetOf(first);
        return
        [
            first,
            .. set.Skip(1).Select(text => offset is { } known
                ? YaraComparison.Holds(subsignatures.Of(text, known), id)
                : YaraLogic.Constant(id, false)),
        ];
    }

    private long Literal() => tokens.Expect(YaraTokenKind.Number, "a number").Number;

    /// <summary><c>them</c>, or a list of strings in parentheses.</summary>
    private IReadOnlyList<YaraString> Set()
    {
        if (tokens.Current.Is("them"))
        {
            var them = tokens.Take();
            return scope.NameAll() is { Count: > 0 } all
                ? all
                : throw new YaraException(SignatureCodes.RuleUnknown, them, "The rule has no strings.");
        }

        tokens.Expect("(");
        var set = new List<YaraString>();
        do
        {
            set.AddRange(scope.FindSet(tokens.Expect(YaraTokenKind.StringId, "a string such as $a")));
        }
        while (tokens.TryTake(",") && set.Count <= LogicalSignature.MaxSubsignatures * 4);
        tokens.Expect(")");
        return [.. set.Distinct()];
    }
}
