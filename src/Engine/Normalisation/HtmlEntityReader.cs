namespace Engine.Normalisation;

/// <summary>What a byte did to a character reference that is being read.</summary>
internal enum EntityStep
{
    /// <summary>It belongs to the reference.</summary>
    Taken,

    /// <summary>It was the last one of the reference.</summary>
    Complete,

    /// <summary>It does not belong to the reference, which ends before it.</summary>
    Ended,
}

/// <summary>
/// Reads one character reference behind its ampersand (clamav-formats.md §3.12), in bounded memory. What is no
/// reference after all comes out as it stands.
/// </summary>
internal sealed class HtmlEntityReader
{
    private const int MaxName = 1024;

    private readonly byte[] _name = new byte[MaxName];
    private int _length;
    private bool _isNumber;
    private bool _isHex;
    private ulong _value;

    public void Start()
    {
        _length = 0;
        _isNumber = _isHex = false;
        _value = 0;
    }

    public EntityStep Take(byte value)
    {
        if (_isNumber)
        {
            return TakeDigit(value);
        }

        if (value == ';')
        {
            return EntityStep.Complete;
        }

        if (value == '#' && _length == 0)
        {
            _isNumber = true;
            return EntityStep.Taken;
        }

        if (_length == MaxName || !(Ascii.IsAlphanumeric(value) || value is (byte)'-' or (byte)'_'))
        {
            return EntityStep.Ended;
        }

        _name[_length++] = value;
        return EntityStep.Taken;
    }

    /// <summary>The text of a reference that its semicolon completed, or that the document's end did.</summary>
    /// <param name="isRaw">True: letters keep their case.</param>
    /// <param name="semicolon">Whether one was read.</param>
    public void WriteComplete(ByteAppender output, bool isRaw, bool semicolon = true)
    {
        if (_isNumber || _length == 0)
        {
            if (_isNumber && semicolon)
            {
                WriteCode(output, _value, isRaw);
            }
            else if (semicolon)
            {
                output.Append("&;"u8);
            }
        }
        else if (HtmlEntities.TryFind(_name.AsSpan(0, _length), out var code))
        {
            WriteCode(output, (uint)code, isRaw);
        }
        else
        {
            WriteName(output, isRaw);
            if (semicolon)
            {
                output.Append((byte)';');
            }
        }
    }

    /// <summary>The text of a reference that some other byte ended: a number's low byte, a name as it stands.</summary>
    public void WriteEnded(ByteAppender output, bool isRaw)
    {
        if (_isNumber)
        {
            output.Append((byte)_value);
        }
        else
        {
            WriteName(output, isRaw);
        }
    }

    private EntityStep TakeDigit(byte value)
    {
        if (value == ';')
        {
            return EntityStep.Complete;
        }

        if ((value | 0x20) == 'x' && _value == 0 && !_isHex)
        {
            _isHex = true;
            return EntityStep.Taken;
        }

        var digit = Ascii.HexValue(value);
        if (digit < 0 || (digit > 9 && !_isHex))
        {
            return EntityStep.Ended;
        }

        // Wraps: only the low 16 bits of what is no character anyway are ever looked at.
        _value = unchecked((_value * (_isHex ? 16u : 10u)) + (uint)digit);
        return EntityStep.Taken;
    }

    private void WriteName(ByteAppender output, bool isRaw)
    {
        output.Append((byte)'&');
        foreach (var value in _name.AsSpan(0, _length))
        {
            output.Append(isRaw ? value : Ascii.Lower(value));
        }
    }

    /// <summary>Up to FE a byte, else <c>&amp;#x</c>, the low 16 bits in four digits, and a semicolon.</summary>
    private static void WriteCode(ByteAppender output, ulong code, bool isRaw)
    {
        if (code < 0xFF)
        {
            output.Append(isRaw ? (byte)code : Ascii.Lower((byte)code));
            return;
        }

        var low = (uint)(code & 0xFFFF);
        if (low is 0 or (< 0xFF and > 0))
        {
            if (low > 0)
            {
                output.Append((byte)low);
            }

            return;
        }

        output.Append("&#x"u8);
        for (var shift = 12; shift >= 0; shift -= 4)
        {
            output.Append("0123456789abcdef"u8[(int)(low >> shift) & 15]);
        }

        output.Append((byte)';');
    }
}
