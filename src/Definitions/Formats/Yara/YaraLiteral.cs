using Definitions.Formats.ClamAv;

namespace Definitions.Formats.Yara;

/// <summary>
/// Finds bytes that stand in every match of a regular expression: an expression is then tried only where they occur.
/// Looks at the outermost level alone and gives up at the first thing it does not know, so what it finds is right.
/// </summary>
internal ref struct YaraLiteral
{
    /// <summary>Shorter ones occur too often to be worth a look.</summary>
    public const int MinBytes = 3;

    private const int MaxBytes = 64;

    private readonly ReadOnlySpan<byte> _text;
    private readonly List<byte> _run = [];
    private byte[] _best = [];
    private int _at;

    private YaraLiteral(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>The longest one, at most 64 bytes; null when none of 3 bytes or more is found.</summary>
    public static byte[]? Find(ReadOnlySpan<byte> expression)
    {
        var literal = new YaraLiteral(expression);
        return literal.Walk() && literal._best.Length >= MinBytes ? literal._best : null;
    }

    /// <summary>False when what was found may be wrong.</summary>
    private bool Walk()
    {
        while (_at < _text.Length)
        {
            if (!Step())
            {
                return false;
            }
        }

        EndRun();
        return true;
    }

    private bool Step()
    {
        var c = _text[_at];
        switch ((char)c)
        {
            case '|' or ')':
                return false;
            case '(':
                EndRun();
                return !_text[_at..].StartsWith("(?"u8) && SkipGroup() && SkipRepetition();
            case '[':
                EndRun();
                return SkipClass() && SkipRepetition();
            case '.':
                EndRun();
                _at++;
                return SkipRepetition();
            case '^' or '$':
                EndRun();
                _at++;
                return true;
            case '*' or '+' or '?' or '{' or '}' or ']':
                return false;
            case '\\':
                return Escape();
            default:
                _at++;
                return Take(c);
        }
    }

    private bool Escape()
    {
        if (_at + 1 >= _text.Length)
        {
            return false;
        }

        var c = (char)_text[_at + 1];
        if (c == 'x' && _at + 3 < _text.Length && HexDigits.Value(_text[_at + 2]) >= 0 && HexDigits.Value(_text[_at + 3]) >= 0)
        {
            var value = (byte)((HexDigits.Value(_text[_at + 2]) << 4) | HexDigits.Value(_text[_at + 3]));
            _at += 4;
            return Take(value);
        }

        _at += 2;
        if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c))
        {
            return Take((byte)c);
        }

        // A class or an edge; anything that reaches further is not known here.
        EndRun();
        return c switch
        {
            'd' or 'D' or 's' or 'S' or 'w' or 'W' => SkipRepetition(),
            'b' or 'B' => true,
            _ => false,
        };
    }

    /// <summary>A byte that a repetition may make optional.</summary>
    private bool Take(byte value)
    {
        var next = _at < _text.Length ? (char)_text[_at] : '\0';
        if (next is not ('*' or '?' or '+' or '{'))
        {
            _run.Add(value);
            return true;
        }

        // Once is certain with + alone; whatever follows does not stand directly beside it.
        if (next == '+')
        {
            _run.Add(value);
        }

        EndRun();
        return SkipRepetition();
    }

    private void EndRun()
    {
        if (_run.Count > _best.Length)
        {
            _best = [.. _run.Take(MaxBytes)];
        }

        _run.Clear();
    }

    /// <summary>False for a brace that may be an ordinary character.</summary>
    private bool SkipRepetition()
    {
        if (_at < _text.Length && _text[_at] == '{')
        {
            var end = _text[_at..].IndexOf((byte)'}');
            if (end < 2 || !IsCount(_text.Slice(_at + 1, end - 1)))
            {
                return false;
            }

            _at += end + 1;
        }
        else if (_at < _text.Length && _text[_at] is (byte)'*' or (byte)'+' or (byte)'?')
        {
            _at++;
        }
        else
        {
            return true;
        }

        // Lazy or possessive.
        _at += _at < _text.Length && _text[_at] is (byte)'?' or (byte)'+' ? 1 : 0;
        return true;
    }

    private static bool IsCount(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c) && c != ',')
            {
                return false;
            }
        }

        return true;
    }

    private bool SkipGroup()
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            switch ((char)_text[_at])
            {
                case '\\':
                    _at += 2;
                    break;
                case '[':
                    if (!SkipClass())
                    {
                        return false;
                    }

                    break;
                case '(' when _text[_at..].StartsWith("(?"u8):
                    return false;
                case '(':
                    depth++;
                    _at++;
                    break;
                case ')':
                    _at++;
                    if (--depth == 0)
                    {
                        return true;
                    }

                    break;
                default:
                    _at++;
                    break;
            }
        }

        return false;
    }

    private bool SkipClass()
    {
        _at++;
        _at += _at < _text.Length && _text[_at] == '^' ? 1 : 0;
        for (var isFirst = true; _at < _text.Length; isFirst = false)
        {
            if (_text[_at] == '\\')
            {
                _at += 2;
            }
            else if (_text[_at..].StartsWith("[:"u8) && _text[_at..].IndexOf(":]"u8) is > 0 and var end)
            {
                _at += end + 2;
            }
            else if (_text[_at++] == ']' && !isFirst)
            {
                return true;
            }
        }

        return false;
    }
}
