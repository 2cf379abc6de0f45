using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The plain kernel: one probe of the class's bit filter per byte, then the bucket of the gram for the few positions
/// that pass (matcher-design.md §4.2, class S1, D and B). Not thread-safe: it keeps the list of passed positions.
/// </summary>
internal sealed class GramSearcher(IReadOnlyList<Image> images) : PatternSearcher
{
    /// <summary>Bytes per step: they stay in the first-level cache from the filter to the verification.</summary>
    private const int Chunk = 8192;

    private readonly int[] _passed = new int[Chunk];

    public override bool IsEmpty(int target)
    {
        for (var shard = 0; shard < images.Count; shard++)
        {
            var tables = images[shard].Tables;
            if (tables.Filter(target, GramClass.Two).IsPresent
                || tables.Filter(target, GramClass.Three).IsPresent
                || tables.Filter(target, GramClass.Four).IsPresent)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Search(ReadOnlySpan<byte> window, int from, int to, int target, AnchorSink sink)
    {
        for (var start = from; start < to; start += Chunk)
        {
            var end = Math.Min(start + Chunk, to);
            for (var shard = 0; shard < images.Count; shard++)
            {
                if (!SearchClass(window, start, end, target, GramClass.Four, shard, sink)
                    || !SearchClass(window, start, end, target, GramClass.Three, shard, sink)
                    || !SearchClass(window, start, end, target, GramClass.Two, shard, sink))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool SearchClass(
        ReadOnlySpan<byte> window, int start, int end, int target, GramClass gram, int shard, AnchorSink sink)
    {
        var image = images[shard];
        var section = image.Tables.Filter(target, gram);
        if (!section.IsPresent)
        {
            return true;
        }

        end = Math.Min(end, window.Length - (int)gram + 1);
        var filter = image.Words(section);
        var count = gram switch
        {
            GramClass.Four => PassFour(window, start, end, filter, section.Log2),
            GramClass.Three => PassThree(window, start, end, filter, section.Log2),
            GramClass.Two => PassTwo(window, start, end, filter),
        };
        var targets = (ushort)(1 | (1 << target));
        return count == 0
            || (Wake(window, _passed.AsSpan(0, count), gram, isFolded: false, targets, shard, sink)
                && Wake(window, _passed.AsSpan(0, count), gram, isFolded: true, targets, shard, sink));
    }

    private int PassFour(ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter, int log2)
    {
        var passed = _passed;
        var count = 0;
        var shift = 32 - log2;
        for (var i = start; i < end; i++)
        {
            var hash = GramHash.Four(BinaryPrimitives.ReadUInt32LittleEndian(window[i..]));
            if (GramHash.IsSet(filter[(int)(hash >> shift)], hash))
            {
                passed[count++] = i;
            }
        }

        return count;
    }

    private int PassThree(ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter, int log2)
    {
        var count = 0;
        var shift = 32 - log2;
        for (var i = start; i < end; i++)
        {
            var hash = GramHash.Three(ReadThree(window, i));
            if (GramHash.IsSet(filter[(int)(hash >> shift)], hash))
            {
                _passed[count++] = i;
            }
        }

        return count;
    }

    private int PassTwo(ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter)
    {
        var count = 0;
        for (var i = start; i < end; i++)
        {
            var value = BinaryPrimitives.ReadUInt16LittleEndian(window[i..]);
            if ((filter[value >> 5] >> (value & 31) & 1) != 0)
            {
                _passed[count++] = i;
            }
        }

        return count;
    }

    private static uint ReadThree(ReadOnlySpan<byte> window, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(window[at..]) | ((uint)window[at + 2] << 16);

    /// <summary>Looks the passed positions up and tells of those whose gram, context and target agree.</summary>
    private bool Wake(
        ReadOnlySpan<byte> window, ReadOnlySpan<int> passed, GramClass gram, bool isFolded, ushort targets, int shard, AnchorSink sink)
    {
        var image = images[shard];
        var section = image.Tables.WindowDirectory(gram, isFolded);
        if (!section.IsPresent)
        {
            return true;
        }

        var directory = image.Words(section);
        var entries = image.Bytes(image.Tables.WindowEntries(gram, isFolded));
        var fold = isFolded ? AnchorModel.FoldOf(gram) : 0;
        var contextFold = isFolded ? GramHash.Fold : 0;
        foreach (var position in passed)
        {
            var value = gram switch
            {
                GramClass.Four => BinaryPrimitives.ReadUInt32LittleEndian(window[position..]),
                GramClass.Three => ReadThree(window, position),
                GramClass.Two => BinaryPrimitives.ReadUInt16LittleEndian(window[position..]),
            } | fold;
            var bucket = GramHash.Bucket(value, section.Log2);
            long last = Checked.Word(directory, bucket + 1);
            for (long i = Checked.Word(directory, bucket); i < last; i++)
            {
                var entry = Checked.Slice(entries, i * AnchorTables.EntrySize, AnchorTables.EntrySize);
                if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == value
                    && (BinaryPrimitives.ReadUInt16LittleEndian(entry[14..]) & targets) != 0
                    && HasContext(window, position, entry, contextFold)
                    && !sink.OnAnchor(window, position, shard, BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>True also when the context lies outside the window: the verification will tell.</summary>
    private static bool HasContext(ReadOnlySpan<byte> window, int position, ReadOnlySpan<byte> entry, uint fold)
    {
        var distance = BinaryPrimitives.ReadInt16LittleEndian(entry[12..]);
        var at = position + distance;
        return distance == Anchor.NoContext
            || at < 0
            || at > window.Length - 4
            || (BinaryPrimitives.ReadUInt32LittleEndian(window[at..]) | fold) == BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
    }
}
