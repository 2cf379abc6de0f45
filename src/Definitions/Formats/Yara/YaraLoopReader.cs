using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>
/// Reads <c>for … of … : ( … )</c> and <c>for … i in … : ( … )</c>. What stands between the last parentheses is read once for
/// each string or number, where these are known when the rule is read and few; else it is read once, and gone round while
/// scanning.
/// </summary>
/// <param name="condition">Reads a condition.</param>
/// <param name="number">Reads a number.</param>
internal sealed class YaraLoopReader(
    YaraTokens tokens, YaraScope scope, YaraSetReader sets, YaraFormulas formulas, Func<YaraTruth> condition, Func<YaraValue> number)
{
    /// <summary>Numbers of a range that are written out.</summary>
    private const int MaxWrittenOut = 64;

    /// <summary>Times that something is read again in one rule; loops inside each other multiply.</summary>
    private const int MaxRounds = 1024;

    private int _rounds;

    /// <param name="word"><c>for</c>, which is taken.</param>
    public YaraTruth Read(YaraToken word)
    {
        var quantity = Quantity(word);
        if (tokens.TryTake("of"))
        {
            var set = sets.Set();
            var outer = scope.Current;
            var terms = Repeat(set, text => scope.Current = text);
            scope.Current = outer;
            return quantity.Of(terms, formulas);
        }

        var name = tokens.Expect(YaraTokenKind.Word, "'of' or the name of a number");
        tokens.Expect("in");
        tokens.Expect("(");
        var first = number();
        var truth = tokens.TryTake("..") ? Range(quantity, name, first, number()) : Each(quantity, name, Numbers(first));
        scope.Numbers.Remove(name.Text);
        return truth;
    }

    private YaraTruth Range(YaraQuantity quantity, YaraToken name, YaraValue first, YaraValue last)
    {
        tokens.Expect(")");
        if (first is YaraNumber a && last is YaraNumber b && b.Number >= a.Number && (Int128)b.Number - a.Number < MaxWrittenOut)
        {
            return Each(quantity, name, [.. Enumerable.Range(0, (int)(b.Number - a.Number) + 1).Select(i => a with { Number = a.Number + i })]);
        }

        CheckIsNew(name);
        if (scope.Loops == Formula.MaxLoops)
        {
            throw new YaraException(SignatureCodes.RuleTooLarge, name, $"More than {Formula.MaxLoops} loops stand inside each other.");
        }

        var level = scope.Loops++;
        scope.Numbers[name.Text] = new YaraFormula(name, new Formula(FormulaKind.Variable, level));
        tokens.Expect(":");
        tokens.Expect("(");
        var body = formulas.Of(condition());
        tokens.Expect(")");
        scope.Loops--;
        return quantity.Of(level, [formulas.Of(first), formulas.Of(last), body], formulas);
    }

    private YaraTruth Each(YaraQuantity quantity, YaraToken name, IReadOnlyList<YaraValue> numbers)
    {
        CheckIsNew(name);
        return quantity.Of(Repeat(numbers, value => scope.Numbers[name.Text] = value), formulas);
    }

    private void CheckIsNew(YaraToken name)
    {
        if (scope.Numbers.ContainsKey(name.Text))
        {
            throw new YaraException(SignatureCodes.RuleDuplicate, name, $"A loop around this one has a number {PlainText.Of(name.Text)} already.");
        }
    }

    private YaraQuantity Quantity(YaraToken word) => YaraQuantity.IsWord(tokens.Current)
        ? new YaraQuantity(word, tokens.Take().Text)
        : YaraQuantity.AtLeast(number(), formulas) with { At = word };

    /// <summary>The rest of <c>(n, m, …)</c>.</summary>
    private List<YaraValue> Numbers(YaraValue first)
    {
        var numbers = new List<YaraValue> { first };
        while (numbers.Count < MaxRounds && tokens.TryTake(","))
        {
            numbers.Add(number());
        }

        tokens.Expect(")");
        return numbers;
    }

    private List<YaraTruth> Repeat<T>(IReadOnlyList<T> items, Action<T> bind)
    {
        tokens.Expect(":");
        tokens.Expect("(");
        var terms = new List<YaraTruth>(items.Count);
        var start = tokens.Mark();
        foreach (var item in items)
        {
            if (++_rounds > MaxRounds)
            {
                throw new YaraException(SignatureCodes.RuleTooLarge, start.Current, $"The loops of the rule go round more than {MaxRounds} times.");
            }

            tokens.Return(start);
            bind(item);
            terms.Add(condition());
        }

        tokens.Expect(")");
        return terms;
    }
}
