using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Definitions.Signatures;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Collects digests of one purpose, kind and sizing and lays them out sorted. They are dealt by their first byte as they come,
/// so that what is sorted at a time stays near the processor. Memory per digest: its bytes and 8.
/// </summary>
internal sealed class HashTableBuilder(HashPurpose purpose, HashKind kind, bool isAnySize)
{
    /// <summary>Digests per directory bucket and bits of the filter per digest: matcher-design.md §3.2.</summary>
    private const int PerBucket = 8;
    private const int PerFilterLine = 40;

    private const int PartitionsLog2 = 8;

    private readonly int _size = HashTable.SizeOf(kind);

    /// <summary>
    /// By first byte; null = none. Rows of digest, u32 length, u32 signature in the order of the input; when prepared, all digests in
    /// their order, then all lengths, then all signatures.
    /// </summary>
    private readonly DigestRows?[] _partitions = new DigestRows?[1 << PartitionsLog2];

    /// <summary>The first digest of each partition, and behind them the count; when prepared.</summary>
    private readonly int[] _firsts = new int[(1 << PartitionsLog2) + 1];
    private int _sizesLog2;
    private uint[] _sizes = [];
    private byte[] _filter = [];
    private uint[] _starts = [];

    /// <summary>Digests in the table.</summary>
    public int Count { get; private set; }

    private int RowBytes => _size + 8;

    private int DirectoryLog2 => Log2(Count / PerBucket, 0, 24);

    private int FilterLog2 => Log2(Count / PerFilterLine, 0, 24);

