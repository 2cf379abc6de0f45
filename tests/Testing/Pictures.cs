using System.Buffers.Binary;
using System.IO.Compression;

namespace Testing;

/// <summary>Encodes small pictures: what a test wants to be decoded, of known bytes.</summary>
public static class Pictures
{
    public delegate (byte Red, byte Green, byte Blue) Paint(int x, int y);

    /// <summary>A slope in both directions with some structure.</summary>
    public static (byte Red, byte Green, byte Blue) Slope(int x, int y) => ((byte)(x * 2), (byte)(y * 3), (byte)(x * y));

    /// <param name="color">PNG colour type: 0 grey (red is taken), 2 RGB, 4 grey and alpha, 6 RGBA.</param>
    public static byte[] Png(int width, int height, Paint paint, int color = 2, bool isInterlaced = false)
    {
        using var rows = new MemoryStream();
        using (var compressed = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            (int X, int StepX, int Y, int StepY)[] passes = isInterlaced
                ? [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
                : [(0, 1, 0, 1)];
            foreach (var pass in passes)
            {
                WritePass(compressed, width, height, paint, color, pass);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (8, (byte)color, (byte)(isInterlaced ? 1 : 0));
        return
        [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A,
            .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, rows.ToArray()), .. Chunk("IEND"u8, []),
        ];
    }

    /// <summary>24 bits a pixel, bottom row first.</summary>
    public static byte[] Bmp(int width, int height, Paint paint)
    {
        var rowBytes = ((width * 3) + 3) / 4 * 4;
        var file = new byte[54 + (rowBytes * height)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var at = 54 + ((height - 1 - y) * rowBytes) + (3 * x);
                (file[at + 2], file[at + 1], file[at]) = paint(x, y);
            }
        }

        return file;
    }

    /// <summary>128 greys, the codes uncompressed: a clear code before the width would grow.</summary>
    public static byte[] Gif(int width, int height, Paint paint)
    {
        var file = new List<byte>("GIF89a"u8.ToArray());
        file.AddRange([(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0xF6, 0, 0]);
        for (var i = 0; i < 128; i++)
        {
            file.AddRange([(byte)(2 * i), (byte)(2 * i), (byte)(2 * i)]);
        }

        file.AddRange([0x2C, 0, 0, 0, 0, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8), 0, 7]);
        var codes = new List<byte>();
        for (var i = 0; i < width * height; i++)
        {
            if (i % 100 == 0)
            {
                codes.Add(0x80);
            }

            codes.Add((byte)(paint(i % width, i / width).Red / 2));
        }

        // Codes of eight bits are bytes: seven for the colour, the clear code has the eighth.
        codes.Add(0x81);
        foreach (var block in codes.Chunk(255))
        {
            file.Add((byte)block.Length);
            file.AddRange(block);
        }

        file.AddRange([0, 0x3B]);
        return [.. file];
    }

    /// <summary>
    /// A grey JPEG, baseline or progressive, of flat blocks of 8×8: each has the red of its corner, rounded to a multiple
    /// of 8. AC coefficients do not occur.
    /// </summary>
    public static byte[] FlatJpeg(int width, int height, Paint paint, bool isProgressive = false, int restartInterval = 0)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        file.AddRange([0xFF, 0xDB, 0, 67, 0]);
        file.AddRange(Enumerable.Repeat((byte)64, 64));
        file.AddRange([0xFF, (byte)(isProgressive ? 0xC2 : 0xC0), 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);
        file.AddRange([0xFF, 0xDD, 0, 4, (byte)(restartInterval >> 8), (byte)restartInterval]);

        // DC: sizes 0 to 7 as codes of four bits. AC: the end of a block as a code of one bit.
        file.AddRange([0xFF, 0xC4, 0, 27, 0x00, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
        file.AddRange([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.AddRange([0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, (byte)(isProgressive ? 0 : 63), 0]);
        WriteBlocks(file, width, height, paint, isProgressive, restartInterval);
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }

    private static void WriteBlocks(List<byte> file, int width, int height, Paint paint, bool isProgressive, int restartInterval)
    {
        var (buffer, available, last, count) = (0UL, 0, 0, 0);
        for (var y = 0; y < height; y += 8)
        {
            for (var x = 0; x < width; x += 8)
            {
                if (restartInterval > 0 && count > 0 && count % restartInterval == 0)
                {
                    Flush();
                    file.AddRange([0xFF, (byte)(0xD0 + (((count / restartInterval) - 1) % 8))]);
                    last = 0;
                }

                // A step of 64 of the DC coefficient is 8 levels of grey.
                var value = (paint(x, y).Red / 8) - 16;
                var difference = value - last;
                last = value;
                var size = 32 - int.LeadingZeroCount(Math.Abs(difference));
                Put((uint)size, 4);
                Put((uint)(difference < 0 ? difference + (1 << size) - 1 : difference), size);
                Put(0, isProgressive ? 0 : 1);
                count++;
            }
        }

        Flush();

        void Put(uint bits, int length)
        {
            buffer = (buffer << length) | bits;
            available += length;
            for (; available >= 8; available -= 8)
            {
                var full = (byte)(buffer >> (available - 8));
                file.Add(full);
                if (full == 0xFF)
                {
                    file.Add(0);
                }
            }
        }

        void Flush()
        {
            if (available > 0)
            {
                Put((1u << (8 - available)) - 1, 8 - available);
            }
        }
    }

    private static void WritePass(
        Stream rows, int width, int height, Paint paint, int color, (int X, int StepX, int Y, int StepY) pass)
    {
        for (var y = pass.Y; y < height && pass.X < width; y += pass.StepY)
        {
            // Every other row as it is, the rest as differences to the left.
            var isFiltered = y % 2 == 1;
            rows.WriteByte((byte)(isFiltered ? 1 : 0));
            byte[] left = [0, 0, 0, 0];
            for (var x = pass.X; x < width; x += pass.StepX)
            {
                var (red, green, blue) = paint(x, y);
                byte[] pixel = color switch { 0 => [red], 4 => [red, (byte)x], 2 => [red, green, blue], _ => [red, green, blue, (byte)y] };
                for (var i = 0; i < pixel.Length; i++)
                {
                    rows.WriteByte((byte)(pixel[i] - (isFiltered ? left[i] : 0)));
                    left[i] = pixel[i];
                }
            }
        }
    }

    private static byte[] Chunk(ReadOnlySpan<byte> kind, byte[] data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        kind.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
