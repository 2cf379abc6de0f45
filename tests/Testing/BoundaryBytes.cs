using System.Text;
using Definitions.Signatures;

namespace Testing;

/// <summary>
/// The table of boundary bytes in clamav-formats.md §3.6, for <see cref="NaiveMatcher"/>. One thing the table leaves
/// open and the reference engine shows: <c>!(L)</c> inside and at the right end also refuses 0D followed by 0A.
/// </summary>
public static class BoundaryBytes
{
    private static readonly byte[] _wordBefore = Encoding.ASCII.GetBytes(" -./<@_");

    private static readonly byte[] _wordAfter = Encoding.ASCII.GetBytes("\n\r \"'-/=>_");

    private static readonly byte[] _wordInside = Encoding.ASCII.GetBytes("\n\r \"'-./<=>@_");

    /// <summary>At the left end of a part: looks at the byte before. A negated one never holds at the file's start.</summary>
    public static bool AllowsBefore(PatternBoundary boundary, byte[] data, int start)
    {
        if (start == 0)
        {
            return !boundary.Negated;
        }

        var before = data[start - 1];
        return boundary.Kind switch
        {
            BoundaryKind.Word => boundary.Negated ? !_wordInside.Contains(before) : _wordBefore.Contains(before),
            BoundaryKind.NonAlphanumeric => IsAlphanumeric(before) == boundary.Negated,
            BoundaryKind.Line => (before == '\n') != boundary.Negated,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary)),
        };
    }

    /// <summary>At the right end of a part: looks at what follows. A negated one never holds at the file's end.</summary>
    public static bool AllowsAfter(PatternBoundary boundary, byte[] data, int end)
    {
        if (end == data.Length)
        {
            return !boundary.Negated;
        }

        var after = data[end];
        return boundary.Kind switch
        {
            BoundaryKind.Word => _wordAfter.Contains(after) != boundary.Negated,
            BoundaryKind.NonAlphanumeric => IsAlphanumeric(after) == boundary.Negated,
            BoundaryKind.Line => (after == '\n' || IsCarriageReturnLineFeed(data, end)) != boundary.Negated,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary)),
        };
    }

    /// <summary>Between other items: consumes what it matches; returns where that can end.</summary>
    public static IEnumerable<int> EndsInside(PatternBoundary boundary, byte[] data, int start)
    {
        if (start >= data.Length)
        {
            return [];
        }

        if (boundary.Kind == BoundaryKind.Line && IsCarriageReturnLineFeed(data, start))
        {
            return boundary.Negated ? [] : [start + 2];
        }

        var b = data[start];
        var inside = boundary.Kind switch
        {
            BoundaryKind.Word => _wordInside.Contains(b),
            BoundaryKind.NonAlphanumeric => !IsAlphanumeric(b),
            BoundaryKind.Line => b == '\n',
            _ => throw new ArgumentOutOfRangeException(nameof(boundary)),
        };
        return inside != boundary.Negated ? [start + 1] : [];
    }

    private static bool IsCarriageReturnLineFeed(byte[] data, int at) =>
        data[at] == '\r' && at + 1 < data.Length && data[at + 1] == '\n';

    private static bool IsAlphanumeric(byte b) => char.IsAsciiLetterOrDigit((char)b);
}
