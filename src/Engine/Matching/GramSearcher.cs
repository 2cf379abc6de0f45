using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Looks for the anchors of a plan (matcher-design.md §4.2): a kernel finds the positions whose gram passes a filter; an
/// alignment byte says which windows may stand there; a window's bucket, fingerprint and context decide whether a body
/// is woken. Each step runs over a batch of positions before the next, asks for the memory it needs in one loop and reads
/// it in another, and branches as little as it can, so that waiting overlaps. Not thread-safe: it keeps the batches; no allocation after construction.
/// </summary>
internal sealed class GramSearcher : PatternSearcher
{
    /// <summary>Bytes per step: they stay in the first-level cache from the filter to the verification.</summary>
    private const int Chunk = 8192;

    /// <summary>Bodies whose records are fetched together before they are verified.</summary>
    private const int Ahead = 32;

    /// <summary>Passed positions looked at together.</summary>
    private const int Batch = 256;

    /// <summary>Places of one class of window that a gram can have.</summary>
    private const int MaxPlaces = 2;

    private readonly SearchPlan _plan;
    private readonly FilterKernel _kernel;
    private readonly ushort[] _passed = new ushort[Chunk + 8];
    private readonly int[] _slots = new int[Batch];
    private readonly Aligned[] _aligned = new Aligned[Batch + 1];
    private readonly Aligned[] _pending = new Aligned[Batch + 1];
    private readonly Candidate[] _candidates = new Candidate[Batch];
    private readonly Bucket[] _buckets = new Bucket[(Batch * MaxPlaces) + 1];
    private readonly Woken[] _woken = new Woken[Ahead];

    /// <summary>Keeps the loads of <see cref="Fetch"/> from being left out.</summary>
    private int _fetched;

    public GramSearcher(SearchPlan plan)
        : this(plan, FilterKernel.Best)
    {
    }

    internal GramSearcher(SearchPlan plan, FilterKernel kernel) => (_plan, _kernel) = (plan, kernel);

    public override bool IsEmpty(int target) => _plan.For(target).IsEmpty && !_plan.HasPlaces(target);

    public override bool SearchPlaces(in ContentView view, int target, AnchorSink sink) =>
        !_plan.HasPlaces(target) || PlaceSearcher.Search(_plan.Images, view, target, sink);

