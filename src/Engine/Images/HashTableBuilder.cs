using System.Buffers.Binary;
using System.Numerics;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>Collects digests of one purpose, kind and sizing in packed arrays and lays them out sorted.</summary>
internal sealed class HashTableBuilder(HashPurpose purpose, HashKind kind, bool isAnySize)
{
    /// <summary>Digests per directory bucket and bits of the filter per digest: matcher-design.md §3.2.</summary>
    private const int PerBucket = 8;
    private const int PerFilterLine = 40;

    private readonly ByteBuffer _digests = new();
    private readonly List<uint> _lengths = [];
    private readonly List<uint> _signatures = [];
    private readonly int _size = HashTable.SizeOf(kind);

    /// <param name="signature">Not used for allow lists.</param>
    public void Add(HashSignature hash, uint signature)
    {
        _digests.Add(hash.Value.Span);
        _lengths.Add((uint)(hash.Size ?? 0));
        _signatures.Add(signature);
    }

    public void Write(ImageWriter writer)
    {
        var order = Sort();
        if (order.Length == 0)
        {
            return;
        }

        var variant = HashTable.Variant(kind, isAnySize);
        WriteSizes(writer, variant);
        WriteFilter(writer, variant);
        WriteDirectory(writer, order, variant);
        var sorted = new ByteBuffer();
        var lengths = new ByteBuffer();
        var signatures = new ByteBuffer();
        foreach (var entry in order)
        {
            sorted.Add(DigestAt(entry.Index));
            lengths.AddUInt32(_lengths[entry.Index]);
            signatures.AddUInt32(_signatures[entry.Index]);
        }

        writer.Add(SectionKind.HashDigests, sorted.Written, _size, SectionFlags.None, (uint)purpose, variant);
        if (!isAnySize)
        {
            writer.Add(SectionKind.HashLengths, lengths.Written, 4, SectionFlags.None, (uint)purpose, variant);
        }

        if (purpose != HashPurpose.Allow)
        {
            writer.Add(SectionKind.HashSignatures, signatures.Written, 4, SectionFlags.None, (uint)purpose, variant);
        }
    }

    private ReadOnlySpan<byte> DigestAt(int index) => _digests.Written.Span.Slice(index * _size, _size);

    /// <summary>By digest, then by order of input: eight bytes decide nearly always.</summary>
    private SortEntry[] Sort()
    {
        var order = new SortEntry[_lengths.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = new SortEntry(BinaryPrimitives.ReadUInt64BigEndian(DigestAt(i)), i);
        }

        order.AsSpan().Sort(static (x, y) => x.Prefix != y.Prefix ? x.Prefix.CompareTo(y.Prefix) : x.Index.CompareTo(y.Index));
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && order[end].Prefix == order[start].Prefix)
            {
                end++;
            }

            if (end - start > 1)
            {
                order.AsSpan(start, end - start).Sort(CompareWhole);
            }

            start = end;
        }

        return order;
    }

    private int CompareWhole(SortEntry x, SortEntry y)
    {
        var byDigest = DigestAt(x.Index).SequenceCompareTo(DigestAt(y.Index));
        return byDigest != 0 ? byDigest : x.Index.CompareTo(y.Index);
    }

    private void WriteSizes(ImageWriter writer, uint variant)
    {
        if (isAnySize)
        {
            return;
        }

        var log2 = Log2(16L * _lengths.Distinct().Count(), 9, 26);
        var bits = new uint[1 << (log2 - 5)];
        foreach (var length in _lengths)
        {
            var bit = HashIndex.SizeBit(length, log2);
            bits[bit >> 5] |= 1u << (int)(bit & 31);
        }

        var section = new ByteBuffer();
        section.AddWords(bits);
        writer.Add(SectionKind.HashSizes, section.Written, 4, SectionFlags.Hot, (uint)purpose, variant, log2);
    }

    private void WriteFilter(ImageWriter writer, uint variant)
    {
        var log2 = Log2(_lengths.Count / PerFilterLine, 0, 24);
        var lines = new ByteBuffer();
        var bytes = lines.Take(64 << log2);
        for (var i = 0; i < _lengths.Count; i++)
        {
            var digest = DigestAt(i);
            var line = bytes.Slice((int)HashIndex.FilterLine(digest, log2) * 64, 64);
            for (var b = 0; b < 6; b++)
            {
                var bit = HashIndex.FilterBit(digest, b);
                line[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }

        writer.Add(SectionKind.HashFilter, lines.Written, 64, SectionFlags.Hot, (uint)purpose, variant, log2);
    }

    private void WriteDirectory(ImageWriter writer, SortEntry[] order, uint variant)
    {
        var log2 = Log2(order.Length / PerBucket, 0, 24);
        var starts = new uint[(1 << log2) + 1];
        foreach (var entry in order)
        {
            starts[HashIndex.Bucket(DigestAt(entry.Index), log2) + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var section = new ByteBuffer();
        section.AddWords(starts);
        writer.Add(SectionKind.HashDirectory, section.Written, 4, SectionFlags.None, (uint)purpose, variant, log2);
    }

    private static int Log2(long count, int min, int max) =>
        Math.Clamp(BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, count))), min, max);

    private readonly record struct SortEntry(ulong Prefix, int Index);
}
