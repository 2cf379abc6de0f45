using Definitions.Signatures;

namespace Engine.Matching;

/// <summary>Which bytes a boundary accepts (clamav-formats.md §3.6, table of boundary bytes).</summary>
internal static class BoundarySets
{
    public const byte MaxCode = 8;

    private const string WordBefore = " -./<@_";
    private const string WordAfter = "\n\r \"'-/=>_";
    private const string WordInside = "\n\r \"'-./<=>@_";

    /// <summary>1 to <see cref="MaxCode"/>; 0 stands for no boundary.</summary>
    public static byte Encode(PatternBoundary? boundary) =>
        boundary is { } b ? (byte)(1 + ((int)b.Kind * 2) + (b.Negated ? 1 : 0)) : (byte)0;

    /// <summary>At the left end: <paramref name="start"/> 0 is the start of the object, where a negated one never holds.</summary>
    public static bool AllowsBefore(byte code, ReadOnlySpan<byte> bytes, int start)
    {
        var (kind, isNegated) = Decode(code);
        if (start == 0)
        {
            return !isNegated;
        }

        var before = bytes[start - 1];
        return kind switch
        {
            BoundaryKind.Word => isNegated ? !Contains(WordInside, before) : Contains(WordBefore, before),
            BoundaryKind.NonAlphanumeric => IsAlphanumeric(before) == isNegated,
            BoundaryKind.WideNonAlphanumeric => (before == 0 && start > 1 && IsAlphanumeric(bytes[start - 2])) == isNegated,
            BoundaryKind.Line => (before == '\n') != isNegated,
        };
    }

    /// <summary>At the right end: the span's end is the end of the object.</summary>
    public static bool AllowsAfter(byte code, ReadOnlySpan<byte> bytes, int end)
    {
        var (kind, isNegated) = Decode(code);
        if (end == bytes.Length)
        {
            return !isNegated;
        }

        var after = bytes[end];
        return kind switch
        {
            BoundaryKind.Word => Contains(WordAfter, after) != isNegated,
            BoundaryKind.NonAlphanumeric => IsAlphanumeric(after) == isNegated,
            BoundaryKind.WideNonAlphanumeric =>
                (IsAlphanumeric(after) && end + 1 < bytes.Length && bytes[end + 1] == 0) == isNegated,
            BoundaryKind.Line => StartsLineEnd(bytes, end) != isNegated,
        };
    }

    /// <summary>In the middle, for the two kinds that are a set of single bytes.</summary>
    public static bool AllowsInside(PatternBoundary boundary, byte value) => boundary.Kind switch
    {
        BoundaryKind.Word => Contains(WordInside, value) != boundary.Negated,
        BoundaryKind.NonAlphanumeric => IsAlphanumeric(value) == boundary.Negated,
        BoundaryKind.WideNonAlphanumeric => throw new ArgumentException("A wide boundary is no set of single bytes.", nameof(boundary)),
        BoundaryKind.Line => throw new ArgumentException("A line boundary is no set of single bytes.", nameof(boundary)),
    };

    /// <summary>0A, or 0D followed by 0A.</summary>
    public static bool StartsLineEnd(ReadOnlySpan<byte> bytes, int at) =>
        bytes[at] == '\n' || (bytes[at] == '\r' && at + 1 < bytes.Length && bytes[at + 1] == '\n');

    private static (BoundaryKind Kind, bool IsNegated) Decode(byte code) =>
        code is >= 1 and <= MaxCode
            ? ((BoundaryKind)((code - 1) / 2), (code - 1) % 2 == 1)
            : throw Images.ImageException.Damaged("a boundary is of no kind");

    private static bool Contains(string set, byte value) => set.Contains((char)value, StringComparison.Ordinal);

    private static bool IsAlphanumeric(byte value) => char.IsAsciiLetterOrDigit((char)value);
}
