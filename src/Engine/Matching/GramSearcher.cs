using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Looks for the anchors of a plan (matcher-design.md §4.2): a kernel finds the positions whose gram passes a filter; an
/// alignment byte says which windows may stand there; a window's bucket, fingerprint and context decide whether a body
/// is woken. Each step runs over a batch of positions before the next, so that their loads overlap. Not thread-safe: it
/// keeps the batches; no allocation after construction.
/// </summary>
internal sealed class GramSearcher : PatternSearcher
{
    /// <summary>Bytes per step: they stay in the first-level cache from the filter to the verification.</summary>
    private const int Chunk = 8192;

    /// <summary>Passed positions looked at together.</summary>
    private const int Batch = 512;

    private readonly SearchPlan _plan;
    private readonly FilterKernel _kernel;
    private readonly ushort[] _passed = new ushort[Chunk + 8];
    private readonly Candidate[] _candidates = new Candidate[Batch * 8];
    private readonly Bucket[] _buckets = new Bucket[Batch * 8];

    public GramSearcher(SearchPlan plan)
        : this(plan, FilterKernel.Best)
    {
    }

    internal GramSearcher(SearchPlan plan, FilterKernel kernel) => (_plan, _kernel) = (plan, kernel);

    public override bool IsEmpty(int target) => _plan.For(target).IsEmpty;

    public override bool Search(ReadOnlySpan<byte> window, int from, int to, int target, AnchorSink sink)
    {
        var passes = _plan.For(target);
        for (var start = from; start < to; start += Chunk)
        {
            foreach (var pass in passes)
            {
                if (!SearchChunk(new Area(window, from, to, target), start, pass, sink))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool SearchChunk(in Area area, int start, PassPlan plan, AnchorSink sink)
    {
        var pass = plan.Pass;
        var stride = FilterPasses.Stride(pass);

        // A window that starts in front of the end may be met by a gram behind it.
        var end = start + Chunk < area.To ? start + Chunk : area.To + stride - 1;
        end = Math.Min(end, area.Window.Length - FilterPasses.LeastLength(pass) + 1);
        var first = (start + stride - 1) & -stride;
        if (first >= end)
        {
            return true;
        }

        var count = _kernel.Pass(pass, area.Window, first, end, plan.Filter, plan.FilterLog2, _passed);
        for (var done = 0; done < count; done += Batch)
        {
            var passed = _passed.AsSpan(done, Math.Min(Batch, count - done));
            var candidates = Align(area, first, passed, plan);
            if (candidates == 0)
            {
                continue;
            }

            for (var shard = 0; shard < _plan.Images.Count; shard++)
            {
                var image = _plan.Images[shard];
                var buckets = FindBuckets(area.Window, image, candidates);
                if (buckets != 0 && !Wake(area, image, shard, buckets, sink))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The windows that may stand around the passed positions.</summary>
    private int Align(in Area area, int first, ReadOnlySpan<ushort> passed, PassPlan plan)
    {
        var places = FilterPasses.Places(plan.Pass);
        var alignments = plan.Alignments;
        var count = 0;
        foreach (var relative in passed)
        {
            var position = first + relative;
            var hash = FilterKernel.HashAt(plan.Pass, area.Window, position);
            for (var bits = (uint)alignments[GramHash.Alignment(hash, plan.AlignmentLog2)]; bits != 0; bits &= bits - 1)
            {
                var bit = BitOperations.TrailingZeroCount(bits);
                if (bit >= places.Length)
                {
                    throw ImageException.Damaged("a gram has an alignment that its pass has not");
                }

                var start = position - places[bit].Offset;
                if (start >= area.From && start < area.To && start + (int)places[bit].Class <= area.Window.Length)
                {
                    _candidates[count++] = new Candidate(start, places[bit].Class);
                }
            }
        }

        return count;
    }

    /// <summary>The buckets of an image's directories that hold anything for the candidates.</summary>
    private int FindBuckets(ReadOnlySpan<byte> window, Image image, int candidates)
    {
        var count = 0;
        var gram = default(GramClass);
        ReadOnlySpan<uint> directory = default;
        var log2 = 0;
        foreach (var candidate in _candidates.AsSpan(0, candidates))
        {
            if (candidate.Class != gram)
            {
                gram = candidate.Class;
                var section = image.Tables.Windows(gram).Directory;
                directory = image.Words(section);
                log2 = section.Log2;
            }

            if (directory.IsEmpty)
            {
                continue;
            }

            var hash = WindowAt(window, candidate);
            var bucket = GramHash.Bucket(hash, log2);
            var (first, last) = (directory[bucket], directory[bucket + 1]);
            if (first < last)
            {
                _buckets[count++] = new Bucket(candidate.Start, candidate.Class, (uint)hash, first, last);
            }
        }

        return count;
    }

    private bool Wake(in Area area, Image image, int shard, int buckets, AnchorSink sink)
    {
        foreach (var bucket in _buckets.AsSpan(0, buckets))
        {
            var entries = image.Bytes(image.Tables.Windows(bucket.Class).Entries);
            for (long i = bucket.First; i < bucket.Last; i++)
            {
                var entry = Checked.Slice(entries, i * AnchorEntry.Size, AnchorEntry.Size);
                if (AnchorEntry.Fingerprint(entry) == bucket.Fingerprint
                    && AnchorEntry.Target(entry) is var target && (target == 0 || target == area.Target)
                    && AnchorEntry.HasContext(entry, area.Window, bucket.Start)
                    && !sink.OnAnchor(area.Window, bucket.Start, shard, AnchorEntry.Body(entry)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WindowAt(ReadOnlySpan<byte> window, Candidate candidate)
    {
        var bytes = window.Slice(candidate.Start, (int)candidate.Class);
        return candidate.Class switch
        {
            GramClass.Fifteen => GramHash.Window(
                GramClass.Fifteen, BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[7..])),
            GramClass.Five => GramHash.Window(
                GramClass.Five, BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)bytes[4] << 32), 0),
            GramClass.Four => GramHash.Window(GramClass.Four, BinaryPrimitives.ReadUInt32LittleEndian(bytes), 0),
            GramClass.Three => GramHash.Window(
                GramClass.Three, BinaryPrimitives.ReadUInt16LittleEndian(bytes) | ((ulong)bytes[2] << 16), 0),
            GramClass.Two => GramHash.Window(GramClass.Two, BinaryPrimitives.ReadUInt16LittleEndian(bytes), 0),
        };
    }

    /// <summary>What one call searches.</summary>
    private readonly ref struct Area(ReadOnlySpan<byte> window, int from, int to, int target)
    {
        public readonly ReadOnlySpan<byte> Window = window;
        public readonly int From = from;
        public readonly int To = to;
        public readonly int Target = target;
    }

    /// <summary>A window that may stand at a place.</summary>
    private readonly record struct Candidate(int Start, GramClass Class);

    /// <summary>A window whose bucket is not empty.</summary>
    private readonly record struct Bucket(int Start, GramClass Class, uint Fingerprint, uint First, uint Last);
}
