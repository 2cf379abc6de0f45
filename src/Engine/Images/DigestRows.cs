namespace Engine.Images;

/// <summary>
/// Rows of one width that are added one by one, in segments: nothing is copied while they grow. Later their bytes are one
/// stretch that may be overwritten.
/// </summary>
/// <param name="rowBytes">1 or more.</param>
internal sealed class DigestRows(int rowBytes)
{
    private const int FirstRows = 16;
    private const int MaxRows = 2048;

    /// <summary>All full but the last, which has room for more.</summary>
    private readonly List<byte[]> _segments = [];
    private byte[] _last = [];
    private int _used;

    /// <summary>Rows that were added.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of another row, zero.</summary>
    public Span<byte> Add()
    {
        if (_used == _last.Length)
        {
            _last = new byte[Math.Clamp(_last.Length / rowBytes * 2, FirstRows, MaxRows) * rowBytes];
            _segments.Add(_last);
            _used = 0;
        }

        var row = _last.AsSpan(_used, rowBytes);
        _used += rowBytes;
        Count++;
        return row;
    }

    /// <param name="offset">In bytes from the first row on.</param>
    public void CopyTo(long offset, Span<byte> bytes)
    {
        for (var i = 0; !bytes.IsEmpty; i++)
        {
            var segment = _segments[i].AsSpan();
            if (offset < segment.Length)
            {
                segment = segment[(int)offset..];
                segment = segment[..Math.Min(segment.Length, bytes.Length)];
                segment.CopyTo(bytes);
                bytes = bytes[segment.Length..];
                offset = 0;
            }
            else
            {
                offset -= segment.Length;
            }
        }
    }

    /// <summary>Overwrites all rows.</summary>
    /// <param name="bytes">As many as the rows have.</param>
    public void Replace(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != (long)Count * rowBytes)
        {
            throw new ArgumentException("Rows are replaced as a whole.", nameof(bytes));
        }

        foreach (var segment in _segments)
        {
            var count = Math.Min(segment.Length, bytes.Length);
            bytes[..count].CopyTo(segment);
            bytes = bytes[count..];
        }
    }
}
