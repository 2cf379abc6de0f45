using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Engine.Images;

/// <summary>
/// An expression for the names of members. It is built when a name holds its longest literal text, and may be forgotten
/// again: a set can have very many, and a built one takes half a megabyte. Thread-safe.
/// </summary>
internal sealed class MemberName(string pattern)
{
    private static readonly SearchValues<char> _repeats = SearchValues.Create("*?{");

    private readonly string _literal = LiteralOf(pattern);
    private readonly WeakReference<Regex?> _built = new(null);

    /// <summary>In time that grows with the name only.</summary>
    /// <exception cref="ImageException">It is no expression: the image is damaged.</exception>
    public bool IsMatch(string name) => name.Contains(_literal, StringComparison.Ordinal) && Expression().IsMatch(name);

    /// <summary>
    /// Text that every match holds: the longest run of ordinary characters outside groups and classes; empty where
    /// alternatives or unusual constructs make that hard to tell.
    /// </summary>
    internal static string LiteralOf(string pattern)
    {
        if (pattern.Contains('|', StringComparison.Ordinal))
        {
            return "";
        }

        var (best, run, depth) = ("", "", 0);
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '[')
            {
                var end = pattern.IndexOf(']', Math.Min(i + (pattern.AsSpan(i + 1).StartsWith("^") ? 3 : 2), pattern.Length));
                if (end < 0 || pattern.AsSpan(i + 1, end - i - 1).Contains('['))
                {
                    return "";
                }

                (i, c) = (end, '.');
            }
            else if (c == '\\')
            {
                var escaped = EscapeAt(pattern, ref i);
                run = escaped is { } ordinary ? Take(run, ordinary, depth, pattern, i) : "";
                best = run.Length > best.Length ? run : best;
                continue;
            }
            else if (c == '(' && pattern.AsSpan(i + 1).StartsWith("?:"))
            {
                i += 2;
            }

            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            run = char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ' ' or '/' ? Take(run, c, depth, pattern, i) : "";
            best = run.Length > best.Length ? run : best;
            if (c == '{')
            {
                i = Math.Max(i, pattern.IndexOf('}', i));
            }
        }

        return best;
    }

    /// <summary>
    /// The character that an escape stands for, null for anchors and classes; moves to its last character. As the
    /// translation of POSIX expressions writes them: <c>\u002e</c>, <c>\A</c>, <c>\z</c>, or a character as itself.
    /// </summary>
    private static char? EscapeAt(string pattern, ref int at)
    {
        at++;
        if (at < pattern.Length && pattern[at] == 'u' && at + 4 < pattern.Length
            && ushort.TryParse(pattern.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            at += 4;
            return (char)code;
        }

        return at < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[at]) ? pattern[at] : null;
    }

    /// <summary>The run with one character more, unless it may be missing.</summary>
    private static string Take(string run, char c, int depth, string pattern, int at) =>
        depth > 0 || (at + 1 < pattern.Length && _repeats.Contains(pattern[at + 1])) ? "" : run + c;

    private Regex Expression()
    {
        if (_built.TryGetTarget(out var built))
        {
            return built;
        }

        try
        {
            built = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw ImageException.Damaged("the name of a signature about members is no expression");
        }

        _built.SetTarget(built);
        return built;
    }
}
