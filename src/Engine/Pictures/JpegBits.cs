namespace Engine.Pictures;

/// <summary>The entropy-coded bits of one JPEG scan: stuffed bytes are taken out, a marker ends them.</summary>
internal ref struct JpegBits(ReadOnlySpan<byte> bytes, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private uint _buffer;
    private int _available;

    /// <summary>Behind the last byte taken; at a marker's FF once that was reached.</summary>
    public int Position { get; private set; } = position;

    /// <exception cref="PictureException">The bits are used up.</exception>
    public int Bit()
    {
        if (_available == 0)
        {
            Fill();
        }

        _available--;
        return (int)(_buffer >> _available) & 1;
    }

    /// <param name="count">0 to 16.</param>
    /// <exception cref="PictureException">The bits are used up.</exception>
    public int Bits(int count)
    {
        var value = 0;
        for (; count > 0; count--)
        {
            value = (value << 1) | Bit();
        }

        return value;
    }

    /// <summary>A number of so many bits whose top bit tells its sign (ITU T.81, F.2.2.1).</summary>
    /// <exception cref="PictureException">The bits are used up.</exception>
    public int Signed(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        var value = Bits(count);
        return value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
    }

    /// <summary>Passes over a restart marker.</summary>
    /// <exception cref="PictureException">There is none.</exception>
    public void Restart()
    {
        _available = 0;
        if (Position + 2 > _bytes.Length || _bytes[Position] != 0xFF || _bytes[Position + 1] is < 0xD0 or > 0xD7)
        {
            throw new PictureException("A restart marker is missing.");
        }

        Position += 2;
    }

    /// <summary>The next marker that is no restart, from a position inside a scan on.</summary>
    public static int EndOfScan(ReadOnlySpan<byte> bytes, int position)
    {
        while (position + 1 < bytes.Length)
        {
            var next = bytes[position..^1].IndexOf((byte)0xFF);
            if (next < 0)
            {
                break;
            }

            position += next;
            if (bytes[position + 1] is not (0 or 0xFF or (>= 0xD0 and <= 0xD7)))
            {
                return position;
            }

            position++;
        }

        return bytes.Length;
    }

    private void Fill()
    {
        if (Position >= _bytes.Length)
        {
            throw new PictureException("The scan ends early.");
        }

        _buffer = _bytes[Position];
        if (_buffer == 0xFF)
        {
            if (Position + 1 >= _bytes.Length || _bytes[Position + 1] != 0)
            {
                throw new PictureException("A marker ends the scan early.");
            }

            Position++;
        }

        Position++;
        _available = 8;
    }
}

/// <summary>A Huffman code of a JPEG (ITU T.81, F.2.2.3).</summary>
internal sealed class JpegCode
{
    private const int MaxLength = 16;

    private readonly int[] _firstCodes = new int[MaxLength + 1];
    private readonly int[] _firstValues = new int[MaxLength + 1];
    private readonly int[] _counts = new int[MaxLength + 1];
    private readonly byte[] _values;

    /// <param name="counts">16 numbers of codes by length.</param>
    public JpegCode(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        var (code, first) = (0, 0);
        for (var length = 1; length <= MaxLength; length++)
        {
            (_firstCodes[length], _firstValues[length], _counts[length]) = (code, first, counts[length - 1]);
            code = (code + counts[length - 1]) << 1;
            first += counts[length - 1];
        }
    }

    /// <exception cref="PictureException">The bits are no code or used up.</exception>
    public byte Read(ref JpegBits bits)
    {
        var code = 0;
        for (var length = 1; length <= MaxLength; length++)
        {
            code = (code << 1) | bits.Bit();
            var index = code - _firstCodes[length];
            if (index >= 0 && index < _counts[length])
            {
                return _values[_firstValues[length] + index];
            }
        }

        throw new PictureException("The bits are no code.");
    }
}
