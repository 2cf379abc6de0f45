namespace Engine.FileTypes;

/// <summary>HTML by its tags in the first kilobyte, in any spelling, also when every other byte is zero (UTF-16).</summary>
internal static class HtmlTest
{
    private static readonly string[] Tags =
    [
        "<html", "<head>", "<body", "<script", "<iframe", "<img", "<object", "<table", "<a href", "<!doctype html",
    ];

    public static bool IsHtml(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, TextTest.Bytes)];
        if (!head.Contains((byte)'<'))
        {
            return false;
        }

        Span<char> text = stackalloc char[TextTest.Bytes];
        var length = 0;
        foreach (var b in head)
        {
            if (b != 0)
            {
                text[length++] = (char)b;
            }
        }

        ReadOnlySpan<char> reduced = text[..length];
        foreach (var tag in Tags)
        {
            if (reduced.Contains(tag, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
