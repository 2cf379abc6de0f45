using Engine.Normalisation;

namespace Engine.Tests.Normalisation.Plain;

/// <summary>What each state does with a byte below 80.</summary>
internal sealed partial class PlainHtmlNormaliser
{
    /// <summary>False: the state changed and the byte has to be looked at again. No two states pass a byte in a circle.</summary>
    private bool Step(byte value) => _state switch
    {
        State.Text => StepText(value),
        State.SkipSpace => StepSkipSpace(value),
        State.TagStart => StepTagStart(value),
        State.TagName => StepTagName(value),
        State.TagSpace => StepTagSpace(value),
        State.AttributeName => StepAttributeName(value),
        State.AfterAttributeName => StepAfterAttributeName(value),
        State.ValueStart => StepValueStart(value),
        State.Value => StepValue(value),
        State.QuotedValue => StepQuotedValue(value),
        State.Comment => StepComment(value),
        State.Script or State.ScriptTagStart or State.ScriptTag => StepScript(value),
    };

    private bool StepText(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            _isSpaceDue = true;
            _noTags.WriteBlank();
            _links?.AppendText(" "u8);
            return true;
        }

        EnterText();
        switch (value)
        {
            case (byte)'<':
                _noTags.WriteBlank();
                _state = State.TagStart;
                break;
            case (byte)'&':
                _noTags.WriteBlank();
                StartEntity();
                break;
            default:
                _noComment.Write(Ascii.Lower(value));
                _links?.AppendText([value]);
                if (value < 0x20)
                {
                    _noTags.WriteBlank();
                }
                else
                {
                    _noTags.Write(Ascii.Lower(value));
                }

                break;
        }

