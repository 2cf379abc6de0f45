using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>
/// Reads <c>for … of … : ( … )</c> and <c>for … i in … : ( … )</c>: what stands between the last parentheses is read once
/// for each string or number, so these have to be known when the rule is read.
/// </summary>
/// <param name="condition">Reads a condition.</param>
/// <param name="number">Reads a number that is known and not negative.</param>
internal sealed class YaraLoopReader(YaraTokens tokens, YaraScope scope, YaraSetReader sets, Func<YaraTruth> condition, Func<long> number)
{
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
            return quantity.Of(terms);
        }

        var name = tokens.Expect(YaraTokenKind.Word, "'of' or the name of a number");
        tokens.Expect("in");
        var numbers = Numbers();
        if (scope.Numbers.ContainsKey(name.Text))
        {
            throw new YaraException(SignatureCodes.RuleDuplicate, name, $"A loop around this one has a number {PlainText.Of(name.Text)} already.");
        }

        var results = Repeat(numbers, value => scope.Numbers[name.Text] = value);
        scope.Numbers.Remove(name.Text);
        return quantity.Of(results);
    }

    private YaraQuantity Quantity(YaraToken word) =>
        YaraQuantity.IsWord(tokens.Current) ? new YaraQuantity(word, tokens.Take().Text)
        : YaraQuantity.AtLeast(new YaraNumber(tokens.Current, number())) with { At = word };

    /// <summary><c>(n..m)</c> or <c>(n, m, …)</c>.</summary>
    private List<long> Numbers()
    {
        var at = tokens.Expect("(");
        var numbers = new List<long> { number() };
        if (tokens.TryTake(".."))
        {
            var last = number();
            if (last < numbers[0] || last - numbers[0] >= MaxRounds)
            {
                throw new YaraException(SignatureCodes.RuleConstruct, at, $"A loop is supported over 1 to {MaxRounds} numbers.");
            }

            for (var next = numbers[0] + 1; next <= last; next++)
            {
                numbers.Add(next);
            }
        }

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
