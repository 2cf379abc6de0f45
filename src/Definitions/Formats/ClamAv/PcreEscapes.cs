using System.Collections;

namespace Definitions.Formats.ClamAv;

/// <content>Backslashes and character classes.</content>
internal sealed partial class PcreTranslator
{
    private void ReadEscape()
    {
        _position++;
        if (IsAtEnd)
        {
            throw Invalid("a backslash ends the expression");
        }

        var letter = Current;
        if (TryReadCharacter(isInClass: false, out var value))
        {
            AppendLiteral(value);
            return;
        }

        _position++;
        switch (letter)
        {
            case (byte)'Q':
                ReadQuoted();
                break;
            case (byte)'E':
                break;
            case (byte)'N' when !Rest.StartsWith("{"u8):
                AppendItem("[^\\n]");
                break;
            case (byte)'C':
                AppendItem("[\\s\\S]");
                break;
            case (byte)'R':
                _needsBacktracking = true;
                AppendItem("(?>\\r\\n|[\\n-\\r\\u2505])");
                break;
            case (byte)'b' or (byte)'B' or (byte)'A' or (byte)'z' or (byte)'Z':
                AppendAssertion("\\" + (char)letter);
                break;
            case (byte)'G':
                _needsBacktracking = true;
                AppendAssertion("\\G");
                break;
            case (byte)'g':
                ReadReference();
                break;
            case (byte)'k':
                ReadNamedReference();
                break;
            case (byte)'K' or (byte)'X' or (byte)'p' or (byte)'P':
                throw Unsupported($"\\{(char)letter}");
            default:
                ReadSetOrNumber(letter);
                break;
        }
    }

    /// <summary>A set such as <c>\d</c>, or a reference such as <c>\1</c>; the letter is already read.</summary>
    private void ReadSetOrNumber(byte letter)
    {
        if (char.IsAsciiDigit((char)letter))
        {
            _position--;
            var digits = Digits(Rest, 10);
            DecimalNumber.TryRead(digits, 1000, out var number);
            _position += digits.Length;
            ReferTo((int)number);
            return;
        }

        var set = new BitArray(256);
        if (!PcreClass.TryAddEscape(set, letter))
        {
            throw Invalid($"\\{(char)letter} is not known", back: 1);
        }

        BeginItem();
        PcreClass.Write(_output, set, isNegated: false);
    }

    /// <summary><c>\Q…\E</c>: everything between means itself.</summary>
    private void ReadQuoted()
    {
        var end = Rest.IndexOf("\\E"u8);
        var literal = end < 0 ? Rest : Rest[..end];
        foreach (var value in literal)
        {
            AppendLiteral(value);
        }

        _position += end < 0 ? literal.Length : end + 2;
    }

    /// <summary><c>\gn</c>, <c>\g{n}</c>, <c>\g{-n}</c>, <c>\g{name}</c>.</summary>
    private void ReadReference()
    {
        if (IsAtEnd || Current is (byte)'<' or (byte)'\'')
        {
            throw Unsupported("a call of a group");
        }

        var isBraced = Current == '{';
        var inside = isBraced ? Rest[1..] : Rest;
        var isRelative = inside.StartsWith("-"u8);
        var digits = Digits(isRelative ? inside[1..] : inside, 10);
        if (digits.IsEmpty && isBraced && !isRelative)
        {
            _position++;
            ReferTo(ReadName((byte)'}'));
            return;
        }

        var length = digits.Length + (isRelative ? 1 : 0) + (isBraced ? 2 : 0);
        if (!DecimalNumber.TryRead(digits, 1000, out var number) || Rest.Length < length || (isBraced && Rest[length - 1] != '}'))
        {
            throw Invalid("the number or name of a group is expected");
        }

        _position += length;
        ReferTo(isRelative ? _opened + 1 - (int)number : (int)number);
    }

    private void ReadNamedReference()
    {
        byte close = IsAtEnd ? (byte)0 : Current switch
        {
            (byte)'<' => (byte)'>',
            (byte)'\'' => (byte)'\'',
            (byte)'{' => (byte)'}',
            _ => (byte)0,
        };
        if (close == 0)
        {
            throw Invalid("the name of a group is expected");
        }

        _position++;
        ReferTo(ReadName(close));
    }

