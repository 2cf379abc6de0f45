using Definitions.Signatures;

namespace Engine.Matching;

/// <summary>
/// Decides whether a body matches, given where its anchor lies. Parts that bounded gaps join form a block; blocks are
/// joined by unbounded gaps. Around the anchor the block is walked with the sets of reachable starts and ends; of the
/// blocks before only the earliest end counts, of those after only whether they occur: each is searched for once per
/// object, so a body costs (parts × span) per anchor and few searches of the object, never a product of choices
/// (matcher-design.md §5.2).
/// </summary>
internal sealed class BodyVerifier(WorkBudget budget, BodyStates states)
{
    /// <summary>The blocks in front of an anchor are looked for as far as this, at least.</summary>
    private const long LeastPrefixSearch = 65_536;

    private readonly PartScanner _parts = new(budget);
    private PositionList _ends = new();
    private PositionList _starts = new();
    private PositionList _spare = new();

    /// <summary>Start of the match, or -1.</summary>
    /// <param name="anchor">Offset of the anchor in the object.</param>
    public long Verify(in ContentView view, in BodyRecord body, uint bodyIndex, long anchor)
    {
        var part = body.Part(body.AnchorPart);
        for (var start = anchor - body.AnchorMax; start <= anchor - body.AnchorMin; start++)
        {
            if (start >= 0 && MayStart(view, body, start) && _parts.MatchAt(view, part, start))
            {
                var found = VerifyAround(view, body, bodyIndex, start);
                if (found >= 0)
                {
                    return found;
                }
            }
        }

        return -1;
    }

    /// <summary>The cheap test of a fixed offset, before any byte is compared.</summary>
    private static bool MayStart(in ContentView view, in BodyRecord body, long start)
    {
        if (body.AnchorPart != 0)
        {
            return true;
        }

        var (first, last) = body.StartRange(view);
        return start >= first && start <= last && ExecutableOffsets.IsStart(body, view, start);
    }

    private long VerifyAround(in ContentView view, in BodyRecord body, uint bodyIndex, long start)
    {
        var firstPart = FirstOfBlock(body, body.AnchorPart);
        var lastPart = LastOfBlock(body, body.AnchorPart);
        _ends.Clear();
        _parts.AddEnds(_ends);
        if (!WalkRight(view, body, body.AnchorPart, lastPart))
        {
            return -1;
        }

        var earliestEnd = _ends.Span[0];
        _starts.Clear();
        _starts.Add(start);
        if (!WalkLeft(view, body, body.AnchorPart, firstPart))
        {
            return -1;
        }

        var matchStart = firstPart == 0 ? FirstAllowed(view, body) : _starts.Span[^1];
        if (matchStart < 0)
        {
            return -1;
        }

        if (firstPart > 0)
        {
            matchStart = PrefixBefore(view, body, bodyIndex, firstPart, matchStart);
        }

        return matchStart >= 0 && SuffixAfter(view, body, bodyIndex, lastPart + 1, earliestEnd) ? matchStart : -1;
    }

    private static int FirstOfBlock(in BodyRecord body, int part)
    {
        while (part > 0 && body.Part(part).GapMax != PartRecord.Unbounded)
        {
            part--;
        }

        return part;
    }

    private static int LastOfBlock(in BodyRecord body, int part)
    {
        while (part + 1 < body.PartCount && body.Part(part + 1).GapMax != PartRecord.Unbounded)
        {
            part++;
        }

        return part;
    }

    private long FirstAllowed(in ContentView view, in BodyRecord body)
    {
        var (first, last) = body.StartRange(view);
        foreach (var start in _starts.Span)
        {
            if (start >= first && start <= last && ExecutableOffsets.IsStart(body, view, start))
            {
                return start;
            }
        }

        return -1;
    }

