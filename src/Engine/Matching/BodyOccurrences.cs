using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Where the bodies of one signature occur in the object, for formulas: asked place by place, or start by start in the order
/// of ends. Starts are found when they are asked for, and remembered until the next signature.
/// </summary>
internal sealed class BodyOccurrences(WorkBudget budget, Image image, BodyStates states, BodyCounter counter)
{
    /// <summary>Starts remembered for one signature; more end the work for the object.</summary>
    public const int MaxStarts = 1 << 20;

    /// <summary>Starts of one subsignature that memory is kept for from object to object.</summary>
    private const int KeptStarts = 1 << 14;

    private readonly PartScanner _parts = new(budget);
    private readonly Known[] _known = new Known[LogicalSignature.MaxSubsignatures];
    private readonly PositionList _places = new();
    private ulong _begun;
    private long _remembered;

    /// <summary>Forgets the last signature.</summary>
    public void Clear()
    {
        for (var id = 0; _begun != 0; id++, _begun >>= 1)
        {
            if ((_begun & 1) != 0)
            {
                _known[id].Starts!.Clear(KeptStarts);
            }
        }

        _places.Clear(KeptStarts);
        _remembered = 0;
    }

    /// <summary>How many occurrences start in a range, both ends included; no more than the cap.</summary>
    public long CountIn(in ContentView view, in SubsignatureRecord record, long low, long high, long cap)
    {
        var count = CountIn(view, record.First, low, high, cap);
        return count < cap ? count + CountIn(view, record.Second, low, high, cap - count) : count;
    }

    /// <summary>Start of an occurrence; -1 when there is none of that number.</summary>
    /// <param name="id">Of the subsignature, 0 to 63.</param>
    /// <param name="index">From 1 on.</param>
    public long Start(in ContentView view, in SubsignatureRecord record, int id, long index)
    {
        ref var known = ref _known[id];
        if ((_begun >> id & 1) == 0)
        {
            _begun |= 1UL << id;
            known = new Known { Starts = known.Starts ?? new PositionList() };
        }

        if (index > known.Starts!.Count && !known.IsComplete && index > 0)
        {
            Find(view, record, ref known, index);
        }

        return index < 1 || index > known.Starts!.Count || budget.IsExhausted ? -1 : known.Starts!.Span[(int)index - 1];
    }

    private long CountIn(in ContentView view, uint body, long low, long high, long cap)
    {
        if (body == SubsignatureRecord.None || states.Peek(body).Count == 0)
        {
            return 0;
        }

        var record = image.Body(body);
        var (first, last) = record.StartRange(view);
        (first, last) = (Math.Max(first, low), Math.Min(last, high));
        budget.Spend(1);
        return first > last ? 0 : counter.Count(view, record, first, last, cap, out _, out _);
    }

    private void Find(in ContentView view, in SubsignatureRecord record, ref Known known, long index)
    {
        if (record.Second == SubsignatureRecord.None && image.Body(record.First).PartCount == 1)
        {
            FindNext(view, record.First, ref known, index);
            return;
        }

        known.IsComplete = true;
        AddAll(view, record.First, known.Starts!);
        if (record.Second != SubsignatureRecord.None)
        {
            AddAll(view, record.Second, known.Starts!);
            known.Starts!.Sort();
        }
    }

    /// <summary>Goes on with a body of one part until there are as many as are asked for.</summary>
    private void FindNext(in ContentView view, uint body, ref Known known, long index)
    {
        if (states.Peek(body).Count == 0)
        {
            known.IsComplete = true;
            return;
        }

        var record = image.Body(body);
        var (first, last) = record.StartRange(view);
        var part = record.Part(0);
        var scan = PartScanner.Begin(view, part, Math.Max(first, known.Next), last);
        while (known.Starts!.Count < index)
        {
            var at = _parts.MoveNext(view, part, ref scan);
            if (at < 0)
            {
                known.IsComplete = true;
                return;
            }

            if (ExecutableOffsets.IsStart(record, view, at) && !Add(known.Starts, at))
            {
                return;
            }

            known.Next = at + 1;
        }
    }

    private void AddAll(in ContentView view, uint body, PositionList starts)
    {
        if (states.Peek(body).Count == 0)
        {
            return;
        }

        var record = image.Body(body);
        var (first, last) = record.StartRange(view);
        if (record.PartCount == 1 || !BodyCounter.IsChain(record))
        {
            AddFirsts(view, record, (first, last), starts);
            return;
        }

        _places.Clear();
        counter.AddLastStarts(view, record, first, last, _places);
        foreach (var place in _places.Span)
        {
            if (!Add(starts, counter.StartLeadingTo(view, record, first, last, place)))
            {
                return;
            }
        }
    }

    /// <summary>Every start of a body of one part; of one with an unbounded gap the first start, as often as it counts.</summary>
    private void AddFirsts(in ContentView view, in BodyRecord record, (long First, long Last) range, PositionList starts)
    {
        var part = record.Part(0);
        var scan = PartScanner.Begin(view, part, range.First, range.Last);
        for (var at = _parts.MoveNext(view, part, ref scan); at >= 0; at = _parts.MoveNext(view, part, ref scan))
        {
            if (!ExecutableOffsets.IsStart(record, view, at))
            {
                continue;
            }

            if (record.PartCount == 1)
            {
                if (!Add(starts, at))
                {
                    return;
                }
            }
            else if (counter.Count(view, record, at, at, MaxStarts, out _, out _) is var count and > 0)
            {
                for (; count > 0 && Add(starts, at); count--)
                {
                }

                return;
            }
        }
    }

    private bool Add(PositionList starts, long start)
    {
        if (++_remembered > MaxStarts)
        {
            budget.Exhaust();
        }

        budget.Spend(1);
        if (!budget.IsExhausted)
        {
            starts.Add(start);
        }

        return !budget.IsExhausted;
    }

    /// <summary>What is known of the starts of one subsignature.</summary>
    private struct Known
    {
        /// <summary>In the order of ends; kept from object to object.</summary>
        public PositionList? Starts;

        /// <summary>Where to go on.</summary>
        public long Next;

        /// <summary>There are no more.</summary>
        public bool IsComplete;
    }
}
