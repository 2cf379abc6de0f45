namespace Engine.Matching;

/// <summary>Where an enumeration of a part's matches stands.</summary>
internal struct PartScan(long first, long last, long keyFrom, long keyLast)
{
    /// <summary>Starts that are still allowed, both included.</summary>
    public readonly long First = first;
    public readonly long Last = last;

    /// <summary>Next place to look for the key, and the last one.</summary>
    public long KeyFrom = keyFrom;
    public readonly long KeyLast = keyLast;

    /// <summary>Starts that the key found last makes possible.</summary>
    public long Next = first;
    public long NextLast = first - 1;
}

/// <summary>Finds and checks single parts in an object, under the work budget.</summary>
internal sealed class PartScanner(WorkBudget budget)
{
    private const int MaxStep = 65536;
    private const int MinStep = 512;

    private readonly PartMatcher _matcher = new();

    private long _viewStart;

    /// <summary>True when the part matches at exactly this start; its ends are then <see cref="FirstEnd"/> and on.</summary>
    public bool MatchAt(in ContentView view, in PartRecord part, long start)
    {
        if (start < 0 || start > view.Length - part.MinLength || budget.IsExhausted)
        {
            return false;
        }

        var before = (int)Math.Min(start, PartMatcher.Context);
        _viewStart = start - before;
        var bytes = view.Get(_viewStart, before + (long)Math.Min(part.MaxLength, PartCode.MaxLength) + PartMatcher.Context);
        var isMatch = _matcher.Match(part, bytes, before);
        budget.Spend(_matcher.TakeWork());
        return isMatch;
    }

    /// <summary>The lowest end of the last match.</summary>
    public long FirstEnd() => _viewStart + _matcher.FirstEnd();

    /// <summary>The lowest end of the last match above one of its ends, or -1.</summary>
    public long EndAfter(long end)
    {
        var next = _matcher.NextEnd((int)(end - _viewStart));
        return next < 0 ? -1 : _viewStart + next;
    }

    /// <summary>Adds all ends of the last match, ascending.</summary>
    public void AddEnds(PositionList ends)
    {
        for (var end = _matcher.FirstEnd(); end >= 0; end = _matcher.NextEnd(end))
        {
            ends.Add(_viewStart + end);
        }
    }

    /// <summary>Begins the enumeration of all starts in a range, both ends included, ascending.</summary>
    public static PartScan Begin(in ContentView view, in PartRecord part, long first, long last)
    {
        first = Math.Max(first, 0);
        last = Math.Min(last, view.Length - part.MinLength);
        var keyLast = Math.Min(last + part.KeyMax, view.Length - part.Key.Length);
        return new PartScan(first, last, first + part.KeyMin, keyLast);
    }

    /// <summary>The next start where the part matches, or -1; also -1 when the budget is used up.</summary>
    public long MoveNext(in ContentView view, in PartRecord part, ref PartScan scan)
    {
        while (true)
        {
            while (scan.Next <= scan.NextLast)
            {
                var start = scan.Next++;
                if (MatchAt(view, part, start))
                {
                    return start;
                }
            }

            var key = FindKey(view, part.Key, part.IsKeyFolded, scan.KeyFrom, scan.KeyLast);
            if (key < 0)
            {
                return -1;
            }

            scan.KeyFrom = key + 1;
            scan.Next = Math.Max(scan.Next, key - part.KeyMax);
            scan.NextLast = Math.Min(scan.Last, key - part.KeyMin);
        }
    }

    private long FindKey(in ContentView view, ReadOnlySpan<byte> key, bool isFolded, long from, long last)
    {
        var step = MinStep;
        var search = new KeySearch(key, isFolded);
        while (from <= last && !budget.IsExhausted)
        {
            var bytes = view.GetSome(from, key.Length, Math.Min(last - from, step) + key.Length);
            var index = search.IndexOf(bytes, out var work);
            budget.Spend(work);
            if (index >= 0)
            {
                return from + index;
            }

            if (bytes.Length < key.Length)
            {
                return -1;
            }

            from += bytes.Length - key.Length + 1;
            step = Math.Min(step * 4, MaxStep);
        }

        return -1;
    }
}
