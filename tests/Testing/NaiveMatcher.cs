using Definitions.Signatures;

namespace Testing;

/// <summary>
/// The oracle of clamav-formats.md §3.6: does a pattern match, and where. It tries every start with sets of possible
/// ends, so that it can be checked by reading; cost grows with the square of the data, so keep that to a few KiB.
/// </summary>
public static class NaiveMatcher
{
    public static bool Matches(HexPattern pattern, SignatureOffset offset, byte[] data) =>
        FirstMatch(pattern, offset, data) is not null;

    /// <summary>The lowest start (of the first part's core) that matches, or null.</summary>
    /// <exception cref="NotSupportedException">The offset needs a parsed executable or a macro group.</exception>
    public static long? FirstMatch(HexPattern pattern, SignatureOffset offset, byte[] data)
    {
        var starts = AllMatches(pattern, offset, data);
        return starts.Count > 0 ? starts[0] : null;
    }

    /// <summary>Every start that matches, ascending.</summary>
    /// <exception cref="NotSupportedException">The offset needs a parsed executable or a macro group.</exception>
    public static IReadOnlyList<long> AllMatches(HexPattern pattern, SignatureOffset offset, byte[] data)
    {
        var (first, last) = StartWindow(offset, data.Length);
        var search = new Search(pattern, data);
        var starts = new List<long>();
        for (var start = Math.Max(0, first); start <= Math.Min(last, data.Length); start++)
        {
            if (search.RestMatches(part: 0, (int)start))
            {
                starts.Add(start);
            }
        }

        return starts;
    }

    /// <summary>First and last allowed start; empty when the place lies before the start of the data.</summary>
    private static (long First, long Last) StartWindow(SignatureOffset offset, long length)
    {
        switch (offset.Base)
        {
            case OffsetBase.Any:
                return (0, length);
            case OffsetBase.Never:
                return (0, -1);
            case OffsetBase.Start:
                return (offset.Distance, offset.Distance + offset.MaxShift);
            case OffsetBase.End:
                var start = length - offset.Distance;
                return start < 0 ? (0, -1) : (start, start + offset.MaxShift);
            default:
                throw new NotSupportedException($"An offset from {offset.Base} needs more than bytes.");
        }
    }

    /// <summary>One pattern on one piece of data, with memory of what was already tried.</summary>
    private sealed class Search(HexPattern pattern, byte[] data)
    {
        private readonly Dictionary<(int Part, int Start), bool> _known = [];

        /// <summary>True when this part matches from here and every later part after it.</summary>
        public bool RestMatches(int part, int start)
        {
            if (!_known.TryGetValue((part, start), out var matches))
            {
                matches = PartEnds(part, start).Any(end => IsLast(part) || NextMatches(part + 1, end));
                _known[(part, start)] = matches;
            }

            return matches;
        }

        private bool IsLast(int part) => part == pattern.Parts.Count - 1;

        private bool NextMatches(int part, int previousEnd)
        {
            var gap = pattern.Parts[part].Gap;
            var latest = Math.Min(data.Length, gap.Maximum is { } maximum ? (long)previousEnd + maximum : data.Length);
            for (var start = (long)previousEnd + gap.Minimum; start <= latest; start++)
            {
                if (RestMatches(part, (int)start))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Where the part's core can end when it starts here.</summary>
        private IEnumerable<int> PartEnds(int index, int start)
        {
            var part = pattern.Parts[index];
            var left = index == 0 ? pattern.Left : part.Left;
            var right = IsLast(index) ? pattern.Right : part.Right;
            var core = part.Items;
            var leads = core.Count > 2 && core[1] is ShortGapItem;
            var trails = core.Count > 2 && core[^2] is ShortGapItem;
            if (left is { } before && !BoundaryBytes.AllowsBefore(before, data, start))
            {
                return [];
            }

            if (leads && !LeadMatches(core[0], (ShortGapItem)core[1], start))
            {
                return [];
            }

            core = [.. core.Skip(leads ? 2 : 0).SkipLast(trails ? 2 : 0)];
            return Ends(core, start)
                .Where(end => right is not { } after || BoundaryBytes.AllowsAfter(after, data, end))
                .Where(end => !trails || TrailMatches(part.Items[^1], (ShortGapItem)part.Items[^2], end));
        }

        /// <summary><c>aa[n-m]core</c>: some byte n to m bytes before the core is aa.</summary>
        private bool LeadMatches(PatternItem single, ShortGapItem gap, int coreStart)
        {
            for (var distance = gap.Minimum; distance <= gap.Maximum; distance++)
            {
                var at = coreStart - distance - 1;
                if (at >= 0 && ItemEnds(single, at).Contains(at + 1))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary><c>core[n-m]aa</c>.</summary>
        private bool TrailMatches(PatternItem single, ShortGapItem gap, int coreEnd)
        {
            for (var distance = gap.Minimum; distance <= gap.Maximum; distance++)
            {
                if (ItemEnds(single, coreEnd + distance).Contains(coreEnd + distance + 1))
                {
                    return true;
                }
            }

            return false;
        }

        private HashSet<int> Ends(IEnumerable<PatternItem> items, int start)
        {
            HashSet<int> places = [start];
            foreach (var item in items)
            {
                places = [.. places.SelectMany(place => ItemEnds(item, place))];
            }

            return places;
        }

        private IEnumerable<int> ItemEnds(PatternItem item, int start)
        {
            switch (item)
            {
                case ByteItem b:
                    return start < data.Length && (data[start] & b.Mask) == b.Value ? [start + 1] : [];
                case AlternativesItem { Negated: false } a:
                    return a.Choices.SelectMany(choice => Ends(choice, start)).Distinct();
                case AlternativesItem a:
                    var end = start + a.Choices[0].Count;
                    return end <= data.Length && !a.Choices.Any(choice => Ends(choice, start).Contains(end)) ? [end] : [];
                case BoundaryItem b:
                    return BoundaryBytes.EndsInside(b.Boundary, data, start);
                default:
                    throw new NotSupportedException($"{item.GetType().Name} inside a part.");
            }
        }
    }
}
