using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv;

/// <summary>What became of an expression.</summary>
/// <param name="Pattern">In .NET's form, for <c>RegexOptions.NonBacktracking | Singleline | CultureInvariant</c>; null when refused.</param>
/// <param name="Fault">Why it was refused; else null.</param>
internal readonly record struct RegexTranslation(string? Pattern, string? Fault);

/// <summary>
/// POSIX extended regular expressions (IEEE 1003.1, chapter 9.4) as the reference engine reads them: a backslash makes
/// any character ordinary, <c>{</c> repeats only before a digit, no repetition of a repetition or of <c>^</c>, no empty
/// alternative. Bounded: 255 repetitions, 32 groups deep, 10000 characters to match when all repetitions are written out.
/// </summary>
internal ref struct PosixRegex
{
    private const int MaxDepth = 32;
    private const int MaxRepeat = 255;
    private const int MaxExpanded = 10_000;

    private readonly string _text;
    private readonly StringBuilder _out = new();
    private int _at;
    private string? _fault;

    private PosixRegex(string text) => _text = text;

    private readonly bool IsMore => _fault is null && _at < _text.Length;

    private readonly char Current => _text[_at];

    public static RegexTranslation Translate(string text)
    {
        var regex = new PosixRegex(text);
        regex.Alternatives(depth: 0);
        if (regex._fault is null && regex._at < text.Length)
        {
            regex.Fail("a ')' without its '('");
        }

        return regex._fault is null ? new RegexTranslation(regex._out.ToString(), null) : new RegexTranslation(null, regex._fault + ".");
    }

    private int Fail(string fault)
    {
        _fault ??= string.Create(CultureInfo.InvariantCulture, $"{fault} at character {_at + 1}");
        return 0;
    }

    /// <returns>Characters when all repetitions are written out.</returns>
    private int Alternatives(int depth)
    {
        if (depth > MaxDepth)
        {
            return Fail($"more than {MaxDepth} groups inside each other");
        }

        var size = 0;
        while (true)
        {
            var pieces = 0;
            while (IsMore && Current is not ('|' or ')'))
            {
                size += Piece(depth);
                pieces++;
                if (size > MaxExpanded)
                {
                    return Fail("repetitions of repetitions beyond all measure");
                }
            }

            if (pieces == 0)
            {
                return Fail("an empty alternative");
            }

            if (!IsMore || Current != '|')
            {
                return size;
            }

            _at++;
            _out.Append('|');
        }
    }

    private int Piece(int depth)
    {
        var start = _out.Length;
        var isCaret = Current == '^';
        var size = Atom(depth);
        if (!IsRepetition())
        {
            return size;
        }

        if (isCaret)
        {
            return Fail("a repetition of ^");
        }

        _out.Insert(start, "(?:").Append(')');
        size *= Repetition();
        return IsRepetition() ? Fail("a repetition of a repetition") : size;
    }

    private readonly bool IsRepetition() =>
        IsMore && (Current is '*' or '+' or '?'
            || (Current == '{' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1])));

    private int Atom(int depth)
    {
        var c = _text[_at++];
        switch (c)
        {
            case '(':
                return Group(depth);
            case '[':
                return Bracket();
            case '*' or '+' or '?':
                _at--;
                return Fail("a repetition of nothing");
            case '{' when _at < _text.Length && char.IsAsciiDigit(_text[_at]):
                return Fail("a repetition of nothing");
            case '^':
                _out.Append("\\A");
                return 1;
            case '$':
                _out.Append("\\z");
                return 1;
            case '.':
                _out.Append('.');
                return 1;
            case '\\' when _at == _text.Length:
                return Fail("a backslash at the end");
            default:
                AppendLiteral(c == '\\' ? _text[_at++] : c);
                return 1;
        }
    }

    private int Group(int depth)
    {
        _out.Append("(?:");
        var size = IsMore && Current == ')' ? 1 : Alternatives(depth + 1);
        if (!IsMore || Current != ')')
        {
            return Fail("a '(' without its ')'");
        }

        _at++;
        _out.Append(')');
        return size;
    }

    /// <returns>How often, for the size.</returns>
    private int Repetition()
    {
        var c = _text[_at++];
        if (c != '{')
        {
            _out.Append(c);
            return 1;
        }

        var minimum = Number();
        int? maximum = minimum;
        if (IsMore && Current == ',')
        {
            _at++;
            maximum = IsMore && char.IsAsciiDigit(Current) ? Number() : null;
        }

        if (!IsMore || Current != '}')
        {
            return Fail("a '{' without its '}'");
        }

        _at++;
        if (maximum < minimum)
        {
            return Fail("a repetition that ends before it starts");
        }

        _out.Append(CultureInfo.InvariantCulture, $"{{{minimum}");
        _out.Append(maximum is null ? "," : string.Create(CultureInfo.InvariantCulture, $",{maximum}")).Append('}');
        return Math.Max(1, maximum ?? minimum);
    }

    private int Number()
    {
        var value = 0;
        while (IsMore && char.IsAsciiDigit(Current) && value <= MaxRepeat)
        {
            value = (value * 10) + (_text[_at++] - '0');
        }

        return value > MaxRepeat ? Fail($"more than {MaxRepeat} repetitions") : value;
    }

    private int Bracket()
    {
        var set = new StringBuilder("[");
        if (IsMore && Current == '^')
        {
            _at++;
            set.Append('^');
        }

        var isFirst = true;
        while (IsMore && (isFirst || Current != ']'))
        {
            Range(set, isFirst);
            isFirst = false;
        }

        if (!IsMore)
        {
            return Fail("a '[' without its ']'");
        }

        _at++;
        _out.Append(set).Append(']');
        return 1;
    }

    private void Range(StringBuilder set, bool isFirst)
    {
        if (Current == '[' && _at + 1 < _text.Length && _text[_at + 1] is ':' or '=' or '.')
        {
            CharacterClass(set);
            return;
        }

        var first = _text[_at++];
        var isRange = _at + 1 < _text.Length && Current == '-' && _text[_at + 1] != ']';
        if (!isRange)
        {
            if (first == '-' && !isFirst && IsMore && Current != ']')
            {
                Fail("a '-' that is neither first nor last");
            }

            AppendRange(set, first, first);
            return;
        }

        _at++;
        var last = _text[_at++];
        if (last < first || (last == '[' && IsMore && Current is ':' or '=' or '.'))
        {
            Fail("a range that ends before it starts");
        }

        AppendRange(set, first, last);
    }

    private void CharacterClass(StringBuilder set)
    {
        var end = _text.IndexOf(":]", _at, StringComparison.Ordinal);
        var name = _text[_at + 1] == ':' && end > _at + 1 ? _text[(_at + 2)..end] : "";
        var members = name switch
        {
            "alpha" => "A-Za-z",
            "digit" => "0-9",
            "alnum" => "A-Za-z0-9",
            "upper" => "A-Z",
            "lower" => "a-z",
            "space" => "\\u0009-\\u000d\\u0020",
            "blank" => "\\u0009\\u0020",
            "punct" => "\\u0021-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007e",
            "print" => "\\u0020-\\u007e",
            "graph" => "\\u0021-\\u007e",
            "cntrl" => "\\u0000-\\u001f\\u007f",
            "xdigit" => "0-9A-Fa-f",
            _ => null,
        };
        if (members is null)
        {
            Fail("a class of characters that is not known");
            return;
        }

        set.Append(members);
        _at = end + 2;
    }

    private static void AppendRange(StringBuilder set, char first, char last) =>
        set.Append(CultureInfo.InvariantCulture, $"\\u{(int)first:x4}-\\u{(int)last:x4}");

    private readonly void AppendLiteral(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            _out.Append(c);
        }
        else
        {
            _out.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
    }
}
