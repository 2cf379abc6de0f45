using System.Buffers.Binary;
using System.Numerics;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>Collects digests of one purpose, kind and sizing in packed chunks and lays them out sorted.</summary>
internal sealed class HashTableBuilder(HashPurpose purpose, HashKind kind, bool isAnySize)
{
    /// <summary>Digests per directory bucket and bits of the filter per digest: matcher-design.md §3.2.</summary>
    private const int PerBucket = 8;
    private const int PerFilterLine = 40;

    /// <summary>Buckets that are sorted in one go.</summary>
    private const int BucketsPerPiece = 4096;

    private readonly int _size = HashTable.SizeOf(kind);
    private readonly ChunkedList<byte> _digests = new(HashTable.SizeOf(kind));
    private readonly ChunkedList<uint> _lengths = new();
    private readonly ChunkedList<uint> _signatures = new();
    private int _sizesLog2;
    private uint[] _sizes = [];
    private byte[] _filter = [];
    private uint[] _starts = [];
    private uint[] _order = [];

    /// <summary>Digests in the table.</summary>
    public int Count => _lengths.Count;

    private int DirectoryLog2 => Log2(Count / PerBucket, 0, 24);

    private int FilterLog2 => Log2(Count / PerFilterLine, 0, 24);

    /// <param name="length">0 for any.</param>
    /// <param name="signature">Not used for allow lists.</param>
    public void Add(ReadOnlySpan<byte> digest, uint length, uint signature)
    {
        _digests.Add(digest);
        _lengths.Add(length);
        _signatures.Add(signature);
    }

    /// <summary>Makes everything that <see cref="Write"/> lays out.</summary>
    public void Prepare(CompileScope scope)
    {
        if (Count == 0)
        {
            return;
        }

        Action[] parts = [MakeSizes, MakeFilter, () => Sort(scope)];
        Cores.ForEach(parts.Length, scope, part => parts[part]());
    }

    /// <summary>Adds the sections; bytes are gathered when they are written.</summary>
    public void Write(ImageWriter writer)
    {
        if (Count == 0)
        {
            return;
        }

        var variant = HashTable.Variant(kind, isAnySize);
        if (!isAnySize)
        {
            writer.Add(SectionKind.HashSizes, new WordSource(_sizes), 4, SectionFlags.Hot, (uint)purpose, variant, _sizesLog2);
        }

        writer.Add(SectionKind.HashFilter, _filter, 64, SectionFlags.Hot, (uint)purpose, variant, FilterLog2);
        writer.Add(SectionKind.HashDirectory, new WordSource(_starts), 4, SectionFlags.None, (uint)purpose, variant, DirectoryLog2);
        writer.Add(SectionKind.HashDigests, new DigestSource(this), _size, SectionFlags.None, (uint)purpose, variant);
        if (!isAnySize)
        {
            writer.Add(SectionKind.HashLengths, new ColumnSource(_order, _lengths), 4, SectionFlags.None, (uint)purpose, variant);
        }

        if (purpose != HashPurpose.Allow)
        {
            writer.Add(SectionKind.HashSignatures, new ColumnSource(_order, _signatures), 4, SectionFlags.None, (uint)purpose, variant);
        }
    }

    private void MakeSizes()
    {
        if (isAnySize)
        {
            return;
        }

        _sizesLog2 = Log2(16L * DistinctNumbers.Count(_lengths), 9, 26);
        _sizes = new uint[1 << (_sizesLog2 - 5)];
        for (var i = 0; i < Count; i++)
        {
            var bit = HashIndex.SizeBit(_lengths[i], _sizesLog2);
            _sizes[bit >> 5] |= 1u << (int)(bit & 31);
        }
    }

