namespace Definitions.Signatures;

/// <summary>
/// The characters that stand for bytes where regular expressions are matched: 00 to 7F as ASCII, 80 to FF as U+2500 to
/// U+257F (box drawing). Those are neither letters nor digits nor white space and have no other case, so <c>\w</c>,
/// <c>\s</c>, <c>\b</c> and ignoring case mean ASCII alone, as in a byte-oriented engine; Latin-1 would not do that.
/// </summary>
public static class RegexText
{
    /// <summary>The character of byte 80.</summary>
    public const char High = '\u2500';

    public static char Of(byte value) => value < 0x80 ? (char)value : (char)(High + value - 0x80);

    /// <param name="characters">As long as <paramref name="bytes"/>.</param>
    public static void Decode(ReadOnlySpan<byte> bytes, Span<char> characters)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            characters[i] = bytes[i] < 0x80 ? (char)bytes[i] : (char)(bytes[i] + (High - 0x80));
        }
    }
}
