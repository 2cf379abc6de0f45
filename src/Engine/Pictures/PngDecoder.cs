using System.Buffers.Binary;
using System.IO.Compression;

namespace Engine.Pictures;

/// <summary>PNG (ISO/IEC 15948): all colour types and depths, interlaced or not. Transparency is dropped; checksums of chunks are not looked at.</summary>
internal static class PngDecoder
{
    /// <summary>Columns and rows of the seven passes of an interlaced picture: first and step.</summary>
    private static readonly (int X, int StepX, int Y, int StepY)[] _passes =
        [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)];

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <exception cref="PictureException">The picture is damaged.</exception>
    public static GreyPicture? Decode(ReadOnlySpan<byte> bytes, PictureLimits limits)
    {
        var reader = new PictureReader(bytes);
        reader.Take(Signature.Length);
        Header? header = null;
        GreyPicture? picture = null;
        byte[] palette = [];
        using var compressed = new MemoryStream();
        while (true)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(reader.Take(4));
            var kind = BinaryPrimitives.ReadUInt32BigEndian(reader.Take(4));
            if (kind == 0x4945_4E44)
            {
                break;
            }

            var data = reader.Take(length);
            reader.Take(4);
            switch (kind)
            {
                case 0x4948_4452 when header is null:
                    header = ReadHeader(data);
                    picture = GreyPicture.TryCreate(header.Width, header.Height, limits);
                    break;
                case 0x504C_5445:
                    palette = data.ToArray();
                    break;
                case 0x4944_4154:
                    compressed.Write(data);
                    break;
            }

            if (picture is null)
            {
                return null;
            }
        }

        if (header is null || picture is null)
        {
            return null;
        }

        compressed.Position = 0;
        using var rows = new ZLibStream(compressed, CompressionMode.Decompress);
        if (!header.IsInterlaced)
        {
            ReadPass(rows, header, palette, picture, (0, 1, 0, 1));
            return picture;
        }

        foreach (var pass in _passes)
        {
            ReadPass(rows, header, palette, picture, pass);
        }

        return picture;
    }

    private static Header ReadHeader(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13 || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            throw new PictureException("The header is not one of a PNG.");
        }

        var (depth, color) = (data[8], data[9]);
        var samples = color switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => throw new PictureException("There is no such colour type.") };
        var isDepth = depth is 8 || (depth == 16 && color != 3) || (depth is 1 or 2 or 4 && color is 0 or 3);
        return isDepth
            ? new Header(
                BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]), depth, color, samples, data[12] == 1)
            : throw new PictureException("There is no such depth.");
    }

    private static void ReadPass(
        ZLibStream rows, Header header, byte[] palette, GreyPicture picture, (int X, int StepX, int Y, int StepY) pass)
    {
        var width = (picture.Width - pass.X + pass.StepX - 1) / pass.StepX;
        if (width <= 0)
        {
            return;
        }

        var pixelBits = header.Samples * header.Depth;
        var distance = Math.Max(1, pixelBits / 8);
        var row = new byte[1 + (((width * pixelBits) + 7) / 8)];
        var previous = new byte[row.Length];
        for (var y = pass.Y; y < picture.Height; y += pass.StepY)
        {
            ReadRow(rows, row);
            Unfilter(row, previous, distance);
            var target = picture.Pixels.AsSpan(y * picture.Width, picture.Width);
            for (var x = 0; x < width; x++)
            {
                target[pass.X + (x * pass.StepX)] = Pixel(row.AsSpan(1), x, header, palette);
            }

            (row, previous) = (previous, row);
        }
    }

    private static void ReadRow(ZLibStream rows, byte[] row)
    {
        try
        {
            rows.ReadExactly(row);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // The stream lies in memory: an I/O error is zlib's way to say that it cannot go on.
            throw new PictureException("The compressed rows are damaged.", e);
        }
    }

    private static void Unfilter(Span<byte> row, ReadOnlySpan<byte> previous, int distance)
    {
        var filter = row[0];
        if (filter > 4)
        {
            throw new PictureException("There is no such filter.");
        }

        for (var i = 1; i < row.Length; i++)
        {
            var left = i > distance ? row[i - distance] : (byte)0;
            var above = previous[i];
            var corner = i > distance ? previous[i - distance] : (byte)0;
            row[i] += filter switch
            {
                1 => left,
                2 => above,
                3 => (byte)((left + above) / 2),
                4 => Paeth(left, above, corner),
                _ => 0,
            };
        }
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        var estimate = left + above - corner;
        var (byLeft, byAbove, byCorner) = (Math.Abs(estimate - left), Math.Abs(estimate - above), Math.Abs(estimate - corner));
        return byLeft <= byAbove && byLeft <= byCorner ? left : byAbove <= byCorner ? above : corner;
    }

    private static byte Pixel(ReadOnlySpan<byte> row, int x, Header header, byte[] palette)
    {
        if (header.Depth < 8)
        {
            var bit = x * header.Depth;
            var value = (row[bit >> 3] >> (8 - header.Depth - (bit & 7))) & ((1 << header.Depth) - 1);
            return header.Color == 3 ? FromPalette(palette, value) : (byte)(value * 255 / ((1 << header.Depth) - 1));
        }

        var width = header.Depth / 8;
        var at = x * header.Samples * width;
        return header.Color switch
        {
            3 => FromPalette(palette, row[at]),
            0 or 4 => row[at],
            _ => GreyPicture.Grey(row[at], row[at + width], row[at + (2 * width)]),
        };
    }

    private static byte FromPalette(byte[] palette, int index) => (3 * index) + 2 < palette.Length
        ? GreyPicture.Grey(palette[3 * index], palette[(3 * index) + 1], palette[(3 * index) + 2])
        : throw new PictureException("A colour is not in the palette.");

    private sealed record Header(uint Width, uint Height, int Depth, int Color, int Samples, bool IsInterlaced);
}
