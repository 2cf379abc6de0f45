using System.Buffers.Binary;

namespace Engine.Pictures;

/// <summary>Windows bitmaps without compression: 1, 4, 8, 24 and 32 bits a pixel.</summary>
internal static class BmpDecoder
{
    /// <exception cref="PictureException">The picture is damaged.</exception>
    public static GreyPicture? Decode(ReadOnlySpan<byte> bytes, PictureLimits limits)
    {
        var reader = new PictureReader(bytes);
        var file = reader.Take(14);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(reader.Take(4));
        var header = reader.Take((long)headerSize - 4);
        if (header.Length < 36 || BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) != 0)
        {
            return null;
        }

        var width = BinaryPrimitives.ReadInt32LittleEndian(header);
        long height = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        if (bits is not (1 or 4 or 8 or 24 or 32) || GreyPicture.TryCreate(width, Math.Abs(height), limits) is not { } picture)
        {
            return null;
        }

        var colors = BinaryPrimitives.ReadUInt32LittleEndian(header[28..]);
        var palette = bits > 8 ? default : reader.Take(4L * (colors is 0 or > 256 ? 1 << bits : colors));
        var rowBytes = (((long)width * bits) + 31) / 32 * 4;
        for (var y = 0; y < picture.Height; y++)
        {
            var row = At(bytes, start + (rowBytes * y), rowBytes);
            var target = picture.Pixels.AsSpan((height < 0 ? y : picture.Height - 1 - y) * width, width);
            for (var x = 0; x < width; x++)
            {
                target[x] = Pixel(row, x, bits, palette);
            }
        }

        return picture;
    }

    private static ReadOnlySpan<byte> At(ReadOnlySpan<byte> bytes, long start, long count) =>
        start + count <= bytes.Length ? bytes.Slice((int)start, (int)count) : throw new PictureException("The picture ends early.");

    private static byte Pixel(ReadOnlySpan<byte> row, int x, int bits, ReadOnlySpan<byte> palette)
    {
        if (bits > 8)
        {
            var color = row[(x * bits / 8)..];
            return GreyPicture.Grey(color[2], color[1], color[0]);
        }

        var bit = x * bits;
        var index = (row[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
        return (4 * index) + 2 < palette.Length
            ? GreyPicture.Grey(palette[(4 * index) + 2], palette[(4 * index) + 1], palette[4 * index])
            : throw new PictureException("A colour is not in the palette.");
    }
}
