using System.Globalization;
using System.Text;

namespace Definitions;

/// <summary>
/// Text that may hold pieces of outside bytes, made fit for a log line or a terminal: one line, no control or format
/// characters, no longer than a person reads.
/// </summary>
public static class PlainText
{
    /// <summary>Longest result in characters, the mark of the cut left out.</summary>
    public const int MaxLength = 2000;

    /// <summary>Control, format and line-separating characters become <c>\u</c> and four hex digits; the rest is cut.</summary>
    public static string Of(string text)
    {
        if (text.Length <= MaxLength && !text.Any(IsUnfit))
        {
            return text;
        }

        var plain = new StringBuilder();
        foreach (var c in text)
        {
            if (plain.Length >= MaxLength)
            {
                return plain.Append('…').ToString();
            }

            _ = IsUnfit(c) ? plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : plain.Append(c);
        }

        return plain.ToString();
    }

    private static bool IsUnfit(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
