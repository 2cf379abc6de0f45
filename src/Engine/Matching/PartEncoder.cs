using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>A pattern that the grammar allows and the image cannot hold.</summary>
internal sealed class PatternTooWideException(string message) : Exception(message);

/// <summary>A maximal sequence of fixed bytes in a part's core.</summary>
/// <param name="Min">Least bytes from the core's start.</param>
/// <param name="Max">Most bytes from the core's start; equal unless alternatives of different lengths come before.</param>
/// <param name="Bytes">Letters of either case in lower case.</param>
/// <param name="Folded">1 for each letter of either case, else 0; as long as the bytes.</param>
internal readonly record struct FixedRun(int Part, int Min, int Max, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Folded);

/// <summary>Turns the cores of parts into programs (<see cref="PartOperation"/>) and finds their fixed runs.</summary>
/// <param name="runs">Where the runs go; null inside alternatives, where none counts.</param>
internal sealed class PartEncoder(ByteBuffer code, FixedRuns? runs)
{
    /// <summary>The mask of a letter of either case.</summary>
    private const byte LetterMask = 0xDF;

    private int _part;

    /// <summary>Bytes of the shortest match of what was encoded so far.</summary>
    public int MinLength { get; private set; }

    public int MaxLength { get; private set; }

    /// <summary>Appends the program of one part.</summary>
    /// <exception cref="PatternTooWideException">The part is longer or spreads wider than a program may.</exception>
    public void Encode(ReadOnlySpan<PatternItem> items, int part)
    {
        (_part, MinLength, MaxLength) = (part, 0, 0);
        for (var i = 0; i < items.Length;)
        {
            i += items[i] is ByteItem ? EncodeBytes(items[i..]) : EncodeOne(items[i]);
        }

        runs?.End();
    }

    /// <summary>The set of single bytes that an item accepts (for set-off bytes and single-byte alternatives).</summary>
    /// <returns>False when the item can consume something other than exactly one byte.</returns>
    public static bool TryEncodeSet(PatternItem item, Span<byte> set)
    {
        for (var value = 0; value < 256; value++)
        {
            if (Accepts(item, (byte)value) is not { } accepts)
            {
                return false;
            }

            if (accepts)
            {
                set[value >> 3] |= (byte)(1 << (value & 7));
            }
        }

        return true;
    }

    private static bool? Accepts(PatternItem item, byte value)
    {
        switch (item)
        {
            case ByteItem b:
                return (value & b.Mask) == b.Value;
            case BoundaryItem { Boundary.Kind: not BoundaryKind.Line } b:
                return BoundarySets.AllowsInside(b.Boundary, value);
            case AlternativesItem a:
                var any = false;
                foreach (var choice in a.Choices)
                {
                    if (choice.Count != 1 || Accepts(choice[0], value) is not { } accepts)
                    {
                        return null;
                    }

                    any |= accepts;
                }

                return any != a.Negated;
            default:
                return null;
        }
    }

    /// <summary>Encodes the longest prefix of byte items of one kind and returns how many there were.</summary>
    private int EncodeBytes(ReadOnlySpan<PatternItem> items)
    {
        var kind = KindOf(((ByteItem)items[0]).Mask);
        var count = 1;
        while (count < items.Length && items[count] is ByteItem next && KindOf(next.Mask) == kind)
        {
            count++;
        }

        code.AddByte((byte)kind);
        code.AddUInt32((uint)count);
        if (kind != PartOperation.Any)
        {
            var values = code.Take(count);
            for (var i = 0; i < count; i++)
            {
                values[i] = ((ByteItem)items[i]).Value;
            }
        }

        if (kind == PartOperation.Masked)
        {
            var masks = code.Take(count);
            for (var i = 0; i < count; i++)
            {
                masks[i] = ((ByteItem)items[i]).Mask;
            }
        }

        for (var i = 0; runs is not null && i < count; i++)
        {
            AddToRun(runs, (ByteItem)items[i], i);
        }

        Advance(count, count);
        return count;
    }

    /// <param name="ahead">Bytes between the place reached so far and this one.</param>
    private void AddToRun(FixedRuns into, ByteItem item, int ahead)
    {
        var isLetter = item.Mask == LetterMask && char.IsAsciiLetterUpper((char)item.Value);
        if (item.Mask == 0xFF || isLetter)
        {
            into.Add(isLetter ? (byte)(item.Value | 0x20) : item.Value, isLetter, _part, MinLength + ahead, MaxLength + ahead);
        }
        else
        {
            into.End();
        }
    }

    private static PartOperation KindOf(byte mask) => mask switch
    {
        0xFF => PartOperation.Literal,
        0 => PartOperation.Any,
        _ => PartOperation.Masked,
    };

    private int EncodeOne(PatternItem item)
    {
        runs?.End();
        Span<byte> set = stackalloc byte[PartRecord.SetSize];
        if (TryEncodeSet(item, set))
        {
            code.AddByte((byte)PartOperation.Set);
            code.Add(set);
            Advance(1, 1);
            return 1;
        }

        switch (item)
        {
            case AlternativesItem alternatives:
                EncodeAlternatives(alternatives.Choices, alternatives.Negated);
                break;
            case BoundaryItem { Boundary.Negated: true }:
                code.AddByte((byte)PartOperation.NoLineEnd);
                Advance(1, 1);
                break;
            case BoundaryItem:
                EncodeAlternatives([[Fixed(0x0A)], [Fixed(0x0D), Fixed(0x0A)]], isNegated: false);
                break;
            default:
                throw new PatternTooWideException("a short gap inside a part is not at either end of it");
        }

        return 1;
    }

    private static ByteItem Fixed(byte value) => new() { Value = value, Mask = 0xFF };

    private void EncodeAlternatives(IReadOnlyList<IReadOnlyList<PatternItem>> choices, bool isNegated)
    {
        code.AddByte((byte)(isNegated ? PartOperation.NoneOf : PartOperation.Alternatives));
        var lengths = code.Length;
        code.Take(8);
        code.AddUInt32((uint)choices.Count);
        var (min, max) = (int.MaxValue, 0);
        foreach (var choice in choices)
        {
            var length = code.Length;
            code.Take(4);
            var encoder = new PartEncoder(code, runs: null);
            encoder.Encode([.. choice], _part);
            code.SetUInt32(length, (uint)(code.Length - length - 4));
            (min, max) = (Math.Min(min, encoder.MinLength), Math.Max(max, encoder.MaxLength));
        }

        if (isNegated && min != max)
        {
            throw new PatternTooWideException("negated choices have different lengths");
        }

        code.SetUInt32(lengths, (uint)min);
        code.SetUInt32(lengths + 4, (uint)max);
        Advance(min, max);
    }

    private void Advance(int min, int max)
    {
        MinLength += min;
        MaxLength += max;
        if (MaxLength > PartCode.MaxLength || MaxLength - MinLength > PartCode.MaxSpread)
        {
            throw new PatternTooWideException(
                $"a part may match up to {PartCode.MaxLength} bytes, and its lengths may differ by {PartCode.MaxSpread}");
        }
    }
}
