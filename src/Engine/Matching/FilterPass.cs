using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// One way to run over the bytes: every how many bytes a gram is taken and how long it is. Numbers are part of the
/// image format.
/// </summary>
internal enum FilterPass
{
    /// <summary>8-byte grams every 8 bytes, for windows of 15.</summary>
    Stride8,

    /// <summary>4-byte grams every 4 bytes, for windows of 7, and of 5 with any byte in front or behind.</summary>
    Stride4,

    /// <summary>4-byte grams every 2 bytes, for windows of 5, and of 4 with any byte behind.</summary>
    Stride2,

    /// <summary>3-byte grams at every byte, for windows of 3 and 4, and of 2 with any byte behind.</summary>
    Stride1,
}

/// <summary>Which window stands where when a gram of a pass is found: one bit of an alignment byte.</summary>
/// <param name="Offset">Bytes from the window's start to the gram; -1 = it starts in front.</param>
internal readonly record struct WindowPlace(GramClass Class, int Offset);

/// <summary>The places of one class of window: neighbouring bits, offsets falling by one.</summary>
/// <param name="Mask">The bits.</param>
/// <param name="TopOffset">Offset of the lowest of them, plus its number.</param>
internal readonly record struct PlaceSet(GramClass Class, uint Mask, int TopOffset)
{
    public int OffsetOf(int bit) => TopOffset - bit;

    public static PlaceSet[] Of(WindowPlace[] places) =>
    [
        .. places.Select((place, bit) => (place, bit)).GroupBy(p => p.place.Class).Select(set => new PlaceSet(
            set.Key, set.Aggregate(0u, (mask, p) => mask | (1u << p.bit)), set.First().place.Offset + set.First().bit)),
    ];
}

/// <summary>What a pass looks for.</summary>
internal static class FilterPasses
{
    public const int Count = 4;

    /// <summary>Farthest that a window reaches beyond its first byte.</summary>
    public const int MaxReach = (int)GramClass.Fifteen - 1;

    /// <summary>All passes, in the order in which they run.</summary>
    public static ReadOnlySpan<FilterPass> All => [FilterPass.Stride8, FilterPass.Stride4, FilterPass.Stride2, FilterPass.Stride1];

    /// <summary>Every class of window.</summary>
    public static ReadOnlySpan<GramClass> Classes =>
        [GramClass.Fifteen, GramClass.Seven, GramClass.Five, GramClass.Four, GramClass.Three, GramClass.Two];

    // Ascending starts: the place that lies farthest before the gram comes first.
    private static readonly WindowPlace[] _stride8 =
        [.. Enumerable.Range(0, 8).Select(bit => new WindowPlace(GramClass.Fifteen, 7 - bit))];

    private static readonly WindowPlace[] _stride4 =
    [
        new(GramClass.Seven, 3), new(GramClass.Seven, 2), new(GramClass.Seven, 1), new(GramClass.Seven, 0),
        new(GramClass.Five, 2), new(GramClass.Five, 1), new(GramClass.Five, 0), new(GramClass.Five, -1),
    ];

    private static readonly WindowPlace[] _stride2 =
    [
        new(GramClass.Five, 1), new(GramClass.Five, 0), new(GramClass.Four, 1), new(GramClass.Four, 0),
    ];

    private static readonly WindowPlace[] _stride1 =
    [
        new(GramClass.Four, 0), new(GramClass.Three, 0), new(GramClass.Two, 0),
    ];

    private static readonly PlaceSet[][] _sets =
        [PlaceSet.Of(_stride8), PlaceSet.Of(_stride4), PlaceSet.Of(_stride2), PlaceSet.Of(_stride1)];

    public static int Stride(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride4 => 4,
        FilterPass.Stride2 => 2,
        FilterPass.Stride1 => 1,
    };

    /// <summary>Bytes hashed.</summary>
    public static int GramLength(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride4 or FilterPass.Stride2 => 4,
        FilterPass.Stride1 => 3,
    };

    /// <summary>
    /// Bytes that must be there at a gram's place; those that may lack at the end belong to no window and read as 0.
    /// </summary>
    public static int LeastLength(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride4 or FilterPass.Stride2 => 3,
        FilterPass.Stride1 => 2,
    };

    /// <summary>Bytes that a gram may stand in front of its window.</summary>
    public static int Lead(FilterPass pass) => pass == FilterPass.Stride4 ? 1 : 0;

    /// <summary>
    /// The places that no window has where all bytes around are one value: such windows are no anchors of the classes of
    /// 7 and 15 (<see cref="GramHash.IsFlat"/>).
    /// </summary>
    public static uint PlacesInFlat(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 0xFF,
        FilterPass.Stride4 => 0x0F,
        FilterPass.Stride2 or FilterPass.Stride1 => 0,
    };

    /// <summary>The places of each class of window that the pass serves.</summary>
    public static ReadOnlySpan<PlaceSet> Sets(FilterPass pass) => _sets[(int)pass];

    /// <summary>The meaning of each bit of an alignment byte, from bit 0 on.</summary>
    public static ReadOnlySpan<WindowPlace> Places(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => _stride8,
        FilterPass.Stride4 => _stride4,
        FilterPass.Stride2 => _stride2,
        FilterPass.Stride1 => _stride1,
    };
}