        return true;
    }

    private bool StepSkipSpace(byte value)
    {
        FlushLink();
        if (Ascii.IsSpace(value))
        {
            return true;
        }

        _state = State.Text;
        return false;
    }

    private bool StepTagStart(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            return true;
        }

        if (value == '!')
        {
            _state = State.Comment;
            return true;
        }

        _noComment.Write((byte)'<');
        if (value == '>')
        {
            _noComment.Write(value);
            _state = State.SkipSpace;
            return true;
        }

        BeginTag();
        return false;
    }

    private void BeginTag()
    {
        _state = State.TagName;
        _nameLength = 0;
        _attributeLength = 0;
        _link.Clear();
        _isLinkDue = _isLinkSeen = _isLinkWanted = false;
        _links?.BeginTag();
    }

    private bool StepTagName(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            _state = State.TagSpace;
        }
        else if (value == '>')
        {
            EndTag();
        }
        else
        {
            value = Ascii.Lower(value);
            _noComment.Write(value);
            Keep(_name, ref _nameLength, value);
        }

        return true;
    }

    private bool StepTagSpace(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            return true;
        }

        switch (value)
        {
            case (byte)'>':
                EndTag();
                return true;
            case (byte)'=':
                _attributeLength = 0;
                StartValue();
                return true;
            default:
                BeginAttribute();
                return false;
        }
    }

    private void BeginAttribute()
    {
        _noComment.Write((byte)' ');
        _attributeLength = 0;
        _state = State.AttributeName;
    }

    private bool StepAttributeName(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            _state = State.AfterAttributeName;
        }
        else if (value == '=')
        {
            StartValue();
        }
        else if (value == '>')
        {
            EndTag();
        }
        else
        {
            value = Ascii.Lower(value);
            _noComment.Write(value);
            Keep(_attribute, ref _attributeLength, value);
        }

        return true;
    }

    private bool StepAfterAttributeName(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            return true;
        }

        if (value == '=')
        {
            StartValue();
            return true;
        }

        EndAttributeName();
        _state = State.TagSpace;
        return false;
    }

    private void StartValue()
    {
        _noComment.Write((byte)'=');
        _state = State.ValueStart;
        EndAttributeName();
        _links?.BeginValue(_name.AsSpan(0, _nameLength), _attribute.AsSpan(0, _attributeLength));
    }

    /// <summary>Of several targets of a tag the first counts, be it empty.</summary>
    private void EndAttributeName()
    {
        var name = _name.AsSpan(0, _nameLength);
        var attribute = _attribute.AsSpan(0, _attributeLength);
        _isLinkWanted = !_isLinkSeen
            && ((name.SequenceEqual("a"u8) && attribute.SequenceEqual("href"u8))
                || (name.SequenceEqual("img"u8) && attribute.SequenceEqual("src"u8)));
        _isLinkSeen |= _isLinkWanted;
    }

    private bool StepValueStart(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            return true;
        }

        switch (value)
        {
            case (byte)'>':
                EndTag();
                return true;
            case (byte)'"' or (byte)'\'':
                _noComment.Write((byte)'"');
                _quote = value;
                _isLastSpace = false;
                _state = State.QuotedValue;
                return true;
            default:
                _state = State.Value;
                return false;
        }
    }

    private bool StepValue(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            _state = State.TagSpace;
        }
        else if (value == '>')
        {
            EndTag();
        }
        else
        {
            WriteValue(value);
        }

        return true;
    }

    private bool StepQuotedValue(byte value)
    {
        if (value == _quote)
        {
            _noComment.Write((byte)'"');
            _state = State.TagSpace;
        }
        else if (!Ascii.IsSpace(value))
        {
            WriteValue(value);
        }
        else
        {
            WriteValueSpace(value);
        }

        return true;
    }

    private void WriteValueSpace(byte value)
    {
        if (!_isLastSpace)
        {
            _isLastSpace = true;
            _noComment.Write(value == '\n' ? (byte)' ' : value);
            AppendLink((byte)' ');
        }
    }

    private void WriteValue(byte value)
    {
        _isLastSpace = false;
        if (value == '&')
        {
            StartEntity();
            return;
        }

        _noComment.Write(value == '\'' ? (byte)'"' : Ascii.Lower(value));
        AppendLink(value);
    }

    private bool StepComment(byte value)
    {
        if (value == '>')
        {
            _state = State.SkipSpace;
        }

        return true;
    }

    private void EndTag()
    {
        _noComment.Write((byte)'>');
        _links?.EndTag(_name.AsSpan(0, _nameLength));
        _isLinkDue = _link.Length > 0;
        _state = State.SkipSpace;
        var name = _name.AsSpan(0, _nameLength);
        _isStyle = name.SequenceEqual("style"u8);
        if (_isStyle || name.SequenceEqual("script"u8))
        {
            FlushLink();
            _state = State.Script;
            if (!_isStyle)
            {
                _scripts.Start();
            }
        }
    }

    private bool StepScript(byte value)
    {
        if (Ascii.IsSpace(value))
        {
            if (_state == State.ScriptTag && !TryEndScript())
            {
                _state = State.Script;
            }

            return true;
        }

        if (value == '&')
        {
            _state = State.Script;
            StartEntity();
            return true;
        }

        // Quotes stay as they are behind an angle bracket and in what may be the end tag.
        _noComment.Write(value == '\'' && _state == State.Script ? (byte)'"' : Ascii.Lower(value));
        switch (_state)
        {
            case State.Script when value == '<':
            case State.ScriptTag when value == '<':
                _state = State.ScriptTagStart;
                _nameLength = 0;
                break;
            case State.ScriptTagStart when value != '/':
                _state = State.Script;
                break;
            case State.ScriptTagStart:
            case State.ScriptTag when value != '>':
                Keep(_name, ref _nameLength, Ascii.Lower(value));
                _state = State.ScriptTag;
                break;
            case State.ScriptTag when !TryEndScript():
                _state = State.Script;
                break;
        }

        return true;
    }

    private bool TryEndScript()
    {
        var name = _name.AsSpan(0, _nameLength);
        if (!name.SequenceEqual("/script"u8) && !(_isStyle && name.SequenceEqual("/style"u8)))
        {
            return false;
        }

        if (!_isStyle)
        {
            _scripts.End();
        }

        _state = State.SkipSpace;
        return true;
    }

    private void StartEntity()
    {
        _isInEntity = true;
        _entity.Start();
    }

    private void AppendLink(byte value)
    {
        _links?.AppendValue(value);
        if (_isLinkWanted && _link.Length < MaxLink)
        {
            _link.Append(value);
        }
    }

    private void FlushLink()
    {
        if (_isLinkDue)
        {
            _isLinkDue = false;

            // A target with more than one blank is cut behind the first.
            var link = _link.Written;
            var blank = link.IndexOf((byte)' ');
            _noTags.Write(blank != link.LastIndexOf((byte)' ') ? link[..(blank + 1)] : link);
            _noTags.Write((byte)' ');
        }
    }

    private static void Keep(byte[] name, ref int length, byte value)
    {
        if (length < name.Length)
        {
            name[length++] = value;
        }
    }
}