    /// <param name="length">0 for any.</param>
    /// <param name="signature">Not used for allow lists.</param>
    public void Add(ReadOnlySpan<byte> digest, uint length, uint signature)
    {
        var row = (_partitions[digest[0]] ??= new DigestRows(RowBytes)).Add();
        digest.CopyTo(row);
        BinaryPrimitives.WriteUInt32LittleEndian(row[_size..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(row[(_size + 4)..], signature);
        Count = checked(Count + 1);
    }

    /// <summary>Makes everything that <see cref="Write"/> lays out. Nothing is added afterwards.</summary>
    public void Prepare(CompileScope scope)
    {
        if (Count == 0)
        {
            return;
        }

        for (var i = 0; i < _partitions.Length; i++)
        {
            _firsts[i + 1] = _firsts[i] + (_partitions[i]?.Count ?? 0);
        }

        _starts = new uint[(1 << DirectoryLog2) + 1];
        _starts[^1] = (uint)Count;
        _filter = new byte[64 << FilterLog2];

        // A piece has the buckets and the filter lines of its partitions for itself.
        var piecesLog2 = Math.Min(PartitionsLog2, FilterLog2);
        var perPiece = 1 << (PartitionsLog2 - piecesLog2);
        using var scratch = new ThreadLocal<SortScratch>(static () => new SortScratch());
        Cores.ForEach(1 << piecesLog2, scope, piece =>
        {
            for (var partition = piece * perPiece; partition < (piece + 1) * perPiece; partition++)
            {
                PreparePartition(partition, scratch.Value!);
            }
        });
        if (!isAnySize)
        {
            MakeSizes();
        }
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
        writer.Add(SectionKind.HashDigests, new ColumnSource(this, 0, _size), _size, SectionFlags.None, (uint)purpose, variant);
        if (!isAnySize)
        {
            writer.Add(SectionKind.HashLengths, new ColumnSource(this, _size, 4), 4, SectionFlags.None, (uint)purpose, variant);
        }

        if (purpose != HashPurpose.Allow)
        {
            writer.Add(SectionKind.HashSignatures, new ColumnSource(this, _size + 4, 4), 4, SectionFlags.None, (uint)purpose, variant);
        }
    }

    /// <summary>Sorts a partition by digest, then by order of input, and fills its part of directory and filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // One long run: it would end before its calls were counted.
    private void PreparePartition(int index, SortScratch scratch)
    {
        var count = _partitions[index]?.Count ?? 0;
        var entries = scratch.Entries(count);
        var rowBytes = checked(count * RowBytes);
        var rows = scratch.Rows(rowBytes);
        _partitions[index]?.CopyTo(0, rows.AsSpan(0, rowBytes));
        Deal(index, rows, entries);
        if (count == 0)
        {
            return;
        }

        var filterLog2 = FilterLog2;
        var columns = scratch.Columns(rowBytes);
        var lengths = columns[(count * _size)..];
        var signatures = lengths[(count * 4)..];
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan((int)entries[i].Index * RowBytes, RowBytes);
            var digest = row[.._size];
            digest.CopyTo(columns[(i * _size)..]);
            row.Slice(_size, 4).CopyTo(lengths[(i * 4)..]);
            row.Slice(_size + 4, 4).CopyTo(signatures[(i * 4)..]);
            var line = _filter.AsSpan((int)HashIndex.FilterLine(digest, filterLog2) * 64, 64);
            for (var b = 0; b < 6; b++)
            {
                var bit = HashIndex.FilterBit(digest, b);
                line[bit >> 3] |= (byte)(1 << (bit & 7));
            }
        }

        _partitions[index]!.Replace(columns);
    }

    /// <summary>Deals the rows into the buckets of the directory, notes where those start, and sorts each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Deal(int index, byte[] rows, Span<SortEntry> entries)
    {
        var log2 = DirectoryLog2;
        if (log2 <= PartitionsLog2)
        {
            // Buckets of one partition or more.
            var perBucketLog2 = PartitionsLog2 - log2;
            if ((index & ((1 << perBucketLog2) - 1)) == 0)
            {
                _starts[index >> perBucketLog2] = (uint)_firsts[index];
            }

            for (var i = 0; i < entries.Length; i++)
            {
                entries[i] = new SortEntry(BinaryPrimitives.ReadUInt64BigEndian(rows.AsSpan(i * RowBytes)), (uint)i);
            }

            SortBucket(entries, rows);
            return;
        }

        var starts = _starts.AsSpan(index << (log2 - PartitionsLog2), 1 << (log2 - PartitionsLog2));
        var firstBucket = (uint)index << (log2 - PartitionsLog2);
        for (var i = 0; i < entries.Length; i++)
        {
            starts[(int)(HashIndex.Bucket(rows.AsSpan(i * RowBytes), log2) - firstBucket)]++;
        }

        uint next = 0;
        foreach (ref var start in starts)
        {
            (start, next) = (next, next + start);
        }

        for (var i = 0; i < entries.Length; i++)
        {
            var row = rows.AsSpan(i * RowBytes);
            ref var place = ref starts[(int)(HashIndex.Bucket(row, log2) - firstBucket)];
            entries[(int)place++] = new SortEntry(BinaryPrimitives.ReadUInt64BigEndian(row), (uint)i);
        }

        // Each start is the next one's now.
        uint first = 0;
        foreach (ref var start in starts)
        {
            var end = start;
            SortBucket(entries[(int)first..(int)end], rows);
            start = (uint)_firsts[index] + first;
            first = end;
        }
    }

    /// <summary>Eight bytes decide nearly always.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SortBucket(Span<SortEntry> entries, byte[] rows)
    {
        if (entries.Length > 24)
        {
            SortLarge(entries, rows);
            return;
        }

        for (var i = 1; i < entries.Length; i++)
        {
            var entry = entries[i];
            var at = i;
            for (; at > 0 && IsBehind(entries[at - 1], entry, rows); at--)
            {
                entries[at] = entries[at - 1];
            }

            entries[at] = entry;
        }
    }

    private void SortLarge(Span<SortEntry> entries, byte[] rows) =>
        entries.Sort((x, y) => x.Prefix != y.Prefix ? x.Prefix.CompareTo(y.Prefix) : Compare(x, y, rows));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsBehind(SortEntry entry, SortEntry other, byte[] rows) =>
        entry.Prefix != other.Prefix ? entry.Prefix > other.Prefix : Compare(entry, other, rows) > 0;

    private int Compare(SortEntry x, SortEntry y, byte[] rows)
    {
        var byDigest = rows.AsSpan((int)x.Index * RowBytes, _size).SequenceCompareTo(rows.AsSpan((int)y.Index * RowBytes, _size));
        return byDigest != 0 ? byDigest : x.Index.CompareTo(y.Index);
    }

    private void MakeSizes()
    {
        var lengths = new ColumnSource(this, _size, 4);
        var distinct = new DistinctNumbers(Count);
        lengths.ForEachWord(distinct.Add);
        _sizesLog2 = Log2(16L * distinct.Count, 9, 26);
        _sizes = new uint[1 << (_sizesLog2 - 5)];
        lengths.ForEachWord(length =>
        {
            var bit = HashIndex.SizeBit(length, _sizesLog2);
            _sizes[bit >> 5] |= 1u << (int)(bit & 31);
        });
    }

    private static int Log2(long count, int min, int max) =>
        Math.Clamp(BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, count))), min, max);

    private readonly record struct SortEntry(ulong Prefix, uint Index);

    /// <summary>Memory for the sorting of one partition after the other.</summary>
    private sealed class SortScratch
    {
        private SortEntry[] _entries = [];
        private byte[] _rows = [];
        private byte[] _columns = [];

        public Span<SortEntry> Entries(int count) => Room(ref _entries, count).AsSpan(0, count);

        /// <summary>Of this length or longer.</summary>
        public byte[] Rows(int count) => Room(ref _rows, count);

        public Span<byte> Columns(int count) => Room(ref _columns, count).AsSpan(0, count);

        private static T[] Room<T>(ref T[] array, int count)
        {
            if (array.Length < count)
            {
                array = new T[Math.Min(Array.MaxLength, count + (count / 8L))];
            }

            return array;
        }
    }

    /// <summary>A column of the prepared table.</summary>
    /// <param name="at">Bytes of the columns before it in a row.</param>
    /// <param name="width">Its own bytes in a row.</param>
    private sealed class ColumnSource(HashTableBuilder table, int at, int width) : SectionSource
    {
        public override long Length => (long)table.Count * width;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            for (var i = 0; !piece.IsEmpty; i++)
            {
                var count = table._firsts[i + 1] - table._firsts[i];
                var start = offset - ((long)table._firsts[i] * width);
                if (start < (long)count * width)
                {
                    var part = piece[..(int)Math.Min(piece.Length, ((long)count * width) - start)];
                    table._partitions[i]!.CopyTo(((long)count * at) + start, part);
                    piece = piece[part.Length..];
                    offset += part.Length;
                }
            }
        }

        /// <summary>For a column of words.</summary>
        public void ForEachWord(Action<uint> action)
        {
            var piece = new byte[64 * 1024];
            for (long done = 0; done < Length; done += piece.Length)
            {
                var bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, Length - done));
                CopyTo(done, bytes);
                for (; !bytes.IsEmpty; bytes = bytes[4..])
                {
                    action(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
                }
            }
        }
    }
}