    /// <summary>An escape that stands for one byte; false when it is something else, with nothing read.</summary>
    private bool TryReadCharacter(bool isInClass, out byte value)
    {
        var letter = value = Current;
        if (letter >= 0x80 || !char.IsAsciiLetterOrDigit((char)letter))
        {
            _position++;
            return true;
        }

        int? simple = letter switch
        {
            (byte)'a' => 0x07,
            (byte)'e' => 0x1B,
            (byte)'f' => 0x0C,
            (byte)'n' => 0x0A,
            (byte)'r' => 0x0D,
            (byte)'t' => 0x09,
            (byte)'b' when isInClass => 0x08,
            _ => null,
        };
        if (simple is { } known)
        {
            _position++;
            value = (byte)known;
            return true;
        }

        return letter switch
        {
            (byte)'c' => TryReadControl(out value),
            (byte)'x' => TryReadHex(out value),
            (byte)'o' => TryReadBracedOctal(out value),
            _ => char.IsAsciiDigit((char)letter) && TryReadOctal(isInClass, out value),
        };
    }

    private bool TryReadControl(out byte value)
    {
        _position++;
        if (IsAtEnd || Current is < 0x20 or > 0x7E)
        {
            throw Invalid("\\c needs a printable character");
        }

        value = (byte)(char.ToUpperInvariant((char)Current) ^ 0x40);
        _position++;
        return true;
    }

    private bool TryReadHex(out byte value)
    {
        _position++;
        var isBraced = Rest.StartsWith("{"u8) && Rest.IndexOf((byte)'}') > 1;
        var digits = isBraced ? Rest[1..Rest.IndexOf((byte)'}')] : Digits(Rest[..Math.Min(2, Rest.Length)], 16);
        var number = 0;
        foreach (var digit in digits)
        {
            number = HexDigits.Value(digit) < 0 ? 256 : Math.Min(256, (number << 4) | HexDigits.Value(digit));
        }

        if (number > 255)
        {
            throw Invalid("a character above 255, or something else than hexadecimal digits behind \\x");
        }

        value = (byte)number;
        _position += digits.Length + (isBraced ? 2 : 0);
        return true;
    }

    private bool TryReadBracedOctal(out byte value)
    {
        _position++;
        var end = Rest.IndexOf((byte)'}');
        value = 0;
        if (!Rest.StartsWith("{"u8) || end < 2 || Digits(Rest[1..], 8).Length != end - 1
            || !TryOctal(Rest[1..end], out value))
        {
            throw Invalid("\\o needs octal digits up to 377 in braces");
        }

        _position += end + 1;
        return true;
    }

    /// <summary>False for a reference: one digit but 0, or no more than there are groups.</summary>
    private bool TryReadOctal(bool isInClass, out byte value)
    {
        value = 0;
        if (!isInClass && Current != '0')
        {
            DecimalNumber.TryRead(Digits(Rest, 10), 1000, out var number);
            if (number < 10 || number <= _groupCount)
            {
                return false;
            }
        }

        var digits = Digits(Rest[..Math.Min(3, Rest.Length)], 8);
        if (digits.IsEmpty)
        {
            value = Current;
            _position++;
            return true;
        }

        if (!TryOctal(digits, out value))
        {
            throw Invalid("an octal character is above 377");
        }

        _position += digits.Length;
        return true;
    }

    private static bool TryOctal(ReadOnlySpan<byte> digits, out byte value)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            number = Math.Min(256, (number << 3) | (digit - '0'));
        }

        value = (byte)number;
        return number < 256;
    }

    /// <summary>The digits at the start.</summary>
    private static ReadOnlySpan<byte> Digits(ReadOnlySpan<byte> text, int radix)
    {
        var length = 0;
        while (length < text.Length && HexDigits.Value(text[length]) is var digit && digit >= 0 && digit < radix)
        {
            length++;
        }

        return text[..length];
    }
}
