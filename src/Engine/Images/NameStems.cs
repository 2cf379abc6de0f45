using System.Buffers.Binary;
using System.Numerics;

namespace Engine.Images;

/// <summary>
/// The dictionary of name stems while it is made (<see cref="SectionKind.NameStems"/>). A stem gets its place when it is
/// met for the second time, so that names that are like no other cost nothing here. Deterministic; the time for a stem
/// is bounded whatever the names are: one that finds no place within a few steps has none.
/// </summary>
internal sealed class NameStems
{
    private const int SeenLog2 = 16;
    private const int MaxSteps = 32;

    private readonly SegmentedBytes _stems = new();
    private readonly ChunkedList<uint> _starts = new();
    private readonly ChunkedList<ulong> _hashes = new();

    /// <summary>Stem + 1, 0 = free; a power of two, at most half full.</summary>
    private uint[] _slots = new uint[256];

    /// <summary>Hashes of stems that were met once; a later one takes the place of an earlier one.</summary>
    private ulong[] _seen = [];

    /// <summary>Per stem u16 length of what stands before the number, that, and what stands behind it.</summary>
    public SectionSource Stems => _stems;

    /// <summary>u32 start of each stem.</summary>
    public SectionSource Starts => _starts.AsSection();

    /// <summary>Number of the stem; -1: it has none yet.</summary>
    /// <param name="before">What stands before the number; with <paramref name="after"/> a name, so below 64 KiB.</param>
    public int Find(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var hash = Mix(Hash(before, (uint)before.Length), after);
        var mask = (uint)_slots.Length - 1;
        var at = (uint)hash & mask;
        for (var step = 0; step < MaxSteps; step++, at = (at + 1) & mask)
        {
            var stem = (int)_slots[at] - 1;
            if (stem < 0)
            {
                return IsSeen(hash) ? Add(at, hash, before, after) : -1;
            }

            if (_hashes[stem] == hash && IsAt(stem, before, after))
            {
                return stem;
            }
        }

        return -1;
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> after) => Hash(after, hash + (ulong)after.Length);

    /// <summary>
    /// Eight bytes a step, the last eight once more in part. Decides which stems are met again, so the bytes of the image
    /// depend on it.
    /// </summary>
    private static ulong Hash(ReadOnlySpan<byte> text, ulong hash)
    {
        if (text.Length >= 8)
        {
            var last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
            for (; text.Length > 8; text = text[8..])
            {
                hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(text));
            }

            return Step(hash, last);
        }

        ulong rest = 0;
        foreach (var value in text)
        {
            rest = (rest << 8) | value;
        }

        return Step(hash, rest);
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0x9E37_79B9_7F4A_7C15;
        return hash ^ BitOperations.RotateRight(hash, 29);
    }

    private bool IsSeen(ulong hash)
    {
        if (_seen.Length == 0)
        {
            _seen = new ulong[1 << SeenLog2];
        }

        ref var seen = ref _seen[hash >> (64 - SeenLog2)];
        var isSeen = seen == hash;
        seen = hash;
        return isSeen;
    }

    private int Add(uint slot, ulong hash, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        _starts.Add((uint)_stems.Count);
        _hashes.Add(hash);
        _stems.AddUInt16((ushort)before.Length);
        _stems.Add(before);
        _stems.Add(after);
        _slots[slot] = (uint)_starts.Count;
        var added = _starts.Count - 1;
        if (_starts.Count > _slots.Length / 2)
        {
            Grow();
        }

        return added;
    }

    private bool IsAt(int stem, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var start = (int)_starts[stem];
        var end = stem + 1 < _starts.Count ? (int)_starts[stem + 1] : _stems.Count;
        var bytes = _stems.Slice(start, end - start);
        return bytes.Length == 2 + before.Length + after.Length
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes) == before.Length
            && bytes.Slice(2, before.Length).SequenceEqual(before)
            && bytes[(2 + before.Length)..].SequenceEqual(after);
    }

    /// <summary>One that finds no place within the steps is not found again; it may then come in a second time.</summary>
    private void Grow()
    {
        _slots = new uint[_slots.Length * 2];
        var mask = (uint)_slots.Length - 1;
        for (var stem = 0; stem < _starts.Count; stem++)
        {
            var at = (uint)_hashes[stem] & mask;
            for (var step = 0; step < MaxSteps && _slots[at] != 0; step++)
            {
                at = (at + 1) & mask;
            }

            if (_slots[at] == 0)
            {
                _slots[at] = (uint)stem + 1;
            }
        }
    }
}
