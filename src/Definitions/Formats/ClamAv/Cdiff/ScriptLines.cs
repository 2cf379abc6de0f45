namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Cuts a script into lines, each ended by LF; the buffer grows with the longest line up to the limit.</summary>
internal sealed class ScriptLines(Stream script, CdiffLimits limits)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>1-based number of the line that was read last; 0 before the first.</summary>
    public int Number { get; private set; }

    /// <param name="line">Without its LF; valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="RefusedException"><c>PatchMalformed</c>: the last line has no LF. <c>PackageLimit</c>: a line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n') + searched;
            if (length >= searched)
            {
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                Number++;
                return true;
            }

            searched = _end - _start;
            if (!Fill())
            {
                line = default;
                return _start == _end ? false : throw PatchFault.Malformed($"Line {Number + 1} of the patch, its last, has no line end.");
            }
        }
    }

    private bool Fill()
    {
        var length = _end - _start;
        if (length > limits.MaxLineBytes)
        {
            throw PatchFault.Of(RefusalReason.PackageLimit, $"Line {Number + 1} of the patch has more than {limits.MaxLineBytes} bytes.");
        }

        if (length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
            _start = 0;
            _end = length;
        }

        var read = script.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
