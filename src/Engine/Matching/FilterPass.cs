using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// One way to run over the bytes: every how many bytes a gram is taken and how long it is. Numbers are part of the
/// image format.
/// </summary>
internal enum FilterPass
{
    /// <summary>7-byte grams every 2 bytes, for windows of 8.</summary>
    Long,

    /// <summary>4-byte grams every 2 bytes, for windows of 5, and of 4 with any byte behind.</summary>
    Medium,

    /// <summary>3-byte grams at every byte, for windows of 3 and 4, and of 2 with any byte behind.</summary>
    Short,
}

/// <summary>Which window stands where when a gram of a pass is found: one bit of an alignment byte.</summary>
/// <param name="Offset">Bytes from the window's start to the gram.</param>
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
    public const int Count = 3;

    /// <summary>Farthest that a window reaches beyond its first byte.</summary>
    public const int MaxReach = (int)GramClass.Eight - 1;

    /// <summary>All passes, in the order in which they run.</summary>
    public static ReadOnlySpan<FilterPass> All => [FilterPass.Long, FilterPass.Medium, FilterPass.Short];

    /// <summary>Every class of window.</summary>
    public static ReadOnlySpan<GramClass> Classes =>
        [GramClass.Eight, GramClass.Five, GramClass.Four, GramClass.Three, GramClass.Two];

    // Ascending starts: the place that lies farthest before the gram comes first.
    private static readonly WindowPlace[] _long = [new(GramClass.Eight, 1), new(GramClass.Eight, 0)];

    private static readonly WindowPlace[] _medium =
    [
        new(GramClass.Five, 1), new(GramClass.Five, 0), new(GramClass.Four, 1), new(GramClass.Four, 0),
    ];

    private static readonly WindowPlace[] _short =
    [
        new(GramClass.Four, 0), new(GramClass.Three, 0), new(GramClass.Two, 0),
    ];

    private static readonly PlaceSet[][] _sets = [PlaceSet.Of(_long), PlaceSet.Of(_medium), PlaceSet.Of(_short)];

    public static int Stride(FilterPass pass) => pass switch
    {
        FilterPass.Long or FilterPass.Medium => 2,
        FilterPass.Short => 1,
    };

    /// <summary>Bytes hashed.</summary>
    public static int GramLength(FilterPass pass) => pass switch
    {
        FilterPass.Long => 7,
        FilterPass.Medium => 4,
        FilterPass.Short => 3,
    };

    /// <summary>
    /// Bytes that must be there at a gram's place; those that may lack at the end belong to no window and read as 0.
    /// </summary>
    public static int LeastLength(FilterPass pass) => pass switch
    {
        FilterPass.Long => 7,
        FilterPass.Medium => 3,
        FilterPass.Short => 2,
    };

    /// <summary>
    /// The places that no window has where all bytes around are one value: such windows are no anchors of the class of 8
    /// (<see cref="GramHash.IsFlat"/>).
    /// </summary>
    public static uint PlacesInFlat(FilterPass pass) => pass switch
    {
        FilterPass.Long => 0x03,
        FilterPass.Medium or FilterPass.Short => 0,
    };

    /// <summary>The places of each class of window that the pass serves.</summary>
    public static ReadOnlySpan<PlaceSet> Sets(FilterPass pass) => _sets[(int)pass];

    /// <summary>The meaning of each bit of an alignment byte, from bit 0 on.</summary>
    public static ReadOnlySpan<WindowPlace> Places(FilterPass pass) => pass switch
    {
        FilterPass.Long => _long,
        FilterPass.Medium => _medium,
        FilterPass.Short => _short,
    };
}
