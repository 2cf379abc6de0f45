using Definitions.Signatures;

namespace Engine.Matching;

/// <summary>What formulas reckon from one or two numbers that are there.</summary>
internal static class FormulaOperators
{
    public static FormulaValue Of(FormulaKind kind, long left, long right) => kind switch
    {
        FormulaKind.Add => FormulaValue.Of(unchecked(left + right)),
        FormulaKind.Subtract => FormulaValue.Of(unchecked(left - right)),
        FormulaKind.Multiply => FormulaValue.Of(unchecked(left * right)),
        FormulaKind.Divide or FormulaKind.Remainder => Divide(kind, left, right),
        FormulaKind.BitAnd => FormulaValue.Of(left & right),
        FormulaKind.BitOr => FormulaValue.Of(left | right),
        FormulaKind.BitXor => FormulaValue.Of(left ^ right),
        FormulaKind.ShiftLeft => right < 0 ? FormulaValue.Missing : FormulaValue.Of(right >= 64 ? 0 : left << (int)right),
        FormulaKind.ShiftRight => right < 0 ? FormulaValue.Missing : FormulaValue.Of(right >= 64 ? 0 : left >> (int)right),
        FormulaKind.Equal => FormulaValue.Of(left == right),
        FormulaKind.NotEqual => FormulaValue.Of(left != right),
        FormulaKind.Less => FormulaValue.Of(left < right),
        FormulaKind.LessOrEqual => FormulaValue.Of(left <= right),
        FormulaKind.Greater => FormulaValue.Of(left > right),
        FormulaKind.GreaterOrEqual => FormulaValue.Of(left >= right),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static bool IsComparison(FormulaKind kind) => kind is >= FormulaKind.Equal and <= FormulaKind.GreaterOrEqual;

    /// <summary>The least number by -1 has no quotient either: processors stop at it.</summary>
    private static FormulaValue Divide(FormulaKind kind, long left, long right) =>
        right == 0 || (right == -1 && left == long.MinValue) ? FormulaValue.Missing
        : FormulaValue.Of(kind == FormulaKind.Divide ? left / right : left % right);
}
