using System.Globalization;
using System.Text;

namespace Definitions.Formats.Yara;

/// <summary>
/// Cuts rules into tokens. Hex strings and regular expressions look like other things: the reader of strings asks for
/// them by name when it stands at one. Never throws; moves forward with each call.
/// </summary>
internal sealed class YaraLexer(byte[] text)
{
    private const int MaxTokenText = 256;

    private static readonly string[] _marks = ["==", "!=", "<=", ">=", "<<", ">>", ".."];

    private int _at;
    private int _line = 1;
    private int _lineStart;

    /// <summary>Lines begun so far.</summary>
    public int Line => _line;

    /// <summary>Where it stands; what was given out may be asked for again.</summary>
    public Place Position
    {
        get => new(_at, _line, _lineStart);
        set => (_at, _line, _lineStart) = value;
    }

    public YaraToken Next()
    {
        SkipBlank();
        if (_at >= text.Length)
        {
            return Token(YaraTokenKind.End, _at);
        }

        var start = _at;
        var c = (char)text[_at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            TakeWord();
            return Token(YaraTokenKind.Word, start);
        }

        if (char.IsAsciiDigit(c))
        {
            return Number(start);
        }

        switch (c)
        {
            case '$' or '#' or '@':
                _at++;
                TakeWord();
                if (c == '$' && _at < text.Length && text[_at] == '*')
                {
                    _at++;
                }

                return Token(c == '$' ? YaraTokenKind.StringId : c == '#' ? YaraTokenKind.CountId : YaraTokenKind.OffsetId, start);
            case '"':
                return Token(TakeDelimited('"') ? YaraTokenKind.Text : YaraTokenKind.Bad, start);
            default:
                return Mark(start);
        }
    }

    /// <summary>The bytes between the braces of a hex string, comments included; null when it has no end.</summary>
    /// <param name="brace">The token <c>{</c> that was just read.</param>
    public ReadOnlyMemory<byte>? HexBody(YaraToken brace)
    {
        var start = brace.Start + 1;
        var end = Array.IndexOf(text, (byte)'}', start);
        if (end < 0)
        {
            return null;
        }

        MoveTo(end + 1);
        return text.AsMemory(start, end - start);
    }

    /// <summary>The expression between slashes, and the letters behind it; null when it has no end on its line.</summary>
    /// <param name="slash">The token <c>/</c> that was just read.</param>
    public (ReadOnlyMemory<byte> Expression, string Modes)? RegexBody(YaraToken slash)
    {
        _at = slash.Start;
        if (!TakeDelimited('/'))
        {
            return null;
        }

        var expression = text.AsMemory(slash.Start + 1, _at - slash.Start - 2);
        var modes = _at;
        while (_at < text.Length && char.IsAsciiLetter((char)text[_at]))
        {
            _at++;
        }

        return (expression, Encoding.Latin1.GetString(text.AsSpan(modes, Math.Min(_at - modes, 16))));
    }

    /// <summary>Whole text of a token, quotes included.</summary>
    public ReadOnlySpan<byte> BytesOf(YaraToken token) => text.AsSpan(token.Start, Math.Max(0, EndOf(token) - token.Start));

    private int EndOf(YaraToken token)
    {
        if (token.Kind != YaraTokenKind.Text)
        {
            return token.Start + token.Text.Length;
        }

        var end = token.Start + 1;
        while (text[end] != '"')
        {
            end += text[end] == '\\' ? 2 : 1;
        }

        return end + 1;
    }

    private void TakeWord()
    {
        while (_at < text.Length && (char.IsAsciiLetterOrDigit((char)text[_at]) || text[_at] == '_'))
        {
            _at++;
        }
    }

    /// <summary>Up to the same character again, on this line; a backslash guards what follows it.</summary>
    private bool TakeDelimited(char delimiter)
    {
        _at++;
        while (_at < text.Length && text[_at] != '\n')
        {
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n')
            {
                _at++;
            }
            else if (text[_at] == delimiter)
            {
                _at++;
                return true;
            }

            _at++;
        }

        return false;
    }

    private YaraToken Mark(int start)
    {
        var two = _at + 1 < text.Length ? string.Concat((char)text[_at], (char)text[_at + 1]) : "";
        _at += _marks.Contains(two, StringComparer.Ordinal) ? 2 : 1;
        return Token(text[start] is > (byte)' ' and < 0x7F ? YaraTokenKind.Mark : YaraTokenKind.Bad, start);
    }

    private YaraToken Number(int start)
    {
        var isHex = text.AsSpan(_at).StartsWith("0x"u8);
        _at += isHex ? 2 : 0;
        var digits = _at;
        while (_at < text.Length && (isHex ? char.IsAsciiHexDigit((char)text[_at]) : char.IsAsciiDigit((char)text[_at])))
        {
            _at++;
        }

        var isNumber = long.TryParse(
            text.AsSpan(digits, _at - digits), isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture, out var value) && value >= 0;
        var unit = text.AsSpan(_at).StartsWith("KB"u8) ? 1L << 10 : text.AsSpan(_at).StartsWith("MB"u8) ? 1L << 20 : 1;
        _at += unit == 1 ? 0 : 2;
        isNumber = isNumber && value <= long.MaxValue / unit;
        return Token(isNumber ? YaraTokenKind.Number : YaraTokenKind.Bad, start) with { Number = isNumber ? value * unit : 0 };
    }

    private void SkipBlank()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '\n')
            {
                MoveTo(_at + 1);
            }
            else if (text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or 0x0B or 0x0C)
            {
                _at++;
            }
            else if (text.AsSpan(_at).StartsWith("//"u8))
            {
                var end = text.AsSpan(_at).IndexOf((byte)'\n');
                _at = end < 0 ? text.Length : _at + end;
            }
            else if (text.AsSpan(_at).StartsWith("/*"u8))
            {
                var end = text.AsSpan(_at).IndexOf("*/"u8);
                MoveTo(end < 0 ? text.Length : _at + end + 2);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Counts the lines on the way.</summary>
    private void MoveTo(int end)
    {
        for (int next; (next = text.AsSpan(_at, end - _at).IndexOf((byte)'\n')) >= 0;)
        {
            _at += next + 1;
            _line++;
            _lineStart = _at;
        }

        _at = end;
    }

    private YaraToken Token(YaraTokenKind kind, int start) => new(
        kind, start, _line, start - _lineStart + 1,
        Encoding.Latin1.GetString(text.AsSpan(start, Math.Min(_at - start, MaxTokenText))), 0);

    internal readonly record struct Place(int At, int Line, int LineStart);
}
