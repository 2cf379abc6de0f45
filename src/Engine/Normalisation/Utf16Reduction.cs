namespace Engine.Normalisation;

/// <summary>
/// HTML in UTF-16 as the bytes that its normaliser takes: each little-endian unit becomes its low byte plus sixteen
/// times the high one, so ASCII stays what it is and the rest something that signatures were made with
/// (clamav-formats.md §4.2). The reference engine knows no big-endian HTML. Keeps at most one byte.
/// </summary>
internal sealed class Utf16Reduction
{
    private int _low = -1;

    /// <summary>Reduces the bytes into <paramref name="output"/>, which has room for half of them and one.</summary>
    /// <returns>Bytes written.</returns>
    public int Reduce(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        var written = 0;
        foreach (var value in bytes)
        {
            if (_low < 0)
            {
                _low = value;
                continue;
            }

            output[written++] = (byte)(_low + (value << 4));
            _low = -1;
        }

        return written;
    }
}
