namespace Engine.Normalisation;

/// <summary>
/// HTML in UTF-16 as the bytes that its normaliser takes: each unit becomes its low byte plus sixteen times the high
/// one, so ASCII stays what it is and the rest something that signatures were made with (clamav-formats.md §4.2). Keeps
/// at most one byte.
/// </summary>
internal sealed class Utf16Reduction(Utf16Order order)
{
    private int _first = -1;

    /// <summary>Reduces the bytes into <paramref name="output"/>, which has room for half of them and one.</summary>
    /// <returns>Bytes written.</returns>
    public int Reduce(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        var written = 0;
        foreach (var value in bytes)
        {
            if (_first < 0)
            {
                _first = value;
                continue;
            }

            output[written++] = order == Utf16Order.LittleEndian ? (byte)(_first + (value << 4)) : (byte)(value + (_first << 4));
            _first = -1;
        }

        return written;
    }
}
