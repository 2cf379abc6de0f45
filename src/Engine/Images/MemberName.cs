using System.Buffers;
using System.Globalization;

namespace Engine.Images;

/// <summary>
/// An expression for the names of members. It is read when a name holds its longest literal text, and kept while there
/// is room: a set can have very many. Thread-safe.
/// </summary>
/// <param name="room">Shared by the expressions of a set.</param>
internal sealed class MemberName(string pattern, NameRoom room)
{
    private static readonly SearchValues<char> _repeats = SearchValues.Create("*?{");

    private readonly string _literal = LiteralOf(pattern);
    private NameProgram? _kept;

    /// <summary>In time that grows with the name and the expression only.</summary>
    /// <param name="progress">Called at times; may throw to end the scan.</param>
    /// <exception cref="ImageException">It is no expression: the image is damaged.</exception>
    public bool IsMatch(string name, NameMachine machine, Action progress) =>
        name.Contains(_literal, StringComparison.Ordinal) && machine.IsMatch(Program(), name, progress);

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

    private NameProgram Program()
    {
        if (Volatile.Read(ref _kept) is { } kept)
        {
            return kept;
        }

        var program = NameProgramReader.Read(pattern);
        if (room.TryTake(program.Steps.Length) && Interlocked.CompareExchange(ref _kept, program, null) is not null)
        {
            // Another thread was first.
            room.GiveBack(program.Steps.Length);
        }

        return program;
    }
}

/// <summary>Room for the programs of a set: what does not fit is read anew whenever it is needed. Thread-safe.</summary>
internal sealed class NameRoom
{
    /// <summary>Steps that are kept: about 32 MiB of a set. Thirty thousand lines of twenty characters take half of it.</summary>
    public const int MaxSteps = 2 << 20;

    private int _taken;

    /// <summary>False when there is no room for so many steps.</summary>
    public bool TryTake(int steps)
    {
        if (Interlocked.Add(ref _taken, steps) <= MaxSteps)
        {
            return true;
        }

        GiveBack(steps);
        return false;
    }

    public void GiveBack(int steps) => Interlocked.Add(ref _taken, -steps);
}
