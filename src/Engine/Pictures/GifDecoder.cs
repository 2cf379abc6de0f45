using System.Buffers.Binary;

namespace Engine.Pictures;

/// <summary>The first frame of a GIF, at its place on the black screen.</summary>
internal static class GifDecoder
{
    /// <summary>Rows of an interlaced frame: first and step of the four passes.</summary>
    private static readonly (int First, int Step)[] _passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    /// <exception cref="PictureException">The picture is damaged.</exception>
    public static GreyPicture? Decode(ReadOnlySpan<byte> bytes, PictureLimits limits)
    {
        var reader = new PictureReader(bytes);
        reader.Take(6);
        var screen = reader.Take(7);
        var picture = GreyPicture.TryCreate(
            BinaryPrimitives.ReadUInt16LittleEndian(screen), BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]), limits);
        if (picture is null)
        {
            return null;
        }

        var palette = Palette(ref reader, screen[4]);
        while (true)
        {
            switch (reader.TakeByte())
            {
                case 0x21:
                    reader.TakeByte();
                    SkipBlocks(ref reader);
                    break;
                case 0x2C:
                    DrawFrame(ref reader, palette, picture);
                    return picture;
                default:
                    return null;
            }
        }
    }

    private static byte[] Palette(ref PictureReader reader, byte flags) =>
        (flags & 0x80) == 0 ? [] : reader.Take(3 << ((flags & 7) + 1)).ToArray();

    private static void SkipBlocks(ref PictureReader reader)
    {
        while (reader.TakeByte() is var length and > 0)
        {
            reader.Take(length);
        }
    }

    private static void DrawFrame(ref PictureReader reader, byte[] palette, GreyPicture picture)
    {
        var frame = reader.Take(9);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(frame);
        int top = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
        int height = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        var own = Palette(ref reader, frame[8]);
        palette = own.Length == 0 ? palette : own;
        if (width == 0 || height == 0 || left + width > picture.Width || top + height > picture.Height)
        {
            throw new PictureException("A frame leaves the screen.");
        }

        var indices = new byte[width * height];
        GifCodes.Read(ref reader, indices);
        var row = 0;
        foreach (var (first, step) in (frame[8] & 0x40) == 0 ? [(0, 1)] : _passes)
        {
            for (var y = first; y < height; y += step, row++)
            {
                for (var x = 0; x < width; x++)
                {
                    var index = 3 * indices[(row * width) + x];
                    if (index + 2 >= palette.Length)
                    {
                        throw new PictureException("A colour is not in the palette.");
                    }

                    picture.Pixels[((top + y) * picture.Width) + left + x] =
                        GreyPicture.Grey(palette[index], palette[index + 1], palette[index + 2]);
                }
            }
        }
    }
}

/// <summary>The LZW codes of a GIF frame.</summary>
internal static class GifCodes
{
    private const int MaxCodes = 4096;
    private const int MaxBits = 12;

    /// <summary>Fills the frame from the blocks of codes.</summary>
    /// <exception cref="PictureException">They are damaged or give too little.</exception>
    public static void Read(ref PictureReader reader, Span<byte> indices)
    {
        int literalBits = reader.TakeByte();
        if (literalBits is < 1 or > 8)
        {
            throw new PictureException("There is no such code size.");
        }

        Span<short> prefixes = stackalloc short[MaxCodes];
        Span<byte> suffixes = stackalloc byte[MaxCodes];
        Span<byte> reversed = stackalloc byte[MaxCodes];
        var (clear, end) = (1 << literalBits, (1 << literalBits) + 1);
        var (next, bits, last, filled) = (end + 1, literalBits + 1, -1, 0);
        byte first = 0;
        var codes = default(GifBits);
        while (filled < indices.Length)
        {
            var code = codes.Take(ref reader, bits);
            if (code == clear)
            {
                (next, bits, last) = (end + 1, literalBits + 1, -1);
                continue;
            }

            // Behind a clear code stands a literal; later a code that is known, or the one that is about to be.
            if (code == end || code > (last < 0 ? end : next))
            {
                throw new PictureException("A code has no meaning.");
            }

            var count = 0;
            var at = code;
            if (code == next)
            {
                reversed[count++] = first;
                at = last;
            }

            for (; at > end; at = prefixes[at])
            {
                reversed[count++] = suffixes[at];
            }

            first = (byte)at;
            reversed[count++] = first;
            while (count > 0 && filled < indices.Length)
            {
                indices[filled++] = reversed[--count];
            }

            if (last >= 0 && next < MaxCodes)
            {
                (prefixes[next], suffixes[next]) = ((short)last, first);
                bits += ++next == 1 << bits && bits < MaxBits ? 1 : 0;
            }

            last = code;
        }
    }

    /// <summary>Codes of growing width, the lowest bits first, cut into blocks of up to 255 bytes.</summary>
    private ref struct GifBits
    {
        private ReadOnlySpan<byte> _block;
        private int _buffer;
        private int _available;

        public int Take(scoped ref PictureReader reader, int bits)
        {
            for (; _available < bits; _available += 8)
            {
                if (_block.IsEmpty)
                {
                    _block = reader.Take(reader.TakeByte());
                    if (_block.IsEmpty)
                    {
                        throw new PictureException("The codes end early.");
                    }
                }

                _buffer |= _block[0] << _available;
                _block = _block[1..];
            }

            var code = _buffer & ((1 << bits) - 1);
            _buffer >>= bits;
            _available -= bits;
            return code;
        }
    }
}
