using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Reads what a condition says of places and of sets of strings.</summary>
/// <param name="number">Reads a number.</param>
internal sealed class YaraSetReader(YaraTokens tokens, YaraScope scope, YaraFormulas formulas, Func<YaraValue> number)
{
    /// <summary>A string with what may follow it: <c>at n</c>, <c>in (n..m)</c>.</summary>
    public YaraTruth String(YaraString text, YaraToken at) =>
        formulas.Matches(text, tokens.TryTake("at") ? YaraPlace.At(number()) : RangeOrAnywhere(), at);

    /// <summary><c>in (n..m)</c>, if it stands here.</summary>
    public YaraPlace RangeOrAnywhere()
    {
        if (!tokens.TryTake("in"))
        {
            return YaraPlace.Anywhere;
        }

        tokens.Expect("(");
        var low = number();
        tokens.Expect("..");
        var high = number();
        tokens.Expect(")");
        return YaraPlace.In(low, high);
    }

    /// <summary><c>of (…)</c>, <c>of (…) in (n..m)</c>, behind the quantity.</summary>
    public YaraTruth Of(YaraQuantity quantity)
    {
        tokens.Expect("of");
        var set = Set();
        var place = RangeOrAnywhere();
        return quantity.Of([.. set.Select(text => formulas.Matches(text, place, quantity.At))], formulas);
    }

    /// <summary><c>them</c>, or a list of strings in parentheses.</summary>
    public IReadOnlyList<YaraString> Set()
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
