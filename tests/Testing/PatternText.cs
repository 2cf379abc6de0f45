using System.Globalization;
using Definitions.Signatures;

namespace Testing;

/// <summary>Hex signature text for a pattern: the plainest spelling, which parses to an equal pattern.</summary>
public static class PatternText
{
    public static string Of(HexPattern pattern) => string.Concat(pattern.Parts.Select((part, index) => OfPart(
        part,
        index == 0 ? "" : OfGap(part.Gap),
        index == 0 ? pattern.Left : part.Left,
        index == pattern.Parts.Count - 1 ? pattern.Right : part.Right)));

    private static string OfPart(PatternPart part, string gap, PatternBoundary? left, PatternBoundary? right)
    {
        var items = part.Items.Select(OfItem).ToList();
        var leads = part.Items.Count > 2 && part.Items[1] is ShortGapItem ? 2 : 0;
        var trails = part.Items.Count > 2 && part.Items[^2] is ShortGapItem ? 2 : 0;
        items.Insert(items.Count - trails, OfBoundary(right));
        items.Insert(leads, OfBoundary(left));
        return gap + string.Concat(items);
    }

    private static string OfItem(PatternItem item) => item switch
    {
        ByteItem b => Nibble(b.Value >> 4, b.Mask >> 4) + Nibble(b.Value & 15, b.Mask & 15),
        AlternativesItem a => $"{(a.Negated ? "!" : "")}({string.Join('|', a.Choices.Select(c => string.Concat(c.Select(OfItem))))})",
        ShortGapItem g => $"[{g.Minimum}-{g.Maximum}]",
        BoundaryItem b => OfBoundary(b.Boundary),
        _ => throw new NotSupportedException(item.GetType().Name),
    };

    private static string Nibble(int value, int mask) => mask == 0 ? "?" : value.ToString("x", CultureInfo.InvariantCulture);

    private static string OfGap(PatternGap gap) => gap == PatternGap.Unbounded ? "*" : $"{{{gap.Minimum}-{gap.Maximum}}}";

    private static string OfBoundary(PatternBoundary? boundary) => boundary is not { } b ? "" : (b.Negated ? "!" : "") + b.Kind switch
    {
        BoundaryKind.Word => "(B)",
        BoundaryKind.Line => "(L)",
        BoundaryKind.NonAlphanumeric => "(W)",
        _ => throw new ArgumentOutOfRangeException(nameof(boundary)),
    };
}
