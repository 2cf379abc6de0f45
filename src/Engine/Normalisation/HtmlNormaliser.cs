namespace Engine.Normalisation;

/// <summary>
/// Makes the three copies that target 3 is matched on (clamav-formats.md §3.12) from the bytes of an HTML document,
/// in one pass: without comments, without tags, and the scripts alone. A state machine with a byte of look-ahead
/// where the rules need one; memory does not grow with the document but for one script at a time. The rules were
/// found by comparing with the reference engine's own normaliser, byte for byte.
/// </summary>
internal sealed partial class HtmlNormaliser
{
    /// <summary>A link target that is kept in the copy without tags is cut here.</summary>
    private const int MaxLink = 1022;

    /// <summary>Enough of a tag's or an attribute's name to tell those that matter.</summary>
    private const int MaxName = 16;

    private readonly CopyWriter _noComment;
    private readonly CopyWriter _noTags;
    private readonly ScriptNormaliser _scripts;
    private readonly HtmlEntityReader _entity = new();
    private readonly ByteAppender _scratch = new();
    private readonly ByteAppender _link = new();
    private readonly byte[] _name = new byte[MaxName];
    private readonly byte[] _attribute = new byte[MaxName];
    private readonly byte[] _high = new byte[3];
    private State _state = State.SkipSpace;
    private bool _isSpaceDue;
    private bool _isInEntity;
    private bool _isLinkDue;
    private bool _isLinkWanted;
    private bool _isLinkSeen;
    private bool _isStyle;
    private bool _isLastSpace;
    private byte _quote;
    private int _nameLength;
    private int _attributeLength;
    private int _highCount;

    private readonly LinkCollector? _links;

    /// <param name="links">Told of the links of the document, or null.</param>
    public HtmlNormaliser(CopyWriter noComment, CopyWriter noTags, CopyWriter scripts, LinkCollector? links = null)
    {
        _links = links;
        _noComment = noComment;
        _noTags = noTags;
        _scripts = new ScriptNormaliser(scripts);
    }

    private enum State
    {
        Text,

        /// <summary>Text, before its first byte that is no white space.</summary>
        SkipSpace,

        /// <summary>Behind an angle bracket that is not written yet.</summary>
        TagStart,
        TagName,
        TagSpace,
        AttributeName,
        AfterAttributeName,
        ValueStart,
        Value,
        QuotedValue,

        /// <summary>Ends at the next angle bracket, whatever stands before it.</summary>
        Comment,

        /// <summary>Inside <c>script</c> or <c>style</c>; so are all that follow.</summary>
        Script,

        /// <summary>In a script, behind an angle bracket: looks for the end tag.</summary>
        ScriptTagStart,
        ScriptTag,
    }

    /// <exception cref="IOException">A copy cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            if (_highCount == 0 && !_isInEntity)
            {
                at += TakeRun(bytes[at..]);
                if (at == bytes.Length)
                {
                    break;
                }
            }

