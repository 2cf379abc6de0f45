namespace Engine.Decomposition.Archives;

/// <summary>
/// Compares what a decoder gave with the length and checksum that the container states, at the end: the base library's
/// inflater ends a cut stream without a word.
/// </summary>
/// <param name="expectedCrc">CRC-32; null when the container has none.</param>
/// <param name="expectedLength">Null when the container states none.</param>
/// <param name="damage">The code of a difference.</param>
internal sealed class VerifiedStream(Stream decoder, uint? expectedCrc, long? expectedLength, ScanCode damage) : DecodingStream
{
    private Crc32 _crc;
    private long _length;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = decoder.Read(buffer, offset, count);
        if (read > 0)
        {
            _crc.Append(buffer.AsSpan(offset, read));
            _length += read;
        }
        else if (count > 0 && ((expectedCrc ?? _crc.Value) != _crc.Value || (expectedLength ?? _length) != _length))
        {
            throw new ContainerException(damage, "Length or checksum differ from the stated ones.");
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoder.Dispose();
        }

        base.Dispose(disposing);
    }
}
