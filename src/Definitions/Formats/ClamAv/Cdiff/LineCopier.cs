namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>
/// Walks a file line by line with one buffer of fixed size, copying or dropping whole lines. Lines may be longer than the
/// buffer; only their start is ever looked at.
/// </summary>
internal sealed class LineCopier(Stream source, string name)
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;

    /// <summary>1-based number of the line that comes next.</summary>
    public long NextLine { get; private set; } = 1;

    /// <summary>True when the next line exists and starts with the prefix.</summary>
    /// <param name="prefix">At most <see cref="CdiffParser.MaxPrefixBytes"/>.</param>
    public bool StartsWith(ReadOnlySpan<byte> prefix)
    {
        while (_end - _start < Math.Max(1, prefix.Length) && Fill())
        {
            // Reads on until the buffer holds enough, or the file ends.
        }

        var line = _buffer.AsSpan(_start, _end - _start);
        return !line.IsEmpty && line.StartsWith(prefix);
    }

    /// <summary>Passes over lines up to the given one, or to the end of the file when it is nearer.</summary>
    /// <param name="line">Becomes <see cref="NextLine"/>.</param>
    /// <param name="target">Receives the lines; null drops them.</param>
    /// <exception cref="RefusedException"><c>PatchMismatch</c>: the last line has no line end.</exception>
    public void MoveTo(long line, MemberOutput? target)
    {
        var isInsideLine = false;
        while (NextLine < line)
        {
            if (_start == _end && !Fill())
            {
                if (isInsideLine)
                {
                    throw PatchFault.Mismatch($"The last line of {name} has no line end.");
                }

                return;
            }

            var scanned = _start;
            while (scanned < _end && NextLine < line)
            {
                var length = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n') + 1;
                isInsideLine = length == 0;
                scanned = isInsideLine ? _end : scanned + length;
                NextLine += isInsideLine ? 0 : 1;
            }

            target?.Write(_buffer.AsSpan(_start, scanned - _start));
            _start = scanned;
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = source.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
