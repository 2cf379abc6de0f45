using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Formulas in section <see cref="SectionKind.LogicalCode"/>, in prefix order: kind u8, argument, terms. The argument is i64
/// for a number, u8 for others that have one; kinds of any number of terms have u16, how many. The check proves what
/// <see cref="FormulaMachine"/> relies on.
/// </summary>
internal static class FormulaCode
{
    private const sbyte Unknown = -2;
    private const sbyte Several = -1;

    /// <summary>By kind.</summary>
    private static readonly sbyte[] _terms = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(kind =>
        Enum.IsDefined((FormulaKind)kind) ? (sbyte)(Formula.TermsOf((FormulaKind)kind) ?? Several) : Unknown)];

    public static void Write(ByteBuffer code, Formula formula)
    {
        code.AddByte((byte)formula.Kind);
        if (formula.Kind == FormulaKind.Number)
        {
            code.AddInt64(formula.Argument);
        }
        else if (HasArgument(formula.Kind))
        {
            code.AddByte(checked((byte)formula.Argument));
        }

        if (Formula.TermsOf(formula.Kind) is null)
        {
            code.AddUInt16(checked((ushort)formula.Terms.Count));
        }

        foreach (var term in formula.Terms)
        {
            Write(code, term);
        }
    }

    /// <summary>
    /// Everything is there and nothing behind it, of kinds that are known, not too deep; loops have the level that they stand at,
    /// variables name loops around them, ids what is allowed.
    /// </summary>
    /// <param name="isBody">Whether an id names a body; null = it may not be named at all.</param>
    /// <exception cref="ImageException">Something is wrong.</exception>
    public static void Check(ReadOnlySpan<byte> code, Func<int, bool?> isBody)
    {
        Check(ref code, isBody, depth: 1, loops: 0);
        Expect(code.IsEmpty, "a formula is longer than it says");
    }

    /// <summary>Reads the head of a node.</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public static FormulaNode Take(ref ReadOnlySpan<byte> code)
    {
        var kind = (FormulaKind)TakeBytes(ref code, 1)[0];
        int terms = _terms[(int)kind];
        Expect(terms != Unknown, "a formula has an unknown node");
        var argument = kind == FormulaKind.Number ? BinaryPrimitives.ReadInt64LittleEndian(TakeBytes(ref code, 8))
            : HasArgument(kind) ? TakeBytes(ref code, 1)[0] : 0;
        return new FormulaNode(kind, argument, terms == Several ? BinaryPrimitives.ReadUInt16LittleEndian(TakeBytes(ref code, 2)) : terms);
    }

    public static bool IsLoop(FormulaKind kind) => kind is FormulaKind.ForAll or FormulaKind.ForAny or FormulaKind.ForAtLeast;

    private static void Check(ref ReadOnlySpan<byte> code, Func<int, bool?> isBody, int depth, int loops)
    {
        Expect(depth <= Formula.MaxDepth, "a formula nests too deep");
        var node = Take(ref code);
        switch (node.Kind)
        {
            case FormulaKind.Read:
                const NumberLayout widths = NumberLayout.Width1 | NumberLayout.Width2 | NumberLayout.Width4;
                Expect(
                    ((NumberLayout)node.Argument & widths) is NumberLayout.Width1 or NumberLayout.Width2 or NumberLayout.Width4
                    && ((NumberLayout)node.Argument & ~(widths | NumberLayout.TwosComplement | NumberLayout.Big)) == NumberLayout.None,
                    "a formula reads a number of no kind");
                break;
            case FormulaKind.Variable:
                Expect(node.Argument < loops, "a formula names no loop");
                break;
            case FormulaKind.ForAll or FormulaKind.ForAny or FormulaKind.ForAtLeast:
                Expect(node.Argument == loops && loops < Formula.MaxLoops, "a loop of a formula has the wrong level");
                break;
            default:
                Expect(
                    !Formula.NamesSubsignature(node.Kind) || isBody((int)node.Argument) is { } known && (known || !Formula.NamesBody(node.Kind)),
                    "a formula names no subsignature that it may");
                break;
        }

        Expect(node.Terms > 0 || _terms[(int)node.Kind] == 0, "a formula has no terms");
        for (var i = 0; i < node.Terms; i++)
        {
            // Only the condition of a loop sees its number.
            Check(ref code, isBody, depth + 1, loops + (IsLoop(node.Kind) && i == FormulaNode.LoopCondition ? 1 : 0));
        }
    }

    private static bool HasArgument(FormulaKind kind) =>
        kind is FormulaKind.Variable or FormulaKind.Read || Formula.NamesSubsignature(kind) || IsLoop(kind);

    private static ReadOnlySpan<byte> TakeBytes(ref ReadOnlySpan<byte> code, int count)
    {
        var taken = Checked.Slice(code, 0, count);
        code = code[count..];
        return taken;
    }

    private static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged(otherwise);
        }
    }
}

/// <summary>The head of a node.</summary>
/// <param name="Terms">That follow.</param>
internal readonly record struct FormulaNode(FormulaKind Kind, long Argument, int Terms)
{
    /// <summary>Index of the term of a loop that is looked at again and again.</summary>
    public const int LoopCondition = 2;
}

/// <summary>A number, or none; none is never compared with success.</summary>
internal readonly record struct FormulaValue(long Number, bool IsThere)
{
    public static FormulaValue Missing => default;

    /// <summary>As a condition.</summary>
    public bool IsTrue => IsThere && Number != 0;

    public static FormulaValue Of(long number) => new(number, true);

    public static FormulaValue Of(bool holds) => new(holds ? 1 : 0, true);
}
