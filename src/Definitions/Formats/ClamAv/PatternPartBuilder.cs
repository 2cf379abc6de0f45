using System.Runtime.InteropServices;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>
/// Collects the items of one part, then tells apart its core, the bytes set off from it, and the boundaries at the
/// core's ends (see <see cref="PatternPart"/>).
/// </summary>
internal sealed class PatternPartBuilder(PatternGap gap, int start)
{
    private readonly List<PatternItem> _items = [];

    /// <summary>Position of the part's first character in the text.</summary>
    public int Start { get; } = start;

    public PatternGap Gap { get; } = gap;

    public PatternBoundary? Left { get; private set; }

    public PatternBoundary? Right { get; private set; }

    /// <summary>What stays in the part: everything but the boundaries at the core's ends.</summary>
    public IReadOnlyList<PatternItem> Items => _items;

    public void Add(PatternItem item) => _items.Add(item);

    /// <summary>Room for more items, to be filled.</summary>
    public Span<PatternItem> Take(int count)
    {
        var used = _items.Count;
        CollectionsMarshal.SetCount(_items, used + count);
        return CollectionsMarshal.AsSpan(_items)[used..];
    }

    public void AddAnyBytes(int count) => _items.AddRange(Enumerable.Repeat(HexCursor.AnyByte, count));

    /// <summary>False when a set-off byte does not stand alone at one end.</summary>
    public bool TryFinish()
    {
        var leads = LeadingItems(_items);
        var trails = TrailingItems(_items);
        for (var i = leads; i < _items.Count - trails; i++)
        {
            if (_items[i] is ShortGapItem)
            {
                return false;
            }
        }

        if (leads + trails > _items.Count)
        {
            return false;
        }

        if (_items.Count - trails > leads && _items[leads] is BoundaryItem left)
        {
            Left = left.Boundary;
            _items.RemoveAt(leads);
        }

        var last = _items.Count - trails - 1;
        if (last >= leads && _items[last] is BoundaryItem right)
        {
            Right = right.Boundary;
            _items.RemoveAt(last);
        }

        return true;
    }

    /// <summary>2 when the part starts with a set-off byte and its distance, else 0.</summary>
    public static int LeadingItems(IReadOnlyList<PatternItem> items) =>
        items.Count > 2 && items[1] is ShortGapItem && items[0] is ByteItem ? 2 : 0;

    /// <summary>2 when the part ends with a distance and a set-off byte, else 0.</summary>
    public static int TrailingItems(IReadOnlyList<PatternItem> items) =>
        items.Count > 2 && items[^2] is ShortGapItem && items[^1] is ByteItem ? 2 : 0;
}
