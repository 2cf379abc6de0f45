namespace Engine.Pictures;

/// <summary>
/// Decodes pictures of hostile origin: only checked spans, sizes judged before memory is taken, work bound by the
/// number of pixels and bytes. Damage anywhere gives null, as it does in the reference engine.
/// </summary>
internal static class PictureDecoder
{
    /// <summary>Null when the format is not known or the picture is damaged or too large.</summary>
    public static GreyPicture? Decode(ReadOnlySpan<byte> bytes, PictureLimits limits)
    {
        try
        {
            return bytes.StartsWith(PngDecoder.Signature) ? PngDecoder.Decode(bytes, limits)
                : bytes.StartsWith<byte>([0xFF, 0xD8]) ? JpegDecoder.Decode(bytes, limits)
                : bytes.StartsWith("GIF8"u8) ? GifDecoder.Decode(bytes, limits)
                : bytes.StartsWith("BM"u8) ? BmpDecoder.Decode(bytes, limits)
                : null;
        }
        catch (PictureException)
        {
            return null;
        }
    }
}

/// <summary>The picture is damaged or of a kind that is not decoded; never leaves <see cref="PictureDecoder"/>.</summary>
internal sealed class PictureException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Reads pieces of a picture from front to back; leaving its end is damage.</summary>
internal ref struct PictureReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Left => _bytes.Length - Position;

    /// <exception cref="PictureException">There are fewer.</exception>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Left)
        {
            throw new PictureException("The picture ends early.");
        }

        var taken = _bytes.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    /// <exception cref="PictureException">There is none.</exception>
    public byte TakeByte() => Take(1)[0];
}