    private void MakeFilter()
    {
        var log2 = FilterLog2;
        _filter = new byte[64 << log2];
        for (var i = 0; i < Count; i++)
        {
            var digest = _digests.Record(i);
            var line = _filter.AsSpan((int)HashIndex.FilterLine(digest, log2) * 64, 64);
            for (var b = 0; b < 6; b++)
            {
                var bit = HashIndex.FilterBit(digest, b);
                line[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }
    }

    /// <summary>
    /// By digest, then by order of input: the digests are dealt into the buckets of the directory, then each bucket is
    /// sorted, many at a time.
    /// </summary>
    private void Sort(CompileScope scope)
    {
        var log2 = DirectoryLog2;
        _starts = new uint[(1 << log2) + 1];
        for (var i = 0; i < Count; i++)
        {
            _starts[HashIndex.Bucket(_digests.Record(i), log2) + 1]++;
        }

        for (var i = 1; i < _starts.Length; i++)
        {
            _starts[i] += _starts[i - 1];
        }

        _order = new uint[Count];
        var next = _starts[..^1];
        for (var i = 0; i < Count; i++)
        {
            _order[next[HashIndex.Bucket(_digests.Record(i), log2)]++] = (uint)i;
        }

        var buckets = 1 << log2;
        Cores.ForEach((buckets + BucketsPerPiece - 1) / BucketsPerPiece, scope, piece =>
        {
            var end = Math.Min(buckets, (piece + 1) * BucketsPerPiece);
            for (var bucket = piece * BucketsPerPiece; bucket < end; bucket++)
            {
                SortBucket(_order.AsSpan()[(int)_starts[bucket]..(int)_starts[bucket + 1]]);
            }
        });
    }

    /// <summary>Eight bytes decide nearly always.</summary>
    private void SortBucket(Span<uint> bucket)
    {
        if (bucket.Length < 2)
        {
            return;
        }

        Span<SortEntry> few = stackalloc SortEntry[64];
        var entries = bucket.Length <= few.Length ? few[..bucket.Length] : new SortEntry[bucket.Length];
        for (var i = 0; i < bucket.Length; i++)
        {
            entries[i] = new SortEntry(BinaryPrimitives.ReadUInt64BigEndian(_digests.Record((int)bucket[i])), bucket[i]);
        }

        if (entries.Length <= 24)
        {
            InsertionSort(entries);
        }
        else
        {
            entries.Sort(Compare);
        }

        for (var i = 0; i < bucket.Length; i++)
        {
            bucket[i] = entries[i].Index;
        }
    }

    private void InsertionSort(Span<SortEntry> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            var entry = entries[i];
            var at = i;
            for (; at > 0 && Compare(entries[at - 1], entry) > 0; at--)
            {
                entries[at] = entries[at - 1];
            }

            entries[at] = entry;
        }
    }

    private int Compare(SortEntry x, SortEntry y)
    {
        if (x.Prefix != y.Prefix)
        {
            return x.Prefix < y.Prefix ? -1 : 1;
        }

        var byDigest = _digests.Record((int)x.Index).SequenceCompareTo(_digests.Record((int)y.Index));
        return byDigest != 0 ? byDigest : x.Index.CompareTo(y.Index);
    }

    private static int Log2(long count, int min, int max) =>
        Math.Clamp(BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, count))), min, max);

    private readonly record struct SortEntry(ulong Prefix, uint Index);

    private sealed class DigestSource(HashTableBuilder table) : SectionSource
    {
        public override long Length => (long)table.Count * table._size;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            var index = (int)(offset / table._size);
            var start = (int)(offset % table._size);
            for (; !piece.IsEmpty; index++)
            {
                var digest = table._digests.Record((int)table._order[index])[start..];
                digest = digest[..Math.Min(digest.Length, piece.Length)];
                digest.CopyTo(piece);
                piece = piece[digest.Length..];
                start = 0;
            }
        }
    }

    /// <summary>A column of words in the order of the digests; pieces are whole words.</summary>
    private sealed class ColumnSource(uint[] order, ChunkedList<uint> column) : SectionSource
    {
        public override long Length => 4L * order.Length;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            for (var index = (int)(offset / 4); !piece.IsEmpty; index++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(piece, column[(int)order[index]]);
                piece = piece[4..];
            }
        }
    }
}
