namespace Engine.Pictures;

/// <summary>A decoded picture reduced to one byte a pixel, row by row.</summary>
internal sealed class GreyPicture
{
    private GreyPicture(int width, int height)
    {
        (Width, Height) = (width, height);
        Pixels = new byte[width * height];
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Pixels { get; }

    /// <summary>Black; null when the size is none or beyond the limits. Nothing is allocated before it is checked.</summary>
    public static GreyPicture? TryCreate(long width, long height, PictureLimits limits) =>
        width is > 0 and <= PictureLimits.MaxSide && height is > 0 and <= PictureLimits.MaxSide && width * height <= limits.MaxPixels
            ? new GreyPicture((int)width, (int)height)
            : null;

    /// <summary>0.299 R + 0.587 G + 0.114 B, rounded half up (clamav-formats.md §3.7, image fuzzy hash).</summary>
    public static byte Grey(byte red, byte green, byte blue) => (byte)(((299 * red) + (587 * green) + (114 * blue) + 500) / 1000);
}

/// <summary>What decoding one picture may cost.</summary>
public sealed record PictureLimits
{
    /// <summary>Pixels to a side, whatever else is allowed.</summary>
    public const int MaxSide = 32768;

    public static PictureLimits Default { get; } = new();

    /// <summary>Bytes of the encoded picture; larger ones are not decoded. 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 << 20;

    /// <summary>Pixels; each costs up to four bytes of memory while it is decoded. 16 Mi.</summary>
    public int MaxPixels { get; init; } = 16 << 20;
}