    /// <summary>From the ends of one part to those of a later one in the block; false when there are none.</summary>
    private bool WalkRight(in ContentView view, in BodyRecord body, int from, int to)
    {
        for (var i = from + 1; i <= to; i++)
        {
            var part = body.Part(i);
            _spare.Clear();
            var next = 0L;
            foreach (var end in _ends.Span)
            {
                // Ends ascend: what an earlier one has covered is not searched again.
                var first = Math.Max(next, end + part.GapMin);
                var last = end + part.GapMax;
                next = Math.Max(next, last + 1);
                var scan = PartScanner.Begin(view, part, first, last);
                while (_parts.MoveNext(view, part, ref scan) >= 0)
                {
                    _parts.AddEnds(_spare);
                }
            }

            _spare.SortDistinct();
            (_ends, _spare) = (_spare, _ends);
            if (_ends.Count == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>From the starts of one part to those of an earlier one in the block; false when there are none.</summary>
    private bool WalkLeft(in ContentView view, in BodyRecord body, int from, int to)
    {
        for (var i = from; i > to; i--)
        {
            var (gapMin, gapMax) = (body.Part(i).GapMin, body.Part(i).GapMax);
            var part = body.Part(i - 1);
            _spare.Clear();
            var next = 0L;
            foreach (var start in _starts.Span)
            {
                // Any end in [start - max, start - min] will do; which one belongs to which start does not matter.
                var first = Math.Max(next, start - gapMax - part.MaxLength);
                var last = start - gapMin - part.MinLength;
                next = Math.Max(next, last + 1);
                var scan = PartScanner.Begin(view, part, first, last);
                for (var at = _parts.MoveNext(view, part, ref scan); at >= 0; at = _parts.MoveNext(view, part, ref scan))
                {
                    if (ReachesStart(gapMin, gapMax))
                    {
                        _spare.Add(at);
                    }
                }
            }

            _spare.SortDistinct();
            (_starts, _spare) = (_spare, _starts);
            if (_starts.Count == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when some end of the part just matched lies the gap's distance before some start.</summary>
    private bool ReachesStart(uint gapMin, uint gapMax)
    {
        for (var end = _parts.FirstEnd(); end >= 0; end = _parts.EndAfter(end))
        {
            var index = _starts.Span.BinarySearch(end + gapMin);
            index = index < 0 ? ~index : index;
            budget.Spend(1);
            if (index < _starts.Count && _starts.Span[index] - end <= gapMax)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Start of the blocks before the anchor's when they end early enough, or -1. What lies behind the anchor is not
    /// searched; for a later anchor the search begins anew and goes at least twice as far.
    /// </summary>
    private long PrefixBefore(in ContentView view, in BodyRecord body, uint bodyIndex, int firstPart, long latestStart)
    {
        var latestEnd = latestStart - body.Part(firstPart).GapMin;
        ref var state = ref states.Get(bodyIndex);
        if (state.PrefixEnd == 0 && latestEnd > state.PrefixMissingTo)
        {
            var to = Math.Min(view.Length, Math.Max(latestEnd, Math.Max(LeastPrefixSearch, state.PrefixMissingTo * 2)));
            var found = FindPrefix(view, body, firstPart, to, out var start, out var end);
            state = ref states.Get(bodyIndex);
            (state.PrefixMissingTo, state.PrefixStart, state.PrefixEnd) = found ? (0L, start, end) : (to, 0L, 0L);
            state.IsDone |= !found && to == view.Length;
        }

        return state.PrefixEnd > 0 && state.PrefixEnd <= latestEnd ? state.PrefixStart : -1;
    }

    private bool FindPrefix(in ContentView view, in BodyRecord body, int firstPart, long to, out long start, out long end)
    {
        var (first, last) = body.StartRange(view);
        if (body.OffsetBase != OffsetBase.VersionInformation)
        {
            return FindBlocks(view, body, 0, firstPart, first, last, to, out start, out end);
        }

        (start, end) = (-1, -1);
        foreach (var text in view.Executable?.VersionInformation ?? [])
        {
            if (FindBlocks(view, body, 0, firstPart, text.Start, text.Start, to, out var foundStart, out var foundEnd)
                && (end < 0 || foundEnd < end))
            {
                (start, end) = (foundStart, foundEnd);
            }
        }

        return end >= 0;
    }

    private bool SuffixAfter(in ContentView view, in BodyRecord body, uint bodyIndex, int nextPart, long end)
    {
        if (nextPart == body.PartCount)
        {
            return true;
        }

        var from = end + body.Part(nextPart).GapMin;
        var failedFrom = states.Get(bodyIndex).SuffixFailedFrom;
        if (failedFrom > 0 && from >= failedFrom)
        {
            return false;
        }

        if (FindBlocks(view, body, nextPart, body.PartCount, from, view.Length, view.Length, out _, out _))
        {
            return true;
        }

        states.Get(bodyIndex).SuffixFailedFrom = from;
        return false;
    }

    /// <summary>The blocks of a range of parts, each after the one before; the one with the earliest end.</summary>
    /// <param name="to">They end there or earlier.</param>
    private bool FindBlocks(
        in ContentView view, in BodyRecord body, int firstPart, int endPart, long first, long last, long to, out long start, out long end)
    {
        (start, end) = (-1, -1);
        for (var part = firstPart; part < endPart;)
        {
            var lastPart = LastOfBlock(body, part);
            if (!FindBlock(view, body, part, lastPart, first, Math.Min(last, to - body.Part(part).MinLength), out var blockStart, out end) || end > to)
            {
                return false;
            }

            start = start < 0 ? blockStart : start;
            part = lastPart + 1;
            (first, last) = (part < endPart ? end + body.Part(part).GapMin : 0, view.Length);
        }

        return true;
    }

    private bool FindBlock(
        in ContentView view, in BodyRecord body, int firstPart, int lastPart, long first, long last, out long start, out long end)
    {
        (start, end) = (-1, -1);
        var part = body.Part(firstPart);
        long shortest = part.MinLength;
        for (var i = firstPart + 1; i <= lastPart; i++)
        {
            shortest += body.Part(i).GapMin + (long)body.Part(i).MinLength;
        }

        var scan = PartScanner.Begin(view, part, first, last);
        for (var at = _parts.MoveNext(view, part, ref scan); at >= 0; at = _parts.MoveNext(view, part, ref scan))
        {
            // A later start may still end earlier, but not below its shortest length.
            if (end >= 0 && at + shortest >= end)
            {
                break;
            }

            _ends.Clear();
            _parts.AddEnds(_ends);
            if (WalkRight(view, body, firstPart, lastPart) && (end < 0 || _ends.Span[0] < end))
            {
                (start, end) = (at, _ends.Span[0]);
            }
        }

        return end >= 0 && !budget.IsExhausted;
    }
}
