using System.Buffers.Binary;
using System.Numerics;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Nodes of an encoded expression, in prefix order. Numbers are part of the image format.</summary>
internal enum ExpressionNode : byte
{
    /// <summary>id u8: true when the count is above 0.</summary>
    Term = 1,

    /// <summary>id u8, comparison u8, value u32.</summary>
    TestedTerm = 2,

    /// <summary>count u16, then so many nodes; true when all are.</summary>
    All = 3,
    Any = 4,

    /// <summary>comparison u8, value u32, least distinct u8, then a node.</summary>
    Tested = 5,

    /// <summary>Then a node.</summary>
    Not = 6,
}

/// <summary>What a node comes to: clamav-formats.md §3.7.</summary>
internal readonly record struct ExpressionResult(bool IsTrue, long Count, ulong Ids)
{
    public static ExpressionResult False => default;
}

/// <summary>Tells counts while an expression is evaluated.</summary>
internal abstract class SubsignatureCounts
{
    /// <param name="id">0 to 63.</param>
    public abstract long Count(int id);

    /// <summary>A term whose count does not matter any more; 0.</summary>
    public virtual long Skip(int id) => 0;
}

/// <summary>Writes, checks and evaluates expressions (clamav-formats.md §3.7).</summary>
internal static class ExpressionCode
{
    public static void Write(ByteBuffer code, LogicalExpression expression)
    {
        switch (expression)
        {
            case SubsignatureTerm { Test: null } term:
                code.AddByte((byte)ExpressionNode.Term);
                code.AddByte((byte)term.Id);
                break;
            case SubsignatureTerm { Test: { } test } term:
                code.AddByte((byte)ExpressionNode.TestedTerm);
                code.AddByte((byte)term.Id);
                Write(code, test.Number);
                break;
            case LogicalBlock block:
                if (block.Test is { } tested)
                {
                    code.AddByte((byte)ExpressionNode.Tested);
                    Write(code, tested.Number);
                    code.AddByte((byte)Math.Min(tested.LeastDistinct, byte.MaxValue));
                }

                code.AddByte((byte)(block.IsAll ? ExpressionNode.All : ExpressionNode.Any));
                code.AddUInt16(checked((ushort)block.Terms.Count));
                foreach (var term in block.Terms)
                {
                    Write(code, term);
                }

                break;
            case LogicalNegation negation:
                code.AddByte((byte)ExpressionNode.Not);
                Write(code, negation.Term);
                break;
            default:
                throw new ArgumentException("A kind of node that has no code.", nameof(expression));
        }
    }

    /// <summary>Evaluates one expression.</summary>
    /// <exception cref="ImageException">The code is damaged.</exception>
    public static bool IsTrue(ReadOnlySpan<byte> code, SubsignatureCounts counts)
    {
        var isTrue = Evaluate(ref code, counts, isSkipped: false, LogicalExpression.MaxDepth * 2).IsTrue;
        return code.IsEmpty ? isTrue : throw ImageException.Damaged("an expression is longer than it says");
    }

    private static void Write(ByteBuffer code, NumberTest test)
    {
        code.AddByte((byte)test.Comparison);
        code.AddUInt32((uint)test.Value);
    }

    /// <param name="isSkipped">True: the node is only stepped over; nothing is counted.</param>
    private static ExpressionResult Evaluate(ref ReadOnlySpan<byte> code, SubsignatureCounts counts, bool isSkipped, int depth)
    {
        if (depth == 0)
        {
            throw ImageException.Damaged("an expression nests too deep");
        }

        switch ((ExpressionNode)Take(ref code, 1)[0])
        {
            case ExpressionNode.Term:
                var id = Take(ref code, 1)[0];
                var count = isSkipped ? counts.Skip(id) : counts.Count(id);
                return count > 0 ? new ExpressionResult(true, count, 1UL << id) : ExpressionResult.False;
            case ExpressionNode.TestedTerm:
                id = Take(ref code, 1)[0];
                var test = TakeTest(ref code);
                count = isSkipped ? counts.Skip(id) : counts.Count(id);
                return !isSkipped && test.Holds(count) ? new ExpressionResult(true, count, 1UL << id) : ExpressionResult.False;
            case ExpressionNode.All:
                return Block(ref code, counts, isAll: true, isSkipped, depth);
            case ExpressionNode.Any:
                return Block(ref code, counts, isAll: false, isSkipped, depth);
            case ExpressionNode.Tested:
                test = TakeTest(ref code);
                var distinct = Take(ref code, 1)[0];
                var inner = Evaluate(ref code, counts, isSkipped, depth - 1);
                return !isSkipped && test.Holds(inner.Count) && BitOperations.PopCount(inner.Ids) >= distinct
                    ? new ExpressionResult(true, inner.Count, 0)
                    : ExpressionResult.False;
            case ExpressionNode.Not:
                return new ExpressionResult(!Evaluate(ref code, counts, isSkipped, depth - 1).IsTrue, 0, 0);
            default:
                throw ImageException.Damaged("an expression has an unknown node");
        }
    }

    /// <summary>A term that fails decides <c>&amp;</c>; for <c>|</c> every term is counted.</summary>
    private static ExpressionResult Block(
        ref ReadOnlySpan<byte> code, SubsignatureCounts counts, bool isAll, bool isSkipped, int depth)
    {
        var (isTrue, count, ids) = (isAll, 0L, 0UL);
        for (int terms = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref code, 2)); terms > 0; terms--)
        {
            var term = Evaluate(ref code, counts, isSkipped || (isAll && !isTrue), depth - 1);
            isTrue = isAll ? isTrue && term.IsTrue : isTrue || term.IsTrue;
            (count, ids) = (count + term.Count, ids | term.Ids);
        }

        return isTrue && !isSkipped ? new ExpressionResult(true, count, ids) : ExpressionResult.False;
    }

    private static NumberTest TakeTest(ref ReadOnlySpan<byte> code)
    {
        var comparison = (NumberComparison)Take(ref code, 1)[0];
        return comparison <= NumberComparison.Less
            ? new NumberTest(comparison, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref code, 4)))
            : throw ImageException.Damaged("a count is compared in no known way");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> code, int count)
    {
        var taken = Checked.Slice(code, 0, count);
        code = code[count..];
        return taken;
    }
}
