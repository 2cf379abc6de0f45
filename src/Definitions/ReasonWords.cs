using System.Text;

namespace Definitions;

/// <summary>The stable words of reasons in logs, metrics, answers and file names: the enum member in snake case.</summary>
public static class ReasonWords
{
    /// <summary><c>MetadataExpired</c> becomes <c>metadata_expired</c>.</summary>
    public static string ToWord<T>(this T reason)
        where T : struct, Enum
    {
        var name = reason.ToString();
        var word = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && word.Length > 0)
            {
                word.Append('_');
            }

            word.Append(char.ToLowerInvariant(c));
        }

        return word.ToString();
    }
}
