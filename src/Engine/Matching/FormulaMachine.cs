using System.Buffers.Binary;
using System.Diagnostics;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Works out formulas (<see cref="FormulaCode"/>) over one object. Each node costs a unit of the work budget, so that loops
/// end, however long they are; what comes out with a budget used up means nothing. Sizes and numbers
/// are those of <see cref="MatchSubject.Numbers"/>. Allocates nothing.
/// </summary>
/// <param name="counts">Of the subsignatures before the formula.</param>
internal sealed class FormulaMachine(WorkBudget budget, Image image, SubsignatureCounts counts, BodyOccurrences occurrences)
{
    private readonly long[] _variables = new long[Formula.MaxLoops];
    private readonly byte[] _block = new byte[4096];
    private MatchSubject _subject;
    private long _blockStart;
    private int _blockLength;
    private uint _first;
    private int _limit;

    public void Start(in MatchSubject subject)
    {
        if (!ReferenceEquals(_subject.Content, subject.Content))
        {
            (_subject, _blockLength) = (subject, 0);
        }
    }

    /// <summary>Lets go of the object.</summary>
    public void End() => (_subject, _blockLength) = (default, 0);

    /// <summary>Moves on to another signature.</summary>
    /// <param name="first">Its first subsignature.</param>
    public void Begin(uint first)
    {
        _first = first;
        occurrences.Clear();
    }

    /// <param name="id">Of the formula: it may name subsignatures before it.</param>
    /// <exception cref="ImageException">The code is damaged.</exception>
    /// <exception cref="IOException">The object could not be read.</exception>
    public bool Holds(ReadOnlySpan<byte> code, int id)
    {
        _limit = id;
        return Value(ref code, Formula.MaxDepth).IsTrue;
    }

    private ContentView View() => new(_subject.Content, _subject.Content.Length, default, 0, _subject.Executable);

    private FormulaValue Value(ref ReadOnlySpan<byte> code, int depth)
    {
        if (depth == 0)
        {
            throw ImageException.Damaged("a formula nests too deep");
        }

        budget.Spend(1);
        var node = FormulaCode.Take(ref code);
        switch (node.Kind)
        {
            case FormulaKind.Number:
                return FormulaValue.Of(node.Argument);
            case FormulaKind.Size:
                return FormulaValue.Of(_subject.Numbers.Length);
            case FormulaKind.EntryPoint:
                return _subject.Executable?.EntryPoint is { } entry ? FormulaValue.Of(entry) : FormulaValue.Missing;
            case FormulaKind.Variable:
                return FormulaValue.Of(Variable(node));
            case FormulaKind.Count:
                return FormulaValue.Of(counts.Count(Id(node)));
            case FormulaKind.Holds:
                return FormulaValue.Of(counts.Count(Id(node)) > 0);
            case FormulaKind.Not:
                var term = Value(ref code, depth - 1);
                return term.IsThere ? FormulaValue.Of(term.Number == 0) : term;
            case FormulaKind.All or FormulaKind.Any:
                return Join(ref code, node, depth);
            case FormulaKind.AtLeast:
                return AtLeast(ref code, node, depth);
            case FormulaKind.ForAll or FormulaKind.ForAny or FormulaKind.ForAtLeast:
                return Loop(ref code, node, depth);
            default:
                return node.Terms == 1 ? Single(node, Value(ref code, depth - 1)) : Pair(node, Value(ref code, depth - 1), Value(ref code, depth - 1));
        }
    }

    private FormulaValue Single(in FormulaNode node, FormulaValue term)
    {
        if (!term.IsThere)
        {
            return node.Kind == FormulaKind.IsAt ? FormulaValue.Of(false) : term;
        }

        switch (node.Kind)
        {
            case FormulaKind.Read:
                return Read(term.Number, (NumberLayout)node.Argument);
            case FormulaKind.Start:
                var record = Body(node);
                var start = occurrences.Start(View(), record, (int)node.Argument, term.Number);
                return start < 0 ? FormulaValue.Missing : FormulaValue.Of(start);
            case FormulaKind.IsAt:
                return FormulaValue.Of(occurrences.CountIn(View(), Body(node), term.Number, term.Number, cap: 1) > 0);
            case FormulaKind.Negate:
                return FormulaValue.Of(unchecked(-term.Number));
            case FormulaKind.Complement:
                return FormulaValue.Of(~term.Number);
            default:
                throw new UnreachableException();
        }
    }

    private FormulaValue Pair(in FormulaNode node, FormulaValue left, FormulaValue right)
    {
        if (!left.IsThere || !right.IsThere)
        {
            return node.Kind == FormulaKind.IsIn || FormulaOperators.IsComparison(node.Kind) ? FormulaValue.Of(false) : FormulaValue.Missing;
        }

        return node.Kind switch
        {
            FormulaKind.IsIn => FormulaValue.Of(occurrences.CountIn(View(), Body(node), left.Number, right.Number, cap: 1) > 0),
            FormulaKind.CountIn => FormulaValue.Of(occurrences.CountIn(View(), Body(node), left.Number, right.Number, long.MaxValue)),
            _ => FormulaOperators.Of(node.Kind, left.Number, right.Number),
        };
    }

