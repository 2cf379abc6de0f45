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

    /// <summary>The member that a word stands for; false for words of another version of this program.</summary>
    public static bool TryParse<T>(string word, out T reason)
        where T : struct, Enum
    {
        foreach (var member in Enum.GetValues<T>())
        {
            if (member.ToWord() == word)
            {
                reason = member;
                return true;
            }
        }

        reason = default;
        return false;
    }
}
