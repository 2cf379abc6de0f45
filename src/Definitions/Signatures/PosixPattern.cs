using System.Text;
using System.Text.RegularExpressions;

namespace Definitions.Signatures;

/// <summary>
/// POSIX extended regular expressions, the dialect of phishing rules (clamav-formats.md §3.9), as those of the
/// framework: matched without backtracking, so in time linear in the text.
/// </summary>
public static class PosixPattern
{
    private const RegexOptions Options =
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline;

    private static readonly (string Name, string Range)[] _classes =
    [
        ("alpha", "a-zA-Z"), ("digit", "0-9"), ("alnum", "a-zA-Z0-9"), ("upper", "A-Z"), ("lower", "a-z"), ("space", @"\t-\r "),
        ("blank", @"\t "), ("punct", @"!-/:-@\[-`{-~"), ("xdigit", "0-9A-Fa-f"), ("print", " -~"), ("graph", "!-~"), ("cntrl", @"\x00-\x1F\x7F"),
    ];

    /// <summary>Why the expression cannot be used; null when it can.</summary>
    public static PosixFault? Check(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (Translate(pattern) is not { } translated)
        {
            return new PosixFault(IsMalformed: true, "The parentheses or brackets of the expression are not balanced.");
        }

        try
        {
            _ = new Regex(translated, Options);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new PosixFault(IsMalformed: false, "The expression is not understood, or too large, and left out.");
        }
    }

    /// <summary>An expression that <see cref="Check"/> passed, with a slash behind it and the text's end behind that.</summary>
    public static Regex ToSuffix(string pattern) => new($"(?:{Translate(pattern)})/\\z", Options);

    private static string? Translate(string pattern)
    {
        var output = new StringBuilder(pattern.Length + 8);
        var depth = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length:
                    output.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                case '[':
                    i = AppendBracket(pattern, i, output);
                    if (i < 0)
                    {
                        return null;
                    }

                    break;
                case '(':
                    depth++;
                    output.Append("(?:");
                    break;
                case ')':
                    if (--depth < 0)
                    {
                        return null;
                    }

                    output.Append(')');
                    break;
                case '{' when i + 1 < pattern.Length && char.IsAsciiDigit(pattern[i + 1]):
                    output.Append('{');
                    break;
                case '{' or '\\' or '#' or ' ':
                    output.Append('\\').Append(pattern[i]);
                    break;
                case '$':
                    output.Append("\\z");
                    break;
                default:
                    output.Append(pattern[i]);
                    break;
            }
        }

        return depth == 0 ? output.ToString() : null;
    }

    /// <summary>Returns the index of the closing bracket; -1 = there is none.</summary>
    private static int AppendBracket(string pattern, int at, StringBuilder output)
    {
        output.Append('[');
        at++;
        if (at < pattern.Length && pattern[at] == '^')
        {
            output.Append('^');
            at++;
        }

        for (var first = at; at < pattern.Length; at++)
        {
            if (pattern[at] == ']' && at > first)
            {
                output.Append(']');
                return at;
            }

            if (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] == ':')
            {
                var end = pattern.IndexOf(":]", at + 2, StringComparison.Ordinal);
                var known = end < 0 ? default : Array.Find(_classes, c => c.Name == pattern[(at + 2)..end]);
                if (known.Range is null)
                {
                    return -1;
                }

                output.Append(known.Range);
                at = end + 1;
            }
            else
            {
                output.Append(pattern[at] is '[' or ']' or '\\' ? "\\" : "").Append(pattern[at]);
            }
        }

        return -1;
    }
}

/// <summary>Why an expression cannot be used.</summary>
/// <param name="IsMalformed">True: the reference engine refuses it too.</param>
public sealed record PosixFault(bool IsMalformed, string Message);