            // Zeros are half of UTF-16, and a line end is its line feed; only strings of scripts see more.
            var value = bytes[at];
            if (value is not (0 or (byte)'\r'))
            {
                Take(value);
            }
            else if (value != 0 && IsInScript && !_isStyle)
            {
                _scripts.Append(value);
            }
        }
    }

    /// <summary>The document's end: writes what waits for another byte.</summary>
    /// <exception cref="IOException">A copy cannot be written.</exception>
    public void Finish()
    {
        if (_isInEntity)
        {
            _isInEntity = false;
            _scratch.Clear();
            _entity.WriteComplete(_scratch, isRaw: false, semicolon: false);
            _noComment.Write(_scratch.Written);
        }

        if (_state == State.TagStart)
        {
            _noComment.Write((byte)'<');
        }

        if (IsInScript && !_isStyle)
        {
            _scripts.End();
        }
    }

    private bool IsInScript => _state >= State.Script;

    private void Take(byte value)
    {
        if (IsInScript && !_isStyle)
        {
            _scripts.Append(value);
        }

        if (value >= 0x80)
        {
            TakeHigh(value);
            return;
        }

        if (_highCount > 0)
        {
            FlushHigh(value);
        }

        if (_isInEntity && TakeEntity(value))
        {
            return;
        }

        while (!Step(value))
        {
        }
    }

    /// <summary>
    /// Bytes above 7F wait for the one behind them, at most three at a time. In the copy without tags the last of
    /// them becomes the one before it, a lone one zero: a quirk of the reference engine that signatures were made with.
    /// </summary>
    private void TakeHigh(byte value)
    {
        if (_isInEntity)
        {
            EndEntity();
        }

        if (_highCount == _high.Length)
        {
            FlushHigh(value);
        }
        else if (_highCount == 0 && _state == State.Text)
        {
            EnterText();
        }

        _high[_highCount++] = value;
    }

    private void FlushHigh(byte next)
    {
        var high = _high.AsSpan(0, _highCount);
        _highCount = 0;
        var isValue = _state is State.Value or State.QuotedValue or State.ValueStart;
        var isDropped = _state == State.Comment
            || (isValue && (next == '>' || (_state == State.QuotedValue ? next == _quote : Ascii.IsSpace(next))));
        if (isDropped)
        {
            return;
        }

        // A byte above 7F is neither white space nor markup: it ends the states that wait for such.
        EnterText();
        if (_state == State.TagStart)
        {
            _noComment.Write((byte)'<');
            BeginTag();
        }

        if (_state == State.QuotedValue && Ascii.IsSpace(next))
        {
            // White space overtakes them.
            WriteValueSpace(next);
        }

        _noComment.Write(high);
        if (isValue)
        {
            _isLastSpace = Ascii.IsSpace(next);
            foreach (var value in high)
            {
                AppendLink(value);
            }
        }
        else if (_state == State.Text)
        {
            _links?.AppendText(high);
        }

        if (_state == State.Text || IsInScript)
        {
            if (high.Length > 0)
            {
                high[^1] = high.Length > 1 ? high[^2] : (byte)0;
            }

            _noTags.WriteUnseen(high);
        }
    }

    private void EnterText()
    {
        switch (_state)
        {
            case State.SkipSpace:
                FlushLink();
                _state = State.Text;
                break;
            case State.Text when _isSpaceDue:
                _isSpaceDue = false;
                _noComment.Write((byte)' ');
                break;
            case State.TagSpace:
            case State.AfterAttributeName:
                BeginAttribute();
                break;
            case State.ValueStart:
                _state = State.Value;
                break;
            case State.ScriptTagStart:
                _state = State.ScriptTag;
                break;
        }
    }

    /// <summary>True when the byte was used up by the reference; false when it has to be looked at again.</summary>
    private bool TakeEntity(byte value)
    {
        switch (_entity.Take(value))
        {
            case EntityStep.Taken:
                return true;
            case EntityStep.Complete:
                _isInEntity = false;
                WriteEntity(isComplete: true);
                return true;
            default:
                EndEntity();
                return false;
        }
    }

    private void EndEntity()
    {
        _isInEntity = false;
        WriteEntity(isComplete: false);
    }

    private void WriteEntity(bool isComplete)
    {
        var isValue = _state is State.Value or State.QuotedValue;
        for (var pass = 0; pass < (isValue ? 2 : 1); pass++)
        {
            var isRaw = pass == 1;
            _scratch.Clear();
            if (isComplete)
            {
                _entity.WriteComplete(_scratch, isRaw);
            }
            else
            {
                _entity.WriteEnded(_scratch, isRaw);
            }

            if (!isRaw)
            {
                _noComment.Write(_scratch.Written);
                if (_state == State.Text)
                {
                    _links?.AppendText(_scratch.Written);
                }

                continue;
            }

            foreach (var value in _scratch.Written)
            {
                AppendLink(value);
            }
        }

        _isLastSpace = false;
    }
}
