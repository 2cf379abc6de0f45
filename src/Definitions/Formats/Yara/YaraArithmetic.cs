using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Reckons with two values: at once where both are known, else by a formula.</summary>
internal sealed class YaraArithmetic(YaraFormulas formulas)
{
    /// <summary>Larger known numbers are left to formulas, which have 64 bits and wrap around.</summary>
    private const long Most = 1L << 61;

    /// <summary>From weak to strong: <c>&amp; | ^</c> bind alike, as in the reference engine (measured).</summary>
    public static IReadOnlyList<string[]> Signs { get; } = [["&", "|", "^"], ["<<", ">>"], ["+", "-"], ["*", "\\", "%"]];

    /// <exception cref="YaraException">One is no number.</exception>
    public YaraValue Of(YaraValue left, YaraToken sign, YaraValue right)
    {
        if (left is YaraTruth || right is YaraTruth)
        {
            throw new YaraException(SignatureCodes.RuleSyntax, sign, $"'{sign.Text}' stands between numbers.");
        }

        return (left, sign.Text, right) switch
        {
            (YaraNumber a, _, YaraNumber b) when Fold(a.Number, sign.Text, b.Number) is { } number => a with { Number = number },
            (YaraCount a, "+" or "-", YaraNumber b) when Plus(a.Plus, sign, b) is { } plus => a with { Plus = plus },
            (YaraNumber a, "+", YaraCount b) when Plus(b.Plus, sign, a) is { } plus => b with { Plus = plus },
            (YaraFileSize a, "+" or "-", YaraNumber b) when Plus(a.Plus, sign, b) is { } plus => a with { Plus = plus },
            (YaraNumber a, "+", YaraFileSize b) when Plus(b.Plus, sign, a) is { } plus => b with { Plus = plus },
            (YaraEntryPoint a, "+" or "-", YaraNumber b) when Plus(a.Plus, sign, b) is { } plus => a with { Plus = plus },
            (YaraNumber a, "+", YaraEntryPoint b) when Plus(b.Plus, sign, a) is { } plus => b with { Plus = plus },
            _ => new YaraFormula(left.At, new Formula(KindOf(sign.Text), 0, formulas.Of(left), formulas.Of(right))),
        };
    }

    /// <summary><c>-</c> or <c>~</c> in front of a value.</summary>
    /// <exception cref="YaraException">It is no number.</exception>
    public YaraValue Of(YaraToken sign, YaraValue value) => value switch
    {
        YaraTruth => throw new YaraException(SignatureCodes.RuleSyntax, sign, $"'{sign.Text}' stands in front of a number."),
        YaraNumber number => new YaraNumber(sign, sign.Is("-") ? -number.Number : ~number.Number),
        _ => new YaraFormula(sign, new Formula(sign.Is("-") ? FormulaKind.Negate : FormulaKind.Complement, 0, formulas.Of(value))),
    };

    private static long? Plus(long plus, YaraToken sign, YaraNumber number) => Small(sign.Is("-") ? (Int128)plus - number.Number : (Int128)plus + number.Number);

    private static long? Small(Int128? result) => result >= -Most && result <= Most ? (long)result : null;

    /// <summary>Null for what has no value, or one that depends on how many bits there are.</summary>
    private static long? Fold(long left, string sign, long right)
    {
        Int128? result = sign switch
        {
            "+" => (Int128)left + right,
            "-" => (Int128)left - right,
            "*" => (Int128)left * right,
            "&" => left & right,
            "|" => left | right,
            "^" => left ^ right,
            "\\" when right != 0 => left / right,
            "%" when right != 0 => left % right,
            ">>" when right is >= 0 and < 64 => left >> (int)right,
            "<<" when right is >= 0 and < 62 && left is >= 0 and <= Most && ((Int128)left << (int)right) <= Most => left << (int)right,
            _ => null,
        };
        return Small(result);
    }

    private static FormulaKind KindOf(string sign) => sign switch
    {
        "+" => FormulaKind.Add,
        "-" => FormulaKind.Subtract,
        "*" => FormulaKind.Multiply,
        "\\" => FormulaKind.Divide,
        "%" => FormulaKind.Remainder,
        "&" => FormulaKind.BitAnd,
        "|" => FormulaKind.BitOr,
        "^" => FormulaKind.BitXor,
        "<<" => FormulaKind.ShiftLeft,
        _ => FormulaKind.ShiftRight,
    };
}
