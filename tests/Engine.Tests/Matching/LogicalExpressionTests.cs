using System.Globalization;
using CsCheck;
using Engine.FileTypes;
using Engine.Tests.Images;

namespace Engine.Tests.Matching;

/// <summary>Random expressions over random counts, against an evaluator that works on the text alone.</summary>
public sealed class LogicalExpressionTests
{
    private const int Ids = 5;

    [Fact]
    public void Equals_an_evaluation_of_the_text() =>
        Gen.Select(Gen.Int, Gen.Int[0, 3].Array[Ids].Array[8]).Sample(
            (seed, counts) =>
            {
                var random = new Random(seed);
                var expressions = Enumerable.Range(0, 40).Select(_ => Sequence(random, 2)).ToArray();
                using var image = new CompiledImage(("t.ldb", string.Concat(expressions.Select(Line))));
                foreach (var objectCounts in counts)
                {
                    var hits = image.Match(Data(objectCounts), ObjectType.Binary).Select(hit => hit.Signature).ToHashSet(StringComparer.Ordinal);
                    for (var i = 0; i < expressions.Length; i++)
                    {
                        Assert.True(
                            hits.Contains($"E{i}") == TextEvaluator.IsTrue(expressions[i], objectCounts),
                            $"{expressions[i]} on {string.Join(',', objectCounts)}");
                    }
                }
            },
            iter: 25,
            threads: 1);

    [Theory]
    [InlineData("(0|1&2|3)", "0001", true)]
    [InlineData("(0|1&2|3)", "1000", true)]
    [InlineData("(0|1&2&3)", "1000", false)]
    [InlineData("0|1&2", "1000", true)]
    [InlineData("(0|1&2)", "1000", false)]
    [InlineData("(0&1|2&3)", "1010", false)]
    [InlineData("(0&1|2&3)", "1011", true)]
    public void Groups_as_the_reference_engine(string expression, string counts, bool isTrue)
    {
        int[] numbers = [.. counts.Select(c => c - '0'), 0];
        Assert.Equal(isTrue, TextEvaluator.IsTrue(expression, numbers));
        using var image = new CompiledImage(("t.ldb", Line(expression, 0)));
        Assert.Equal(isTrue, image.Match(Data(numbers), ObjectType.Binary).Count == 1);
    }

    /// <summary>The expression with its subsignatures: id n is the letter A + n followed by the small one.</summary>
    private static string Line(string expression, int index)
    {
        var highest = Enumerable.Range(0, Ids).Where(id => TextEvaluator.Names(expression, id)).Max();
        var bodies = Enumerable.Range(0, highest + 1).Select(id => Convert.ToHexStringLower([(byte)('A' + id), (byte)('a' + id)]));
        return string.Create(CultureInfo.InvariantCulture, $"E{index};Engine:51-255,Target:0;{expression};{string.Join(';', bodies)}\n");
    }

    private static byte[] Data(int[] counts) =>
        [.. counts.SelectMany((count, id) => Enumerable.Repeat((byte[])[(byte)('A' + id), (byte)('a' + id), (byte)'.'], count)).SelectMany(b => b), .. "........"u8];

    private static string Sequence(Random random, int depth)
    {
        var text = Term(random, depth);
        for (var more = random.Next(depth == 2 ? 0 : 1, 4); more > 0; more--)
        {
            text += (random.Next(2) == 0 ? "&" : "|") + Term(random, depth);
        }

        return text;
    }

    private static string Term(Random random, int depth)
    {
        string[] tests = ["", "", "", "=0", "=1", "=2", ">0", ">1", "<1", "<2", "=3"];
        var test = tests[random.Next(tests.Length)];
        if (depth == 0 || random.Next(5) < 3)
        {
            return random.Next(Ids).ToString(CultureInfo.InvariantCulture) + test;
        }

        var distinct = test.Length > 0 && random.Next(2) == 0 ? "," + random.Next(4).ToString(CultureInfo.InvariantCulture) : "";
        return $"({Sequence(random, depth - 1)}){test}{distinct}";
    }

    /// <summary>clamav-formats.md §3.7 read off the text, nothing shared with the parser.</summary>
    private static class TextEvaluator
    {
        public static bool IsTrue(string text, int[] counts) => FromRight(text, counts).IsTrue;

        /// <summary>True when the id stands somewhere as a term.</summary>
        public static bool Names(string text, int id)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '0' + id && (i == 0 || text[i - 1] is '(' or '&' or '|'))
                {
                    return true;
                }
            }

            return false;
        }

        private static (bool IsTrue, int Count, HashSet<int> Ids) FromRight(string text, int[] counts)
        {
            var split = Operators(text).FirstOrDefault(-1);
            return split < 0 ? Single(text, counts) : Combine(text[split], Single(text[..split], counts), FromRight(text[(split + 1)..], counts));
        }

        private static (bool IsTrue, int Count, HashSet<int> Ids) Single(string text, int[] counts)
        {
            if (text[0] != '(')
            {
                var count = counts[text[0] - '0'];
                var holds = text.Length == 1 ? count > 0 : Holds(text[1..], count, distinct: int.MaxValue);
                return holds ? (true, count, [text[0] - '0']) : (false, 0, []);
            }

            var close = text.LastIndexOf(')');
            var inside = text[1..close];
            var split = Operators(inside).LastOrDefault(-1);
            var result = Combine(inside[split], FromRight(inside[..split], counts), Single(inside[(split + 1)..], counts));
            if (close == text.Length - 1)
            {
                return result;
            }

            return Holds(text[(close + 1)..], result.Count, result.Ids.Count) ? (true, result.Count, []) : (false, 0, []);
        }

        private static (bool IsTrue, int Count, HashSet<int> Ids) Combine(
            char operation, (bool IsTrue, int Count, HashSet<int> Ids) left, (bool IsTrue, int Count, HashSet<int> Ids) right)
        {
            var isTrue = operation == '&' ? left.IsTrue && right.IsTrue : left.IsTrue || right.IsTrue;
            return isTrue ? (true, left.Count + right.Count, [.. left.Ids, .. right.Ids]) : (false, 0, []);
        }

        private static bool Holds(string test, int count, int distinct)
        {
            var fields = test[1..].Split(',');
            var value = int.Parse(fields[0], CultureInfo.InvariantCulture);
            var holds = test[0] switch { '=' => count == value, '>' => count > value, _ => count < value };
            return holds && (fields.Length == 1 || distinct >= int.Parse(fields[1], CultureInfo.InvariantCulture));
        }

        /// <summary>Places of the operators outside all parentheses.</summary>
        private static IEnumerable<int> Operators(string text)
        {
            var depth = 0;
            for (var i = 0; i < text.Length; i++)
            {
                depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
                if (depth == 0 && (text[i] is '&' or '|'))
                {
                    yield return i;
                }
            }
        }
    }
}
