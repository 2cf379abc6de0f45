using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Turns comparisons with a known number into tests of subsignatures, and others into formulas.</summary>
internal sealed class YaraComparison(YaraSubsignatures subsignatures, YaraFormulas formulas)
{
    private const long Unlimited = long.MaxValue / 2;

    /// <param name="sign">One of <c>== != &lt; &lt;= &gt; &gt;=</c>.</param>
    public YaraTruth Compare(YaraValue left, YaraToken sign, YaraValue right)
    {
        if (left is YaraNumber a && right is YaraNumber b)
        {
            return YaraLogic.Constant(sign, Holds(a.Number, sign.Text, b.Number));
        }

        if (left is YaraTruth || right is YaraTruth)
        {
            throw new YaraException(SignatureCodes.RuleSyntax, sign, "A condition is compared with a number.");
        }

        if (left is YaraNumber constant)
        {
            return Compare(right, sign with { Text = Mirror(sign.Text) }, constant);
        }

        if (right is not YaraNumber { Number: var number } || left is YaraFormula or YaraEntryPoint or YaraCount { Place.Low: not null })
        {
            return formulas.Holds(new Formula(KindOf(sign.Text), 0, formulas.Of(left), formulas.Of(right)), sign);
        }

        if (sign.Text == "!=")
        {
            var isOther = YaraLogic.Not(Compare(left, sign with { Text = "==" }, right));

            // What is not there has no number, so that it is none other either.
            return left switch
            {
                YaraFirst first => YaraLogic.Join(sign, isAll: true, [subsignatures.Holds(first.Text, YaraPlace.Anywhere, sign), isOther]),
                YaraNumberAt at => YaraLogic.Join(
                    sign, isAll: false, [NumberAt(at, sign with { Text = "<" }, number), NumberAt(at, sign with { Text = ">" }, number)]),
                _ => isOther,
            };
        }

        return left switch
        {
            YaraCount count => Count(count, sign, Less(number, count.Plus)),
            YaraFileSize size => FileSize(sign, Less(number, size.Plus)),
            YaraNumberAt at => NumberAt(at, sign, number),
            YaraFirst first => First(first, sign, number),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private YaraTruth Count(YaraCount count, YaraToken sign, long number)
    {
        var (low, high) = RangeOf(sign.Text, number);
        if (high < 0 || low > uint.MaxValue)
        {
            return YaraLogic.Constant(sign, false);
        }

        if (count.Place.IsNowhere)
        {
            return YaraLogic.Constant(sign, low <= 0);
        }

        var id = subsignatures.Of(count.Text, count.Place.Offset);
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
        return YaraLogic.Holds(subsignatures.Add(new FileSizeSubsignature { Size = range }, sign), sign);
    }

    private YaraTruth NumberAt(YaraNumberAt at, YaraToken sign, long number)
    {
        number = Less(number, 0);
        if (at is { IsBig: true, Width: > 1 })
        {
            return BigNumberAt(at, sign, number);
        }

        var test = sign.Text switch
        {
            "==" => new NumberTest(NumberComparison.Equal, number),
            ">" => new NumberTest(NumberComparison.Greater, number),
            ">=" => new NumberTest(NumberComparison.Greater, number - 1),
            "<" => new NumberTest(NumberComparison.Less, number),
            _ => new NumberTest(NumberComparison.Less, number + 1),
        };
        return YaraLogic.Holds(
            subsignatures.Add(
                new NumberAtSubsignature { Offset = at.Offset, Width = at.Width, IsSigned = at.IsSigned, Test = test }, sign),
            sign);
    }

    private YaraTruth Present(YaraNumberAt at, YaraToken sign, long least) =>
        NumberAt(at with { IsBig = false }, sign with { Text = ">=" }, least);

    /// <summary>Byte by byte: the first that differs decides.</summary>
    private YaraTruth BigNumberAt(YaraNumberAt at, YaraToken sign, long number)
    {
        var least = at.IsSigned ? -(1L << ((8 * at.Width) - 1)) : 0;
        var most = least + (1L << (8 * at.Width)) - 1;
        var (comparison, border) = sign.Text switch
        {
            ">=" => (">", number - 1),
            "<=" => ("<", number + 1),
            _ => (sign.Text, number),
        };
        if (border < least || border > most)
        {
            // Beyond all numbers; but there has to be one.
            var isAlways = (comparison == ">" && border < least) || (comparison == "<" && border > most);
            return isAlways ? Present(at, sign, least) : YaraLogic.Constant(sign, false);
        }

        YaraTruth Byte(int index, string text) => NumberAt(
            new YaraNumberAt(at.At, at.Offset + index, 1, at.IsSigned && index == 0, IsBig: false),
            sign with { Text = text },
            index == 0 ? border >> (8 * (at.Width - 1)) : (border >> (8 * (at.Width - 1 - index))) & 0xFF);
        if (comparison == "==")
        {
            return YaraLogic.Join(sign, isAll: true, [.. Enumerable.Range(0, at.Width).Select(index => Byte(index, "=="))]);
        }

        var decided = Byte(at.Width - 1, comparison);
        for (var index = at.Width - 2; index >= 0; index--)
        {
            decided = YaraLogic.Join(sign, isAll: false,
                [Byte(index, comparison), YaraLogic.Join(sign, isAll: true, [Byte(index, "=="), decided])]);
        }

        // The first byte may decide where the last one is missing, which is no number.
        return YaraLogic.Join(sign, isAll: true, [Present(at, sign, least), decided]);
    }

    /// <summary>The first match begins in a range when there is one in it and none before it.</summary>
    private YaraTruth First(YaraFirst first, YaraToken sign, long number)
    {
        var (low, high) = RangeOf(sign.Text, Less(number, 0));
        low = Math.Max(0, low);
        if (high < low)
        {
            return YaraLogic.Constant(sign, false);
        }

        var inside = subsignatures.Holds(first.Text, YaraPlace.Between(low, high), sign);
        return low == 0
            ? inside
            : YaraLogic.Join(sign, isAll: true, [inside, YaraLogic.Not(subsignatures.Holds(first.Text, YaraPlace.Between(0, low - 1), sign))]);
    }

    private static SubsignatureTerm Term(int id, NumberComparison comparison, long number) =>
        new(id, new CountTest(new NumberTest(comparison, number)));

    /// <summary>What is left to compare with; nothing that an object has is as large as <see cref="Unlimited"/>.</summary>
    private static long Less(long number, long plus) => (long)Int128.Clamp((Int128)number - plus, -Unlimited, Unlimited);

    private static (long Low, long High) RangeOf(string sign, long number) => sign switch
    {
        "==" => (number, number),
        ">" => (number + 1, Unlimited),
        ">=" => (number, Unlimited),
        "<" => (-Unlimited, number - 1),
        _ => (-Unlimited, number),
    };

    private static FormulaKind KindOf(string sign) => sign switch
    {
        "==" => FormulaKind.Equal,
        "!=" => FormulaKind.NotEqual,
        ">" => FormulaKind.Greater,
        ">=" => FormulaKind.GreaterOrEqual,
        "<" => FormulaKind.Less,
        _ => FormulaKind.LessOrEqual,
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
