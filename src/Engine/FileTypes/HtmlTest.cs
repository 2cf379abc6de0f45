using Engine.Normalisation;

namespace Engine.FileTypes;

/// <summary>
/// HTML by its marks (clamav-formats.md §4.3). Exactly those of the reference engine, because the type decides which
/// bytes are matched: the raw bytes of an HTML document are not, the normalised copies are (§3.12).
/// </summary>
internal static class HtmlTest
{
    /// <summary>Bytes of the longest mark but for the open one of links.</summary>
    public const int MaxMarkLength = 7;

    // Each in these spellings only, measured.
    private static readonly byte[][] _marks =
    [
        .. ((string[])
        [
            "<html>", "<HTML>", "<Html>", "<head>", "<HEAD>", "<Head>", "<script", "<SCRIPT", "<Script", "<img", "<IMG",
            "<Img", "<object", "<OBJECT", "<Object", "<iframe", "<IFRAME", "<table", "<TABLE",
        ]).Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    /// <summary>Whether the head of an object is that of an HTML document, or of one in UTF-16.</summary>
    public static bool IsHtml(ReadOnlySpan<byte> head) => IsPlain(head) || ReducedOrderOf(head) is not null;

    /// <summary>Whether the head holds a mark as it stands.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> head)
    {
        var isInLink = false;
        return HasMark(head[..Math.Min(head.Length, TextTest.Bytes)], ref isInLink);
    }

    /// <summary>
    /// The byte order in which a head that holds no mark as it stands holds one in UTF-16: big-endian behind its byte
    /// order mark only, little-endian with and without one (measured). Null when it is no such document.
    /// </summary>
    public static Utf16Order? Utf16OrderOf(ReadOnlySpan<byte> head) => IsPlain(head) ? null : ReducedOrderOf(head);

    private static Utf16Order? ReducedOrderOf(ReadOnlySpan<byte> head)
    {
        var order = head.StartsWith<byte>([0xFE, 0xFF]) ? Utf16Order.BigEndian : Utf16Order.LittleEndian;
        Span<byte> reduced = stackalloc byte[(TextTest.Bytes / 2) + 1];
        var count = new Utf16Reduction(order).Reduce(head[..Math.Min(head.Length, TextTest.Bytes)], reduced);
        return IsPlain(reduced[..count]) ? order : null;
    }

    /// <summary>Whether the bytes hold a mark.</summary>
    /// <param name="isInLink">Whether an opened link was seen before, whose <c>href</c> may be far away; kept up to date.</param>
    public static bool HasMark(ReadOnlySpan<byte> bytes, ref bool isInLink)
    {
        for (var at = 0; (at = HtmlMarks.NextPlace(bytes, at, isInLink)) < bytes.Length; at++)
        {
            var rest = bytes[at..];
            if (rest[0] == '<')
            {
                if (IsMark(rest))
                {
                    return true;
                }

                isInLink |= rest.Length > 2 && (rest[1] | 0x20) == 'a' && rest[2] == ' ';
            }
            else if (isInLink && System.Text.Ascii.EqualsIgnoreCase(rest[..Math.Min(4, rest.Length)], "href"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMark(ReadOnlySpan<byte> bytes)
    {
        foreach (var mark in _marks)
        {
            if (bytes.Length > 1 && bytes[1] == mark[1] && bytes.StartsWith(mark))
            {
                return true;
            }
        }

        return false;
    }
}
