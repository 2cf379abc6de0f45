using System.Buffers.Binary;

namespace Engine.Decomposition.Archives;

/// <summary>Walks one 7z header (7zFormat.txt) as far as the coder descriptions of its folders.</summary>
/// <remarks><see cref="EndOfStreamException"/> when it ends early or makes no sense.</remarks>
internal sealed class SevenZipCoders(byte[] header)
{
    private const int End = 0x00;
    private const int Header = 0x01;
    private const int ArchiveProperties = 0x02;
    private const int MainStreams = 0x04;
    private const int PackInfo = 0x06;
    private const int UnpackInfo = 0x07;
    private const int Size = 0x09;
    private const int Folder = 0x0B;
    private const int UnpackSize = 0x0C;
    private const int EncodedHeader = 0x17;
    private const int MaxCoders = 32;

    private int _position;

    /// <summary>The header is packed itself.</summary>
    public bool IsEncodedHeader { get; private set; }

    /// <summary>LZMA properties of the packed header; null when another coder packed it.</summary>
    public byte[]? HeaderProperties { get; private set; }

    public long PackedStart { get; private set; }

    public long PackedBytes { get; private set; }

    public long UnpackedBytes { get; private set; }

    public void Read()
    {
        var id = Byte();
        IsEncodedHeader = id == EncodedHeader;
        if (id == Header)
        {
            id = Byte();
            if (id == ArchiveProperties)
            {
                throw new EndOfStreamException();
            }

            if (id != MainStreams)
            {
                return;
            }
        }
        else if (!IsEncodedHeader)
        {
            return;
        }

        ReadStreams();
    }

    private void ReadStreams()
    {
        var id = Byte();
        if (id == PackInfo)
        {
            ReadPackInfo();
            id = Byte();
        }

        if (id == UnpackInfo)
        {
            ReadFolders();
        }
    }

    private void ReadPackInfo()
    {
        PackedStart = Number();
        var streams = Number();
        for (var id = Byte(); id != End; id = Byte())
        {
            if (id != Size)
            {
                throw new EndOfStreamException();
            }

            for (long i = 0; i < streams; i++)
            {
                var size = Number();
                PackedBytes = i == 0 ? size : PackedBytes;
            }
        }
    }

    private void ReadFolders()
    {
        if (Byte() != Folder)
        {
            throw new EndOfStreamException();
        }

        var folders = Number();
        if (Byte() != 0)
        {
            throw new EndOfStreamException();
        }

        for (long i = 0; i < folders; i++)
        {
            ReadFolder(isOnly: folders == 1);
        }

        if (IsEncodedHeader && Byte() == UnpackSize)
        {
            UnpackedBytes = Number();
        }
    }

    private void ReadFolder(bool isOnly)
    {
        var coders = Number();
        if (coders is < 1 or > MaxCoders)
        {
            throw new EndOfStreamException();
        }

        long inputs = 0, outputs = 0;
        for (long i = 0; i < coders; i++)
        {
            var flags = Byte();
            var id = Take(flags & 0x0F);
            var (coderInputs, coderOutputs) = (flags & 0x10) != 0 ? (Number(), Number()) : (1L, 1L);
            inputs += coderInputs;
            outputs += coderOutputs;
            var properties = (flags & 0x20) != 0 ? Take((int)Math.Min(Number(), int.MaxValue)) : default;
            CheckCoder(id, properties);
            if (isOnly && coders == 1 && id.SequenceEqual<byte>([0x03, 0x01, 0x01]))
            {
                HeaderProperties = properties.ToArray();
            }
        }

        if (inputs > MaxCoders || outputs > MaxCoders)
        {
            throw new EndOfStreamException();
        }

        for (var bond = 0L; bond < outputs - 1; bond++)
        {
            Number();
            Number();
        }

        var packed = inputs - (outputs - 1);
        for (var i = 0L; packed > 1 && i < packed; i++)
        {
            Number();
        }
    }

    private static void CheckCoder(ReadOnlySpan<byte> id, ReadOnlySpan<byte> properties)
    {
        if (id.SequenceEqual<byte>([0x03, 0x01, 0x01]) && properties.Length >= 5)
        {
            Codecs.CheckWindow(BinaryPrimitives.ReadUInt32LittleEndian(properties[1..]));
        }
        else if (id.SequenceEqual<byte>([0x21]) && properties.Length >= 1)
        {
            Codecs.CheckWindow(Codecs.DictionaryBytes(properties[0] & 0x3F));
        }
        else if (id.SequenceEqual<byte>([0x03, 0x04, 0x01]) && properties.Length >= 5)
        {
            Codecs.CheckPpmd(BinaryPrimitives.ReadUInt32LittleEndian(properties[1..]));
        }
    }

    private int Byte() => _position < header.Length ? header[_position++] : throw new EndOfStreamException();

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > header.Length - _position)
        {
            throw new EndOfStreamException();
        }

        _position += count;
        return header.AsSpan(_position - count, count);
    }

    // The leading ones of the first byte count the bytes that follow, low one first; its other bits are the highest.
    private long Number()
    {
        var first = Byte();
        long value = 0;
        var mask = 0x80;
        for (var i = 0; i < 8; i++, mask >>= 1)
        {
            if ((first & mask) == 0)
            {
                return NotNegative(value | ((long)(first & (mask - 1)) << (8 * i)));
            }

            value |= (long)Byte() << (8 * i);
        }

        return NotNegative(value);
    }

    private static long NotNegative(long value) => value >= 0 ? value : throw new EndOfStreamException();
}