    private FormulaValue Join(ref ReadOnlySpan<byte> code, in FormulaNode node, int depth)
    {
        var isAll = node.Kind == FormulaKind.All;
        for (var i = 0; i < node.Terms; i++)
        {
            if (Value(ref code, depth - 1).IsTrue != isAll)
            {
                Skip(ref code, node.Terms - 1 - i);
                return FormulaValue.Of(!isAll);
            }
        }

        return FormulaValue.Of(isAll);
    }

    private FormulaValue AtLeast(ref ReadOnlySpan<byte> code, in FormulaNode node, int depth)
    {
        var least = Value(ref code, depth - 1);
        var missing = least.IsThere ? least.Number : node.Terms - 1;
        for (var i = 1; i < node.Terms && missing > 0; i++)
        {
            missing -= Value(ref code, depth - 1).IsTrue ? 1 : 0;
            if (missing <= 0)
            {
                Skip(ref code, node.Terms - 1 - i);
                return FormulaValue.Of(true);
            }
        }

        if (missing <= 0)
        {
            Skip(ref code, node.Terms - 1);
        }

        return FormulaValue.Of(missing <= 0);
    }

    private FormulaValue Loop(ref ReadOnlySpan<byte> code, in FormulaNode node, int depth)
    {
        var (low, high) = (Value(ref code, depth - 1), Value(ref code, depth - 1));
        var condition = code;
        Skip(ref code, 1);
        var least = node.Kind == FormulaKind.ForAny ? FormulaValue.Of(1)
            : node.Kind == FormulaKind.ForAtLeast ? Value(ref code, depth - 1) : FormulaValue.Missing;
        if (!low.IsThere || (least.IsThere && least.Number <= 0))
        {
            return FormulaValue.Of(low.IsThere);
        }

        Variable(node) = low.Number;
        for (var held = 0L; !budget.IsExhausted;)
        {
            var inner = condition;
            var holds = Value(ref inner, depth - 1).IsTrue;
            held += holds ? 1 : 0;
            if (least.IsThere ? held >= least.Number : !holds)
            {
                return FormulaValue.Of(least.IsThere);
            }

            if (!high.IsThere || Variable(node) >= high.Number)
            {
                return FormulaValue.Of(!least.IsThere);
            }

            Variable(node)++;
        }

        return FormulaValue.Missing;
    }

    /// <summary>Steps over nodes with all that belongs to them.</summary>
    private void Skip(ref ReadOnlySpan<byte> code, int nodes)
    {
        for (long left = nodes; left > 0; left--)
        {
            budget.Spend(1);
            left += FormulaCode.Take(ref code).Terms;
        }
    }

    private FormulaValue Read(long offset, NumberLayout layout)
    {
        var width = (int)(layout & (NumberLayout.Width1 | NumberLayout.Width2 | NumberLayout.Width4));
        if (offset < 0 || offset > _subject.Numbers.Length - width)
        {
            return FormulaValue.Missing;
        }

        var bytes = BytesAt(offset, width);
        var isBig = (layout & NumberLayout.Big) != NumberLayout.None;
        long number = (width, (layout & NumberLayout.TwosComplement) != NumberLayout.None) switch
        {
            (1, false) => bytes[0],
            (1, true) => (sbyte)bytes[0],
            (2, false) => isBig ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, true) => isBig ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            (4, false) => isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, true) => isBig ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes),
            _ => throw ImageException.Damaged("a formula reads a number of no kind"),
        };
        return FormulaValue.Of(number);
    }

    /// <summary>Bytes of the object, kept in a block: loops ask for one after the other, and each look at a file costs a call of the system.</summary>
    private ReadOnlySpan<byte> BytesAt(long offset, int count)
    {
        if (offset < _blockStart || offset + count > _blockStart + _blockLength)
        {
            var numbers = _subject.Numbers;
            var bytes = new ContentView(numbers, numbers.Length, default, 0).Get(offset, _block.Length);
            bytes.CopyTo(_block);
            (_blockStart, _blockLength) = (offset, bytes.Length);
        }

        return _block.AsSpan((int)(offset - _blockStart), count);
    }

    private ref long Variable(in FormulaNode node)
    {
        if (node.Argument >= _variables.Length)
        {
            throw ImageException.Damaged("a formula names no loop");
        }

        return ref _variables[node.Argument];
    }

    private int Id(in FormulaNode node) =>
        node.Argument < _limit ? (int)node.Argument : throw ImageException.Damaged("a formula names no subsignature that it may");

    private SubsignatureRecord Body(in FormulaNode node)
    {
        var record = SubsignatureRecord.Read(image, _first + Id(node));
        return record.Kind == SubsignatureKind.Body ? record : throw ImageException.Damaged("a formula names no body");
    }
}
