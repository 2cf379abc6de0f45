namespace Definitions.Signatures;

/// <summary>
/// A parsed hex signature (clamav-formats.md §3.6): parts in order, each with the gap allowed before it.
/// <c>{n}</c> with n below 128 is spelled as n masked-out bytes and does not split; <c>*</c> and ranges do, and behind
/// the first range every <c>{n}</c> does.
/// </summary>
public sealed class HexPattern
{
    /// <summary>At least one. The first part's gap is not used.</summary>
    public required IReadOnlyList<PatternPart> Parts { get; init; }

    /// <summary>The boundary demanded before the first part, or null; it looks at the byte before and consumes nothing.</summary>
    public PatternBoundary? Left { get; init; }

    /// <summary>The boundary demanded after the last part, or null; it looks at what follows and consumes nothing.</summary>
    public PatternBoundary? Right { get; init; }

    /// <summary>The text it was parsed from.</summary>
    public required string Source { get; init; }
}

/// <summary>
/// Items that follow each other without a splitting gap. A single item set off by a <see cref="ShortGapItem"/> at
/// either end is a side condition: where the part starts and ends (for offsets, gaps and boundaries) is decided by
/// the rest, called its core, and the set-off byte may even lie inside a neighbouring part.
/// </summary>
public sealed class PatternPart
{
    /// <summary>Bytes between the end of the previous part's core and the start of this one's.</summary>
    public required PatternGap Gap { get; init; }

    public required IReadOnlyList<PatternItem> Items { get; init; }

    /// <summary>As <see cref="HexPattern.Left"/>, before a part that is not the first; null on the first.</summary>
    public PatternBoundary? Left { get; init; }

    /// <summary>As <see cref="HexPattern.Right"/>, after a part that is not the last; null on the last.</summary>
    public PatternBoundary? Right { get; init; }
}

/// <summary>An inclusive range of bytes to skip.</summary>
/// <param name="Minimum">0 or more.</param>
/// <param name="Maximum">Null = unbounded. Lower than the minimum: never matches (§3.6, quirk of <c>{4-2}</c>).</param>
public readonly record struct PatternGap(int Minimum, int? Maximum)
{
    public static PatternGap Unbounded => new(0, null);

    public static PatternGap None => new(0, 0);
}

/// <summary>One element of a part.</summary>
public abstract class PatternItem;

/// <summary>One byte b matches when <c>(b &amp; Mask) == Value</c>; mask FF a fixed byte, F0 or 0F a nibble, 00 any byte.</summary>
public sealed class ByteItem : PatternItem
{
    public required byte Value { get; init; }

    public required byte Mask { get; init; }
}

/// <summary><c>(aa|bb|…)</c>: one of the choices; negated: as many bytes as each choice has, equal to none of them.</summary>
public sealed class AlternativesItem : PatternItem
{
    public required bool Negated { get; init; }

    /// <summary>
    /// Each a sequence of <see cref="ByteItem"/> and <see cref="AlternativesItem"/> (not negated, 15 deep at most), of
    /// different lengths, maybe empty: <c>(44|)</c>. When negated: literal bytes, as many in each.
    /// </summary>
    public required IReadOnlyList<IReadOnlyList<PatternItem>> Choices { get; init; }
}

/// <summary>
/// <c>[n-m]</c>: n to m bytes, at most 32, between a single <see cref="ByteItem"/> and the core of the part: always the
/// second item or the last but one.
/// </summary>
public sealed class ShortGapItem : PatternItem
{
    public required int Minimum { get; init; }

    public required int Maximum { get; init; }
}

/// <summary>A boundary between items of a part's core: consumes the byte, or for CR LF the two, that match it.</summary>
public sealed class BoundaryItem : PatternItem
{
    public required PatternBoundary Boundary { get; init; }
}

/// <summary>Which bytes a boundary accepts; the three sets differ by position and are tabled in §3.6.</summary>
public enum BoundaryKind
{
    /// <summary><c>(B)</c>.</summary>
    Word = 0,

    /// <summary><c>(L)</c>.</summary>
    Line = 1,

    /// <summary><c>(W)</c>.</summary>
    NonAlphanumeric = 2,

    /// <summary>
    /// <c>(W)</c> at an end of a wide pattern (§3.7): a letter or digit counts as one only with a zero byte behind it.
    /// </summary>
    WideNonAlphanumeric = 3,
}

public readonly record struct PatternBoundary(BoundaryKind Kind, bool Negated);
