namespace Engine.Matching;

/// <summary>
/// Counts the occurrences of a body in a whole object (clamav-formats.md §3.6): of a single part every start; of several
/// parts every start of the last one that the others lead to.
/// </summary>
internal sealed class BodyCounter(WorkBudget budget)
{
    /// <summary>Places of one part that are followed at a time; more end the work for the object.</summary>
    private const int MaxPlaces = 1 << 20;

    private readonly PartScanner _parts = new(budget);
    private PositionList _ends = new();
    private PositionList _spare = new();
    private long _lastFound;

    /// <summary>Set while the starts of a last part are wanted one by one.</summary>
    private PositionList? _lastStarts;

    /// <summary>Counts up to the cap; less when the budget ends.</summary>
    /// <param name="first">First and last start of the first part.</param>
    /// <param name="firstStart">Start of the first part where it counts first; -1 without an occurrence.</param>
    /// <param name="lastStart">
    /// Start of the last occurrence counted; of a body in parts with an unbounded gap the first start of its first part,
    /// of other bodies in parts the last start of the last one, see <see cref="StartLeadingTo"/>.
    /// </param>
    public long Count(
        in ContentView view, in BodyRecord body, long first, long last, long cap, out long firstStart, out long lastStart)
    {
        (firstStart, lastStart) = (-1, -1);
        var block = 0;
        var (from, to) = (first, last);
        while (true)
        {
            var blockEnd = LastOfBlock(body, block);
            if (blockEnd == body.PartCount - 1)
            {
                return CountBlock(view, body, block, from, to, cap, ref firstStart, ref lastStart);
            }

            // Across an unbounded gap only the earliest end counts.
            if (EarliestEnd(view, body, block, blockEnd, from, to, ref firstStart) is var end && end < 0)
            {
                return 0;
            }

            (block, from, to) = (blockEnd + 1, end + body.Part(blockEnd + 1).GapMin, view.Length);
        }
    }

    /// <summary>Adds the starts that <see cref="Count"/> counts of a chain's last part, ascending where they are led to in turn.</summary>
    /// <param name="first">First and last start of the first part.</param>
    public void AddLastStarts(in ContentView view, in BodyRecord body, long first, long last, PositionList starts)
    {
        var firstStart = -1L;
        _lastStarts = starts;
        FollowBlock(view, body, 0, body.PartCount - 1, first, last, isCounting: true, long.MaxValue, out _, ref firstStart);
        _lastStarts = null;
    }

    /// <summary>True for a body in several parts without an unbounded gap.</summary>
    public static bool IsChain(in BodyRecord body) => body.PartCount > 1 && LastOfBlock(body, 0) == body.PartCount - 1;

    /// <summary>The earliest start of a chain's first part that leads to a start of its last one; -1 when the budget ends.</summary>
    /// <param name="first">First and last start of the first part.</param>
    public long StartLeadingTo(in ContentView view, in BodyRecord body, long first, long last, long place)
    {
        var span = 0L;
        var target = body.Part(body.PartCount - 1);
        for (var i = 1; i < body.PartCount; i++)
        {
            span += body.Part(i).GapMax + body.Part(i - 1).MaxLength;
        }

        var part = body.Part(0);
        var scan = PartScanner.Begin(view, part, Math.Max(first, place - span), Math.Min(last, place));
        for (var at = _parts.MoveNext(view, part, ref scan); at >= 0; at = _parts.MoveNext(view, part, ref scan))
        {
            if (!ExecutableOffsets.IsStart(body, view, at))
            {
                continue;
            }

            _ends.Clear();
            _parts.AddEnds(_ends);
            for (var i = 1; i < body.PartCount - 1; i++)
            {
                FollowGap(view, body.Part(i), long.MaxValue);
            }

            foreach (var end in _ends.Span)
            {
                if (place >= end + target.GapMin && place <= end + target.GapMax)
                {
                    return at;
                }
            }
        }

        return -1;
    }

    private static int LastOfBlock(in BodyRecord body, int part)
    {
        while (part + 1 < body.PartCount && body.Part(part + 1).GapMax != PartRecord.Unbounded)
        {
            part++;
        }

        return part;
    }