    public override bool Search(ReadOnlySpan<byte> window, int from, int to, int target, AnchorSink sink)
    {
        var area = new Area(window, from, to, target);
        var passes = _plan.For(target);
        for (var start = from; start < to; start += Chunk)
        {
            foreach (var pass in passes)
            {
                if (!SearchChunk(area, start, pass, sink))
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
            var aligned = Align(area.Window, first, passed, plan, out var places);
            if (aligned != 0 && !WakeAll(area, aligned, pass, places, sink))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps the positions at which any window may stand.</summary>
    /// <param name="places">The places that any of them has.</param>
    private int Align(ReadOnlySpan<byte> window, int first, ReadOnlySpan<ushort> passed, PassPlan plan, out uint places)
    {
        var alignments = plan.Alignments;
        var log2 = plan.AlignmentLog2;
        var pass = plan.Pass;
        var flat = FilterPasses.PlacesInFlat(pass);
        for (var i = 0; i < passed.Length; i++)
        {
            var slot = GramHash.Alignment(FilterKernel.HashAt(pass, window, first + passed[i]), log2);
            Prefetch.Element(alignments, slot);
            _slots[i] = slot;
        }

        var count = 0;
        places = 0;
        for (var i = 0; i < passed.Length; i++)
        {
            var position = first + passed[i];
            var bits = (uint)alignments[_slots[i]];
            if (flat != 0 && IsFlat(window, position))
            {
                bits &= ~flat;
            }

            _aligned[count] = new Aligned(position, bits);
            count += bits != 0 ? 1 : 0;
            places |= bits;
        }

        return count;
    }

    /// <summary>
    /// True where the bytes around a gram are one value: zero-filled pages would pay for all places in every gram.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFlat(ReadOnlySpan<byte> window, int position)
    {
        if (position < 1 || position > window.Length - 8)
        {
            return false;
        }

        var gram = BinaryPrimitives.ReadUInt64LittleEndian(window[position..]);
        return gram == BitOperations.RotateLeft(gram, 8) && window[position - 1] == (byte)gram;
    }

    private bool WakeAll(in Area area, int aligned, FilterPass pass, uint places, AnchorSink sink)
    {
        foreach (var set in FilterPasses.Sets(pass))
        {
            if ((places & set.Mask) == 0)
            {
                continue;
            }

            for (var shard = 0; shard < _plan.Images.Count; shard++)
            {
                var image = _plan.Images[shard];
                ref readonly var table = ref image.Tables.Windows(set.Class);
                if (!table.IsPresent)
                {
                    continue;
                }

                var buckets = FindBuckets(area, aligned, set, image.Words(table.Directory), table.Directory.Log2);
                buckets = Meet(area, image.Bytes(table.Entries), buckets);
                SortByStart(buckets);
                if (buckets != 0 && !Wake(area, image, table.Entries, shard, buckets, sink))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The buckets that may hold something for the windows of one class.</summary>
    private int FindBuckets(in Area area, int aligned, in PlaceSet set, ReadOnlySpan<uint> directory, int log2)
    {
        var pending = 0;
        foreach (var (position, all) in _aligned.AsSpan(0, aligned))
        {
            var places = all & set.Mask;
            _pending[pending] = new Aligned(position, places);
            pending += places != 0 ? 1 : 0;
        }

        // One place of each position at a time: most have one only, and a loop of unknown length in the loop would stall.
        var count = LookUp(area, ref pending, set, directory, log2, 0);
        while (pending != 0)
        {
            count = LookUp(area, ref pending, set, directory, log2, count);
        }

        return count;
    }

    /// <summary>Each round of <see cref="FindBuckets"/> found its own in ascending order.</summary>
    private void SortByStart(int buckets)
    {
        var all = _buckets.AsSpan(0, buckets);
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Start < all[i - 1].Start)
            {
                all.Sort(static (left, right) => left.Start.CompareTo(right.Start));
                return;
            }
        }
    }

    private int LookUp(in Area area, ref int pending, in PlaceSet set, ReadOnlySpan<uint> directory, int log2, int count)
    {
        var last = Math.Min(area.To - 1, area.Window.Length - (int)set.Class);
        var candidates = 0;
        var left = 0;
        for (var i = 0; i < pending; i++)
        {
            var (position, places) = _pending[i];
            var start = position - set.OffsetOf(BitOperations.TrailingZeroCount(places));
            places &= places - 1;
            _pending[left] = new Aligned(position, places);
            left += places != 0 ? 1 : 0;
            if (start >= area.From && start <= last)
            {
                var hash = WindowAt(area.Window, start, set.Class);
                Prefetch.Element(directory, GramHash.Bucket(hash, log2));
                _candidates[candidates++] = new Candidate(start, hash);
            }
        }

        foreach (var (start, hash) in _candidates.AsSpan(0, candidates))
        {
            var bucket = GramHash.Bucket(hash, log2);
            var word = directory[bucket];
            _buckets[count] = new Bucket(start, (uint)hash, AnchorBucket.Start(word), AnchorBucket.Start(directory[bucket + 1]));
            count += AnchorBucket.MayHold(word, (uint)hash) ? 1 : 0;
        }

        pending = left;
        return count;
    }

    /// <summary>
    /// Keeps the buckets that have an entry which is met, from the first of these on: the entries lie far away, and
    /// <see cref="Wake"/> would wait for each in turn.
    /// </summary>
    private int Meet(in Area area, ReadOnlySpan<byte> entries, int buckets)
    {
        var all = _buckets;
        var count = 0;
        for (var i = 0; i < buckets; i++)
        {
            Prefetch.Element(entries, (int)Math.Min(all[i].From * (long)AnchorEntry.Size, entries.Length - 1));
        }

        for (var i = 0; i < buckets; i++)
        {
            var bucket = all[i];
            var from = bucket.From;
            while (from < bucket.To && !IsMet(area, Checked.Slice(entries, from * (long)AnchorEntry.Size, AnchorEntry.Size), bucket))
            {
                from++;
            }

            all[count] = bucket with { From = from };
            count += from < bucket.To ? 1 : 0;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMet(in Area area, ReadOnlySpan<byte> entry, in Bucket bucket) =>
        AnchorEntry.Fingerprint(entry) == bucket.Fingerprint
            && AnchorEntry.HasContext(entry, area.Window, bucket.Start)
            && AnchorEntry.IsFor(entry, area.Target);

    private bool Wake(in Area area, Image image, Section section, int shard, int buckets, AnchorSink sink)
    {
        var entries = image.Bytes(section);
        var count = 0;
        foreach (var bucket in _buckets.AsSpan(0, buckets))
        {
            for (long i = bucket.From; i < bucket.To; i++)
            {
                var entry = Checked.Slice(entries, i * AnchorEntry.Size, AnchorEntry.Size);
                if (!IsMet(area, entry, bucket))
                {
                    continue;
                }

                _woken[count++] = new Woken(bucket.Start, AnchorEntry.Body(entry));
                if (count == Ahead)
                {
                    if (!Report(area, image, shard, count, sink))
                    {
                        return false;
                    }

                    count = 0;
                }
            }
        }

        return Report(area, image, shard, count, sink);
    }

    private bool Report(in Area area, Image image, int shard, int count, AnchorSink sink)
    {
        var woken = _woken.AsSpan(0, count);
        if (count > 1)
        {
            Fetch(image, woken);
        }

        foreach (var (start, body) in woken)
        {
            if (!sink.OnAnchor(area.Window, start, shard, body))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Reads a byte of each body's record: loads that do not depend on each other wait for memory together, those of
    /// one verification after the other do not.
    /// </summary>
    private void Fetch(Image image, ReadOnlySpan<Woken> woken)
    {
        var index = image.Words(image.Tables.BodyIndex);
        var bodies = image.Bytes(image.Tables.Bodies);
        var sum = 0;
        foreach (var (_, body) in woken)
        {
            var start = body < (uint)index.Length ? index[(int)body] : 0;
            sum += start < (uint)bodies.Length ? bodies[(int)start] : 0;
        }

        _fetched = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WindowAt(ReadOnlySpan<byte> window, int start, GramClass gram)
    {
        switch (gram)
        {
            case GramClass.Eight:
                return GramHash.Window(GramClass.Eight, BinaryPrimitives.ReadUInt64LittleEndian(window[start..]));
            case GramClass.Five:
                var five = window.Slice(start, (int)GramClass.Five);
                return GramHash.Window(GramClass.Five, BinaryPrimitives.ReadUInt32LittleEndian(five) | ((ulong)five[4] << 32));
            case GramClass.Four:
                return GramHash.Window(GramClass.Four, BinaryPrimitives.ReadUInt32LittleEndian(window[start..]));
            case GramClass.Three:
                var three = window.Slice(start, (int)GramClass.Three);
                return GramHash.Window(GramClass.Three, BinaryPrimitives.ReadUInt16LittleEndian(three) | ((ulong)three[2] << 16));
            default:
                return GramHash.Window(GramClass.Two, BinaryPrimitives.ReadUInt16LittleEndian(window[start..]));
        }
    }

    /// <summary>What one call searches.</summary>
    private readonly ref struct Area(ReadOnlySpan<byte> window, int from, int to, int target)
    {
        public readonly ReadOnlySpan<byte> Window = window;
        public readonly int From = from;
        public readonly int To = to;
        public readonly int Target = target;
    }

    /// <summary>A position that passed, and the places that windows may have around it.</summary>
    private readonly record struct Aligned(int Position, uint Places);

    /// <summary>A body whose anchor is there.</summary>
    private readonly record struct Woken(int Start, uint Body);

    /// <summary>A window that may stand at a place.</summary>
    private readonly record struct Candidate(int Start, ulong Hash);

    /// <summary>A window and the entries of its bucket.</summary>
    private readonly record struct Bucket(int Start, uint Fingerprint, uint From, uint To);
}
