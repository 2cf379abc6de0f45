using System.Globalization;
using System.Text;

namespace Engine.Decomposition;

/// <summary>Names from inside objects, made fit for logs and answers. They never become paths of files.</summary>
internal static class NodeName
{
    /// <summary>Characters of one member's name that are kept.</summary>
    public const int MaxLength = 255;

    /// <summary>Characters of the submitted object's name that are kept.</summary>
    public const int MaxRootLength = 4096;

    /// <summary>Escapes control, format and unpaired surrogate characters as <c>\uXXXX</c>, cuts, and never returns nothing.</summary>
    public static string Clean(string name, int maxLength)
    {
        if (name.Length == 0)
        {
            return "unnamed";
        }

        if (name.Length <= maxLength && !name.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return name;
        }

        var clean = new StringBuilder(Math.Min(name.Length, maxLength));
        foreach (var rune in name.EnumerateRunes())
        {
            if (clean.Length >= maxLength)
            {
                break;
            }

            if (IsHidden(rune))
            {
                clean.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
            else
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    // Control and direction characters can rewrite a terminal line; an unpaired surrogate arrives as U+FFFD.
    private static bool IsHidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned;
}
