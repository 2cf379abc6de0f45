using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Formats.Yara;

/// <summary>Reckons with two values: at once where both are known, else by a formula.</summary>
internal sealed class YaraArithmetic(YaraFormulas formulas)
{
    /// <summary>Known numbers beyond are cut: nothing is that long.</summary>
    public const long Most = 1L << 61;

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
            (YaraCount a, "+" or "-", YaraNumber b) => a with { Plus = Plus(a.Plus, sign, b) },
            (YaraNumber a, "+", YaraCount b) => b with { Plus = Plus(b.Plus, sign, a) },
            (YaraFileSize a, "+" or "-", YaraNumber b) => a with { Plus = Plus(a.Plus, sign, b) },
            (YaraNumber a, "+", YaraFileSize b) => b with { Plus = Plus(b.Plus, sign, a) },
            (YaraEntryPoint a, "+" or "-", YaraNumber b) => a with { Plus = Plus(a.Plus, sign, b) },
            (YaraNumber a, "+", YaraEntryPoint b) => b with { Plus = Plus(b.Plus, sign, a) },
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

    private static long Plus(long plus, YaraToken sign, YaraNumber number) =>
        Math.Clamp(plus + (sign.Is("-") ? -Cut(number.Number) : Cut(number.Number)), -Most, Most);

    /// <summary>The same in any comparison with what an object has.</summary>
    public static long Cut(long number) => Math.Clamp(number, -Most, Most);

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
        return result is { } known ? (long)Int128.Clamp(known, -Most, Most) : null;
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
