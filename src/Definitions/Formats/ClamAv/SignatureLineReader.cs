namespace Definitions.Formats.ClamAv;

/// <summary>What <see cref="SignatureLineReader.Read"/> found.</summary>
internal enum LineStatus
{
    Line = 0,

    /// <summary>The line was longer than <see cref="SignatureLineReader.MaxLineBytes"/> and has been passed over.</summary>
    TooLong = 1,

    End = 2,
}

/// <summary>Cuts a stream into lines with one buffer of fixed size, whatever the stream holds.</summary>
/// <param name="maxLineBytes">Longest line, its line end included; less than the buffer's 64 KiB.</param>
internal sealed class SignatureLineReader(Stream content, int maxLineBytes = SignatureLineReader.MaxLineBytes)
{
    /// <summary>Longest line of most formats, its line end included (clamav-formats.md §3.1).</summary>
    public const int MaxLineBytes = 8191;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _hasEnded;

    /// <summary>The next line without trailing CR and LF; it is valid until the next call.</summary>
    public LineStatus Read(out ReadOnlySpan<byte> line)
    {
        var isTooLong = false;
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[searched..].IndexOf((byte)'\n') + 1 + searched;
            var isLast = length == searched && _hasEnded;
            if (length > searched || isLast)
            {
                length = isLast ? rest.Length : length;
                _start += length;
                line = rest[..length].TrimEnd("\r\n"u8);
                return isTooLong || length > maxLineBytes ? LineStatus.TooLong
                    : isLast && length == 0 ? LineStatus.End : LineStatus.Line;
            }

            if (rest.Length > maxLineBytes)
            {
                isTooLong = true;
                _start = _end;
                rest = [];
            }

            searched = rest.Length;
            Fill();
        }
    }

    /// <summary>What the stream begins with, before the first line is read; 64 KiB at most.</summary>
    public ReadOnlySpan<byte> Peek(int atLeast)
    {
        while (_end - _start < atLeast && !_hasEnded)
        {
            Fill();
        }

        return _buffer.AsSpan(_start, _end - _start);
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var read = content.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _hasEnded = read == 0;
    }
}
