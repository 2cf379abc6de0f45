using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Turns comparisons with a known number into tests of subsignatures.</summary>
internal sealed class YaraComparison(YaraSubsignatures subsignatures)
{
    private const long Unlimited = long.MaxValue / 2;

    /// <param name="sign">One of <c>== != &lt; &lt;= &gt; &gt;=</c>.</param>
    public YaraTruth Compare(YaraValue left, YaraToken sign, YaraValue right)
    {
        if (left is YaraNumber a && right is YaraNumber b)
        {
            return YaraLogic.Constant(sign, Holds(a.Number, sign.Text, b.Number));
        }

        if (left is YaraNumber constant)
        {
            return Compare(right, sign with { Text = Mirror(sign.Text) }, constant);
        }

        if (right is not YaraNumber { Number: var number })
        {
            throw new YaraException(SignatureCodes.RuleConstruct, sign, "The second value is not a number that is known when the rule is read, which is not supported.");
        }

        if (sign.Text == "!=")
        {
            return YaraLogic.Not(Compare(left, sign with { Text = "==" }, right));
        }

        return left switch
        {
            YaraCount count => Count(count, sign, number - count.Plus),
            YaraFileSize => FileSize(sign, number),
            YaraNumberAt at => NumberAt(at, sign, number),
            YaraFirst first => First(first, sign, number),
            _ => throw new YaraException(SignatureCodes.RuleSyntax, sign, "A condition is compared with a number."),
        };
    }

    private YaraTruth Count(YaraCount count, YaraToken sign, long number)
    {
        var (low, high) = RangeOf(sign.Text, number);
        if (high < 0 || low > uint.MaxValue)
        {
            return YaraLogic.Constant(sign, false);
        }

        var id = subsignatures.Of(count.Text, SignatureOffset.Anywhere);
        if (low == high && low >= 0)
        {
            return YaraLogic.Of(sign, Term(id, NumberComparison.Equal, low));
        }

        return low > 0 ? YaraLogic.Of(sign, Term(id, NumberComparison.Greater, low - 1))
            : high < Unlimited ? YaraLogic.Of(sign, Term(id, NumberComparison.Less, Math.Min(high + 1, uint.MaxValue)))
            : YaraLogic.Constant(sign, true);
    }

    private YaraTruth FileSize(YaraToken sign, long number)
    {
        var (low, high) = RangeOf(sign.Text, number);
        var range = new NumberRange(Math.Max(0, low), Math.Max(-1, high));
        return Holds(subsignatures.Add(new FileSizeSubsignature { Size = range }, sign), sign);
    }

    private YaraTruth NumberAt(YaraNumberAt at, YaraToken sign, long number)
    {
        var test = sign.Text switch
        {
            "==" => new NumberTest(NumberComparison.Equal, number),
            ">" => new NumberTest(NumberComparison.Greater, number),
            ">=" => new NumberTest(NumberComparison.Greater, number - 1),
            "<" => new NumberTest(NumberComparison.Less, number),
            _ => new NumberTest(NumberComparison.Less, number + 1),
        };
        return Holds(
            subsignatures.Add(
                new NumberAtSubsignature { Offset = at.Offset, Width = at.Width, IsSigned = at.IsSigned, Test = test }, sign),
            sign);
    }

    /// <summary>The first match begins in a range when there is one in it and none before it.</summary>
    private YaraTruth First(YaraFirst first, YaraToken sign, long number)
    {
        var (low, high) = RangeOf(sign.Text, number);
        low = Math.Max(0, low);
        if (high < low)
        {
            return YaraLogic.Constant(sign, false);
        }

        var inside = Holds(subsignatures.Of(first.Text, Place(low, high)), sign);
        return low == 0
            ? inside
            : YaraLogic.Join(sign, isAll: true, [inside, YaraLogic.Not(Holds(subsignatures.Of(first.Text, Place(0, low - 1)), sign))]);
    }

    /// <summary>A match may begin at any of these bytes.</summary>
    public static SignatureOffset Place(long low, long high) =>
        new(OffsetBase.Start, low, Math.Min(high - low, uint.MaxValue / 4));

    public static YaraTruth Holds(int id, YaraToken at) => YaraLogic.Of(at, new SubsignatureTerm(id));

    private static SubsignatureTerm Term(int id, NumberComparison comparison, long number) =>
        new(id, new CountTest(new NumberTest(comparison, number)));

    private static (long Low, long High) RangeOf(string sign, long number) => sign switch
    {
        "==" => (number, number),
        ">" => (number + 1, Unlimited),
        ">=" => (number, Unlimited),
        "<" => (-Unlimited, number - 1),
        _ => (-Unlimited, number),
    };

    private static bool Holds(long left, string sign, long right) => sign switch
    {
        "==" => left == right,
        "!=" => left != right,
        ">" => left > right,
        ">=" => left >= right,
        "<" => left < right,
        _ => left <= right,
    };

    private static string Mirror(string sign) => sign switch { ">" => "<", ">=" => "<=", "<" => ">", "<=" => ">=", _ => sign };
}
