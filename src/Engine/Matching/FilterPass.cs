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

    /// <summary>4-byte grams every 2 bytes, for windows of 5, and of 4 with any byte behind.</summary>
    Stride2,

    /// <summary>3-byte grams at every byte, for windows of 3 and 4, and of 2 with any byte behind.</summary>
    Stride1,
}

/// <summary>Which window stands where when a gram of a pass is found: one bit of an alignment byte.</summary>
/// <param name="Offset">Bytes from the window's start to the gram.</param>
internal readonly record struct WindowPlace(GramClass Class, int Offset);

/// <summary>What a pass looks for.</summary>
internal static class FilterPasses
{
    public const int Count = 3;

    /// <summary>Farthest that a window reaches beyond its first byte.</summary>
    public const int MaxReach = (int)GramClass.Fifteen - 1;

    /// <summary>All passes, in the order in which they run.</summary>
    public static ReadOnlySpan<FilterPass> All => [FilterPass.Stride8, FilterPass.Stride2, FilterPass.Stride1];

    /// <summary>Every class of window.</summary>
    public static ReadOnlySpan<GramClass> Classes =>
        [GramClass.Fifteen, GramClass.Five, GramClass.Four, GramClass.Three, GramClass.Two];

    // Ascending starts: the place that lies farthest before the gram comes first.
    private static readonly WindowPlace[] _stride8 =
        [.. Enumerable.Range(0, 8).Select(bit => new WindowPlace(GramClass.Fifteen, 7 - bit))];

    private static readonly WindowPlace[] _stride2 =
    [
        new(GramClass.Five, 1), new(GramClass.Four, 1), new(GramClass.Five, 0), new(GramClass.Four, 0),
    ];

    private static readonly WindowPlace[] _stride1 =
    [
        new(GramClass.Four, 0), new(GramClass.Three, 0), new(GramClass.Two, 0),
    ];

    public static int Stride(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride2 => 2,
        FilterPass.Stride1 => 1,
    };

    /// <summary>Bytes hashed.</summary>
    public static int GramLength(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride2 => 4,
        FilterPass.Stride1 => 3,
    };

    /// <summary>
    /// Bytes that must be there at a gram's place; those that may lack at the end belong to no window and read as 0.
    /// </summary>
    public static int LeastLength(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => 8,
        FilterPass.Stride2 => 3,
        FilterPass.Stride1 => 2,
    };

    /// <summary>The meaning of each bit of an alignment byte, from bit 0 on.</summary>
    public static ReadOnlySpan<WindowPlace> Places(FilterPass pass) => pass switch
    {
        FilterPass.Stride8 => _stride8,
        FilterPass.Stride2 => _stride2,
        FilterPass.Stride1 => _stride1,
    };
}
