using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>Which bytes of a ZIP a listed member or the directory covers, and the local headers in the rest.</summary>
internal sealed class ZipGaps(ObjectContent content)
{
    private const int SearchStep = 64 * 1024;

    // Start to end, in order and apart from each other.
    private readonly SortedList<long, long> _covered = [];
    private readonly List<(long Start, long End)> _pending = [];
    private readonly HashSet<long> _starts = [];
    private long _search;

    private static ReadOnlySpan<byte> LocalMagic => [0x50, 0x4B, 0x03, 0x04];

    /// <summary>Marks bytes as read. False when another member starts at the same byte.</summary>
    public bool Cover(long start, long end)
    {
        _pending.Add((start, end));
        return _starts.Add(start);
    }

    /// <summary>The next local header outside of all that is covered, and where the gap ends; null when there is none.</summary>
    public (long Offset, long GapEnd, ZipEntry Local)? FindLocalHeader(Action check)
    {
        Merge();
        while (_search < content.Length)
        {
            check();
            var (gapStart, gapEnd) = GapFrom(_search);
            if (gapStart >= gapEnd)
            {
                return null;
            }

            var step = (int)Math.Min(SearchStep, gapEnd - gapStart);
            var area = content.Window(gapStart, (int)Math.Min(step + LocalMagic.Length - 1L, gapEnd - gapStart));
            var at = area.IndexOf(LocalMagic);
            if (at < 0)
            {
                _search = gapStart + step;
                continue;
            }

            _search = gapStart + at + 1;
            if (ZipEntry.ReadLocal(content, gapStart + at) is { } local && IsPlausible(local, gapStart + at))
            {
                return (gapStart + at, gapEnd, local);
            }
        }

        return null;
    }

    private bool IsPlausible(ZipEntry local, long offset) =>
        local.Method <= 99 && offset + local.HeaderBytes <= content.Length && local.Name.Length > 0;

    private (long Start, long End) GapFrom(long position)
    {
        // The last covered range that starts at or before the position, by binary search over the keys.
        var keys = _covered.Keys;
        int low = 0, high = keys.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (keys[middle] <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        var start = low > 0 ? Math.Max(position, _covered.Values[low - 1]) : position;
        while (low < keys.Count && keys[low] <= start)
        {
            start = Math.Max(start, _covered.Values[low++]);
        }

        return (start, low < keys.Count ? keys[low] : content.Length);
    }

    private void Merge()
    {
        if (_pending.Count == 0)
        {
            return;
        }

        var all = _covered.Select(range => (Start: range.Key, End: range.Value)).Concat(_pending).OrderBy(range => range.Start).ToList();
        _covered.Clear();
        _pending.Clear();
        foreach (var (start, end) in all)
        {
            if (_covered.Count > 0 && start <= _covered.Values[^1])
            {
                var last = _covered.Keys[^1];
                _covered[last] = Math.Max(_covered.Values[^1], end);
            }
            else
            {
                _covered.Add(start, end);
            }
        }
    }
}
