using System.Globalization;
using System.Text;

namespace Definitions.Formats.ClamAv;

/// <content>Parentheses: groups, look-around, options, comments.</content>
internal sealed partial class PcreTranslator
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _groupCount;
    private int _opened;

    /// <summary>Counts the capturing groups of the whole text: <c>\11</c> is a reference only if there are so many.</summary>
    private void CountGroups()
    {
        var isInClass = false;
        for (var i = 0; i < _text.Length; i++)
        {
            var rest = _text.AsSpan(i);
            if (rest.StartsWith("\\Q"u8))
            {
                var end = rest.IndexOf("\\E"u8);
                i = end < 0 ? _text.Length : i + end + 1;
            }
            else if (rest[0] == '\\')
            {
                i++;
            }
            else if (isInClass)
            {
                isInClass = rest[0] != ']';
            }
            else if (rest[0] == '[')
            {
                isInClass = true;
                i += rest.StartsWith("[^]"u8) ? 2 : rest.StartsWith("[]"u8) ? 1 : 0;
            }
            else if (rest[0] == '(' && IsCapturing(rest))
            {
                _groupCount++;
            }
        }
    }

    private static bool IsCapturing(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("(?"u8))
        {
            return !text.StartsWith("(*"u8);
        }

        var inside = text[2..];
        return inside.StartsWith("P<"u8) || inside.StartsWith("'"u8)
            || (inside.StartsWith("<"u8) && !inside.StartsWith("<="u8) && !inside.StartsWith("<!"u8));
    }

    private void ReadGroupStart()
    {
        if (Rest.StartsWith("(*"u8) && Rest.Length > 2 && (char.IsAsciiLetterUpper((char)Rest[2]) || Rest[2] == ':'))
        {
            throw Unsupported("a verb (*…)");
        }

        if (!Rest.StartsWith("(?"u8))
        {
            _position++;
            OpenCapture();
            return;
        }

        if (Rest.StartsWith("(?#"u8))
        {
            var end = Rest.IndexOf((byte)')');
            _position = end < 0 ? throw Invalid("a comment is not closed") : _position + end + 1;
            return;
        }

        if (TryOpen("(?:"u8, backtracks: false) || TryOpen("(?>"u8, backtracks: true) || TryOpen("(?="u8, backtracks: true)
            || TryOpen("(?!"u8, backtracks: true) || TryOpen("(?<="u8, backtracks: true) || TryOpen("(?<!"u8, backtracks: true))
        {
            return;
        }

        _position += 2;
        if (IsAtEnd)
        {
            throw Invalid("a group is not complete");
        }

        if (Rest.StartsWith("P="u8))
        {
            _position += 2;
            ReferTo(ReadName((byte)')'));
        }
        else if (Rest.StartsWith("P<"u8) || Current is (byte)'<' or (byte)'\'')
        {
            _position += Current == 'P' ? 2 : 1;
            var close = _text[_position - 1] == '<' ? (byte)'>' : (byte)'\'';
            _names.TryAdd(ReadName(close), _opened + 1);
            OpenCapture();
        }
        else if (Current is (byte)'|' or (byte)'(' or (byte)'R' or (byte)'&' or (byte)'+' or (byte)'P' or (byte)'C'
            || char.IsAsciiDigit((char)Current) || (Current == '-' && Rest.Length > 1 && char.IsAsciiDigit((char)Rest[1])))
        {
            throw Unsupported("recursion, a condition, a call or a branch reset");
        }
        else
        {
            ReadOptions();
        }
    }

    private bool TryOpen(ReadOnlySpan<byte> start, bool backtracks)
    {
        if (!Rest.StartsWith(start))
        {
            return false;
        }

        _position += start.Length;
        Open(Encoding.ASCII.GetString(start));
        _needsBacktracking |= backtracks;
        return true;
    }

    private void OpenCapture()
    {
        _opened++;
        Open(_keepsGroups ? string.Create(CultureInfo.InvariantCulture, $"(?<{_opened}>") : "(?:");
    }

    private void Open(string text)
    {
        if (_groups.Count >= MaxNesting)
        {
            throw Invalid("parentheses are nested too deep");
        }

        _groups.Push(new Group(_output.Length, _options));
        _output.Append(text);
        _item = -1;
    }

    private void ReadGroupEnd()
    {
        if (!_groups.TryPop(out var group))
        {
            throw Invalid("there is a closing parenthesis too many");
        }

        _position++;
        _output.Append(')');
        (_item, _isRepeated, _options) = (group.Start, false, group.Options);
    }

    /// <summary><c>(?imsxU-imsxU)</c>, for the rest of the group, or with a colon for a group of its own.</summary>
    private void ReadOptions()
    {
        var on = new StringBuilder();
        var off = new StringBuilder();
        var options = _options;
        var isOn = true;
        for (; ; _position++)
        {
            if (IsAtEnd)
            {
                throw Invalid("a group is not complete");
            }

            if (Current is (byte)')' or (byte)':')
            {
                break;
            }

            switch (Current)
            {
                case (byte)'-' when isOn:
                    isOn = false;
                    break;
                case (byte)'i' or (byte)'m' or (byte)'s':
                    (isOn ? on : off).Append((char)Current);
                    Set(ref options, Current switch { (byte)'i' => PcreOptions.IgnoreCase, (byte)'m' => PcreOptions.Multiline, _ => PcreOptions.None }, isOn);
                    break;
                case (byte)'x':
                    Set(ref options, PcreOptions.Extended, isOn);
                    break;
                case (byte)'U':
                    Set(ref options, PcreOptions.Ungreedy, isOn);
                    break;
                case (byte)'J' or (byte)'n' or (byte)'^':
                    throw Unsupported("an option in parentheses");
                default:
                    throw Invalid("a group begins with an unknown character");
            }
        }

        var isGroup = Current == ':';
        _position++;
        var text = (on.Length > 0 ? on.ToString() : "") + (off.Length > 0 ? "-" + off : "");
        if (isGroup)
        {
            Open($"(?{text}:");
        }
        else
        {
            AppendAssertion(text.Length > 0 ? $"(?{text})" : "");
        }

        _options = options;
    }

    private static void Set(ref PcreOptions options, PcreOptions option, bool isOn) =>
        options = isOn ? options | option : options & ~option;

    private string ReadName(byte close)
    {
        var length = Rest.IndexOf(close);
        var name = length < 0 ? "" : Encoding.Latin1.GetString(Rest[..length]);
        if (name.Length is 0 or > 128 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw Invalid("a group's name is expected");
        }

        _position += length + 1;
        return name;
    }

    private void ReferTo(string name)
    {
        if (!_names.TryGetValue(name, out var number))
        {
            // A name may stand behind its use in PCRE.
            var text = Encoding.Latin1.GetString(Rest);
            throw text.Contains($"<{name}>", StringComparison.Ordinal) || text.Contains($"'{name}'", StringComparison.Ordinal)
                ? Unsupported("a reference to a name that comes later")
                : Invalid("there is no group of this name");
        }

        ReferTo(number);
    }

    private void ReferTo(int number)
    {
        if (number < 1 || number > _groupCount)
        {
            throw Invalid("there is no group of this number");
        }

        _refersToGroups = _needsBacktracking = true;
        AppendItem(_keepsGroups ? string.Create(CultureInfo.InvariantCulture, $"\\k<{number}>") : "");
    }
}
