using System.Buffers.Binary;

namespace Engine.Pictures;

/// <summary>
/// The luma of a JPEG: baseline, extended and progressive, Huffman-coded, 8 bits, one component or YCbCr. For these
/// 0.299 R + 0.587 G + 0.114 B is the luma itself, so the colours are never decoded. Lossless, arithmetic-coded, CMYK
/// and RGB files are not decoded.
/// </summary>
internal static class JpegDecoder
{
    /// <summary>Scans of a progressive picture; each may cost a pass over all blocks for a few bytes. Ten are usual.</summary>
    private const int MaxScans = 64;

    /// <exception cref="PictureException">The picture is damaged.</exception>
    public static GreyPicture? Decode(ReadOnlySpan<byte> bytes, PictureLimits limits)
    {
        var tables = new Tables();
        JpegFrame? frame = null;
        var scans = 0;
        var position = 2;
        while (true)
        {
            var marker = NextMarker(bytes, ref position);
            if (marker == 0xD9)
            {
                return frame?.Finish();
            }

            var reader = new PictureReader(bytes[position..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(reader.Take(2));
            var segment = reader.Take(length - 2);
            position += length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when frame is null:
                    frame = ReadFrame(segment, isProgressive: marker == 0xC2, limits);
                    if (frame is null)
                    {
                        return null;
                    }

                    break;
                case 0xC4:
                    tables.ReadCodes(segment);
                    break;
                case (>= 0xC0 and <= 0xCF) and not 0xC8:
                    return null;
                case 0xDB:
                    tables.ReadSteps(segment);
                    break;
                case 0xDD when segment.Length == 2:
                    tables.RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xEE when segment.Length >= 12 && segment.StartsWith("Adobe"u8) && segment[11] == 0:
                    // Colours that are not transformed: there is no luma, unless there is one component only.
                    tables.IsUntransformed = true;
                    break;
                case 0xDA when frame is not null && ++scans <= MaxScans && !(tables.IsUntransformed && frame.Components.Length > 1):
                    position = ReadScan(bytes, position, segment, frame, tables);
                    break;
                case 0xDA:
                    return null;
            }
        }
    }

    /// <summary>Moves behind the next marker.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> bytes, ref int position)
    {
        while (position + 1 < bytes.Length)
        {
            var (first, second) = (bytes[position], bytes[position + 1]);
            position++;
            if (first == 0xFF && second is not (0 or 0xFF or 0x01 or (>= 0xD0 and <= 0xD8)))
            {
                position++;
                return second;
            }
        }

        throw new PictureException("The picture ends early.");
    }

    private static JpegFrame? ReadFrame(ReadOnlySpan<byte> segment, bool isProgressive, PictureLimits limits)
    {
        var reader = new PictureReader(segment);
        var precision = reader.TakeByte();
        int height = BinaryPrimitives.ReadUInt16BigEndian(reader.Take(2));
        int width = BinaryPrimitives.ReadUInt16BigEndian(reader.Take(2));
        int count = reader.TakeByte();
        if (precision != 8 || count is not (1 or 3) || GreyPicture.TryCreate(width, height, limits) is not { } picture)
        {
            return null;
        }

        var stated = new (byte Id, int Across, int Down, int Steps)[count];
        for (var i = 0; i < count; i++)
        {
            var entry = reader.Take(3);
            stated[i] = count == 1 ? (entry[0], 1, 1, entry[2]) : (entry[0], entry[1] >> 4, entry[1] & 15, entry[2]);
            if (stated[i].Across is < 1 or > 4 || stated[i].Down is < 1 or > 4 || stated[i].Steps > 3)
            {
                throw new PictureException("A component has an impossible size.");
            }
        }

        var (across, down) = (stated.Max(s => s.Across), stated.Max(s => s.Down));
        if (stated[0].Across != across || stated[0].Down != down)
        {
            return null;
        }

        var components = Array.ConvertAll(stated, s => new JpegComponent
        {
            Id = s.Id,
            Across = s.Across,
            Down = s.Down,
            Columns = Blocks(width, s.Across, across),
            Rows = Blocks(height, s.Down, down),
            Quantisation = s.Steps,
        });
        return new JpegFrame(isProgressive, picture, components, Ceiling(width, 8 * across), Ceiling(height, 8 * down));
    }

    private static int Blocks(int pixels, int own, int most) => Ceiling(Ceiling(pixels * own, most), 8);

    private static int Ceiling(int value, int step) => (value + step - 1) / step;

    private static int ReadScan(ReadOnlySpan<byte> bytes, int position, ReadOnlySpan<byte> segment, JpegFrame frame, Tables tables)
    {
        var reader = new PictureReader(segment);
        var components = new JpegComponent[reader.TakeByte()];
        for (var i = 0; i < components.Length; i++)
        {
            var (id, codes) = (reader.TakeByte(), reader.TakeByte());
            var component = Array.Find(frame.Components, c => c.Id == id)
                ?? throw new PictureException("A scan names no component.");
            component.Dc = tables.Codes[(codes >> 4) & 3];
            component.Ac = tables.Codes[4 + (codes & 3)];
            components[i] = component;
        }

        var (first, last, bits) = (reader.TakeByte(), reader.TakeByte(), reader.TakeByte());
        var scan = new JpegScan(frame, components, tables.RestartInterval)
        {
            First = frame.IsProgressive ? first : 0,
            Last = frame.IsProgressive ? last : 63,
            High = frame.IsProgressive ? bits >> 4 : 0,
            Low = frame.IsProgressive ? bits & 15 : 0,
        };
        if (components.Length == 0 || components.Distinct().Count() < components.Length || scan.Last > 63 || scan.Low > 13
            || (frame.IsProgressive && (scan.First > scan.Last || (scan.First > 0 && components.Length > 1))))
        {
            throw new PictureException("A scan has impossible parameters.");
        }

        if (components.Contains(frame.Luma))
        {
            frame.LumaSteps ??= tables.Steps[frame.Luma.Quantisation] ?? throw new PictureException("The luma has no quantisation.");
            var reading = new JpegBits(bytes, position);
            scan.Read(ref reading);
            position = reading.Position;
        }

        return JpegBits.EndOfScan(bytes, position);
    }

    /// <summary>What markers before the scans define.</summary>
    private sealed class Tables
    {
        /// <summary>Four codes for DC, then four for AC.</summary>
        public JpegCode?[] Codes { get; } = new JpegCode?[8];

        /// <summary>64 each, in zigzag order.</summary>
        public ushort[]?[] Steps { get; } = new ushort[]?[4];

        public int RestartInterval { get; set; }

        public bool IsUntransformed { get; set; }

        public void ReadCodes(ReadOnlySpan<byte> segment)
        {
            var reader = new PictureReader(segment);
            while (reader.Left > 0)
            {
                var place = reader.TakeByte();
                var counts = reader.Take(16);
                var total = 0;
                foreach (var count in counts)
                {
                    total += count;
                }

                if (place >> 4 > 1 || (place & 15) > 3 || total > 256)
                {
                    throw new PictureException("There is no such code table.");
                }

                Codes[((place >> 4) * 4) + (place & 3)] = new JpegCode(counts, reader.Take(total));
            }
        }

        public void ReadSteps(ReadOnlySpan<byte> segment)
        {
            var reader = new PictureReader(segment);
            while (reader.Left > 0)
            {
                var place = reader.TakeByte();
                if (place >> 4 > 1 || (place & 15) > 3)
                {
                    throw new PictureException("There is no such quantisation table.");
                }

                var isWide = place >> 4 == 1;
                var values = reader.Take(isWide ? 128 : 64);
                var steps = new ushort[64];
                for (var i = 0; i < 64; i++)
                {
                    steps[i] = isWide ? BinaryPrimitives.ReadUInt16BigEndian(values[(2 * i)..]) : values[i];
                }

                Steps[place & 3] = steps;
            }
        }
    }
}
