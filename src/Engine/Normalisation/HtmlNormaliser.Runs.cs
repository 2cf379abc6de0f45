namespace Engine.Normalisation;

/// <summary>Runs of bytes that the state machine would take one by one without leaving its state, many at a time.</summary>
internal sealed partial class HtmlNormaliser
{
    /// <summary>Bytes of a run at a time: what becomes of them fits the space that a copy gives.</summary>
    private const int MaxRun = CopyWriter.MaxSpan - BlankFolding.Width - 1;

    /// <summary>Takes bytes in front of the first that is more than text; none in states that are short anyway.</summary>
    /// <returns>Bytes taken.</returns>
    /// <exception cref="IOException">A copy cannot be written.</exception>
    private int TakeRun(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Comment:
                var end = bytes.IndexOf((byte)'>');
                return end < 0 ? bytes.Length : end;
            case State.TagName:
                return TakeName(bytes, Ascii.EndsTagName, _name, ref _nameLength);
            case State.AttributeName:
                return TakeName(bytes, Ascii.EndsAttributeName, _attribute, ref _attributeLength);
            case State.Text when _links is null:
            case State.QuotedValue when _links is null:
            case State.Script:
                break;
            default:
                return 0;
        }

        for (var at = 0; ; at += MaxRun)
        {
            var part = bytes[at..Math.Min(bytes.Length, at + MaxRun)];
            var taken = _state switch
            {
                State.Text => TakeText(part),
                State.Script => TakeScript(part),
                _ => TakeQuotedValue(part),
            };
            if (taken < MaxRun)
            {
                return at + taken;
            }
        }
    }

    private int TakeName(ReadOnlySpan<byte> bytes, byte end, byte[] kept, ref int length)
    {
        var taken = 0;
        bytes = bytes[..Math.Min(bytes.Length, MaxRun)];
        while (taken < bytes.Length && !Ascii.Is(bytes[taken], end))
        {
            taken++;
        }

        if (taken > 0)
        {
            var space = _noComment.GetSpan(taken)[..taken];
            for (var i = 0; i < taken; i++)
            {
                space[i] = Ascii.Lower(bytes[i]);
            }

            var more = Math.Min(taken, kept.Length - length);
            space[..more].CopyTo(kept.AsSpan(length));
            length += more;
            _noComment.Advance(taken);
        }

        return taken;
    }

    private int TakeText(ReadOnlySpan<byte> bytes)
    {
        // The blank that is due comes first, in the copy without comments only: the other has it already.
        var space = _noComment.GetSpan(CopyWriter.MaxSpan);
        var due = _isSpaceDue ? 1 : 0;
        space[0] = (byte)' ';
        var taken = BlankFolding.Fold<HtmlTextRules>(bytes, space[due..], ref _isSpaceDue, out var written);
        if (written == 0)
        {
            return taken;
        }

        var text = space.Slice(due, written);
        _noTags.Write(text[0] == ' ' && _noTags.Last == ' ' ? text[1..] : text);
        _noComment.Advance(due + written - (_isSpaceDue ? 1 : 0));
        return taken;
    }

    private int TakeQuotedValue(ReadOnlySpan<byte> bytes)
    {
        if (_isLinkWanted)
        {
            // What is not counted there leaves no trace in the copy.
            var space = _noTags.GetSpan(CopyWriter.MaxSpan);
            var isLastSpace = _isLastSpace;
            BlankFolding.Fold<LinkRules>(bytes, space, ref isLastSpace, out var length);
            _link.Append(space[..Math.Min(length, MaxLink - _link.Length)]);
        }

        var taken = BlankFolding.Fold<QuotedValueRules>(
            bytes, _noComment.GetSpan(CopyWriter.MaxSpan), ref _isLastSpace, out var written);
        _noComment.Advance(written);
        return taken;
    }

    private int TakeScript(ReadOnlySpan<byte> bytes)
    {
        var isInBlanks = false;
        var taken = BlankFolding.Fold<ScriptRules>(bytes, _noComment.GetSpan(CopyWriter.MaxSpan), ref isInBlanks, out var written);
        _noComment.Advance(written);
        if (!_isStyle)
        {
            _scripts.Append(bytes[..taken]);
        }

        return taken;
    }
}