    private long EarliestEnd(
        in ContentView view, in BodyRecord body, int firstPart, int lastPart, long from, long to, ref long firstStart)
    {
        if (!FollowBlock(view, body, firstPart, lastPart, from, to, isCounting: false, cap: 0, out _, ref firstStart))
        {
            return -1;
        }

        var end = long.MaxValue;
        foreach (var place in _ends.Span)
        {
            end = Math.Min(end, place);
        }

        return end;
    }

    private long CountBlock(
        in ContentView view, in BodyRecord body, int firstPart, long from, long to, long cap, ref long firstStart, ref long lastStart)
    {
        if (firstPart < body.PartCount - 1)
        {
            FollowBlock(view, body, firstPart, body.PartCount - 1, from, to, isCounting: true, cap, out var starts, ref firstStart);
            lastStart = starts == 0 ? -1 : firstPart == 0 ? _lastFound : firstStart;
            return starts;
        }

        var part = body.Part(firstPart);
        var count = 0L;
        var scan = PartScanner.Begin(view, part, from, to);
        for (var at = _parts.MoveNext(view, part, ref scan); at >= 0 && count < cap; at = _parts.MoveNext(view, part, ref scan))
        {
            if (firstPart == 0 && !ExecutableOffsets.IsStart(body, view, at))
            {
                continue;
            }

            count++;
            lastStart = at;
            firstStart = firstStart < 0 ? at : firstStart;
        }

        // Behind earlier blocks the occurrence starts where they do.
        lastStart = count > 0 && firstPart > 0 ? firstStart : lastStart;
        return count;
    }

    /// <summary>
    /// Walks the parts of a block with the sets of their ends. At the last part it either keeps the ends or counts the
    /// starts.
    /// </summary>
    private bool FollowBlock(
        in ContentView view, in BodyRecord body, int firstPart, int lastPart, long from, long to, bool isCounting, long cap,
        out long starts, ref long firstStart)
    {
        starts = 0;
        _ends.Clear();
        var part = body.Part(firstPart);
        var scan = PartScanner.Begin(view, part, from, to);
        for (var at = _parts.MoveNext(view, part, ref scan); at >= 0 && HasRoom(_ends); at = _parts.MoveNext(view, part, ref scan))
        {
            if (firstPart == 0 && !ExecutableOffsets.IsStart(body, view, at))
            {
                continue;
            }

            firstStart = firstStart < 0 ? at : firstStart;
            _parts.AddEnds(_ends);
        }

        _ends.SortDistinct();
        for (var i = firstPart + 1; i <= lastPart && _ends.Count > 0; i++)
        {
            var isCounted = isCounting && i == lastPart;
            starts = FollowGap(view, body.Part(i), isCounted ? cap : long.MaxValue, isCounted ? _lastStarts : null);
        }

        return _ends.Count > 0 && !budget.IsExhausted;
    }

    /// <summary>From the ends of one part to those of the next; returns how many starts that one has.</summary>
    private long FollowGap(in ContentView view, in PartRecord part, long cap, PositionList? found = null)
    {
        _spare.Clear();
        var (next, starts) = (0L, 0L);
        foreach (var end in _ends.Span)
        {
            // Ends ascend: what an earlier one has covered is not searched again.
            var first = Math.Max(next, end + part.GapMin);
            var last = end + part.GapMax;
            next = Math.Max(next, last + 1);
            var scan = PartScanner.Begin(view, part, first, last);
            while (starts < cap && HasRoom(_spare) && _parts.MoveNext(view, part, ref scan) is var at and >= 0)
            {
                starts++;
                _lastFound = at;
                found?.Add(at);
                _parts.AddEnds(_spare);
            }
        }

        _spare.SortDistinct();
        (_ends, _spare) = (_spare, _ends);
        return starts;
    }

    private bool HasRoom(PositionList places)
    {
        if (places.Count >= MaxPlaces)
        {
            budget.Exhaust();
        }

        return !budget.IsExhausted;
    }
}
