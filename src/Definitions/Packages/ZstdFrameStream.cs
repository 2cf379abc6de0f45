using System.Buffers.Binary;
using System.Globalization;

namespace Definitions.Packages;

/// <summary>
/// Passes exactly one Zstandard frame of a longer stream through and then ends, so that frames can be told apart, and
/// checks what costs memory before the decoder sees it (RFC 8878 §3.1.1). Reads not one byte past the frame.
/// </summary>
/// <remarks>
/// Refuses: skippable frames, frames that need a dictionary, a window above the limit, reserved bits and block types,
/// blocks above 128 KiB, a frame above <c>maxBytes</c>, and a stream that ends inside the frame. Does not own the
/// inner stream.
/// </remarks>
internal sealed class ZstdFrameStream(Stream inner, long maxBytes, long maxWindowBytes) : Stream
{
    private const uint Magic = 0xFD2FB528;
    private const int MaxBlockBytes = 128 * 1024;
    private const int ChecksumBytes = 4;

    private enum Part
    {
        FrameHeader,
        BlockHeader,
        Checksum,
        End,
    }

    // Header bytes that were read to be checked and wait to be passed on: at most 4 + 1 + 1 + 8.
    private readonly byte[] _header = new byte[14];
    private int _headerStart;
    private int _headerEnd;

    // Bytes of block content or checksum that follow the header.
    private int _contentLeft;
    private Part _next = Part.FrameHeader;
    private bool _hasChecksum;

    /// <summary>Bytes of the frame that were read so far; its length once the stream has ended.</summary>
    public long FrameBytes { get; private set; }

    /// <summary>True when the whole frame was passed on.</summary>
    public bool IsComplete => _next == Part.End && _headerStart == _headerEnd && _contentLeft == 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_headerStart == _headerEnd && _contentLeft == 0)
        {
            if (_next == Part.End)
            {
                return 0;
            }

            ReadNextPart();
        }

        if (_headerStart < _headerEnd)
        {
            var length = Math.Min(buffer.Length, _headerEnd - _headerStart);
            _header.AsSpan(_headerStart, length).CopyTo(buffer);
            _headerStart += length;
            return length;
        }

        var read = inner.Read(buffer[..Math.Min(buffer.Length, _contentLeft)]);
        if (read == 0)
        {
            throw Refused("it ends inside a Zstandard frame");
        }

        Count(read);
        _contentLeft -= read;
        return read;
    }

    private void ReadNextPart()
    {
        _headerStart = _headerEnd = 0;
        switch (_next)
        {
            case Part.FrameHeader:
                ReadFrameHeader();
                break;
            case Part.BlockHeader:
                ReadBlockHeader();
                break;
            case Part.Checksum:
                _contentLeft = ChecksumBytes;
                _next = Part.End;
                break;
            case Part.End:
                break;
        }
    }

    private void ReadFrameHeader()
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) != Magic)
        {
            throw Refused("a Zstandard frame does not start where it should");
        }

        var descriptor = Take(1)[0];
        var hasReservedBit = (descriptor & 0x08) != 0;
        var needsDictionary = (descriptor & 0x03) != 0;
        if (hasReservedBit || needsDictionary)
        {
            throw Refused("a Zstandard frame uses a reserved bit or a dictionary");
        }

        var isSingleSegment = (descriptor & 0x20) != 0;
        _hasChecksum = (descriptor & 0x04) != 0;
        var windowBytes = isSingleSegment ? 0 : WindowBytes(Take(1)[0]);
        var sizeBytes = (descriptor >> 6) switch { 0 => isSingleSegment ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        var contentBytes = ContentBytes(Take(sizeBytes));

        // A single segment is decoded into one buffer of the content's size.
        if ((isSingleSegment ? contentBytes : windowBytes) > (ulong)maxWindowBytes)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"a Zstandard frame needs more memory than {maxWindowBytes} bytes"));
        }

        _next = Part.BlockHeader;
    }

    private void ReadBlockHeader()
    {
        var bytes = Take(3);
        var header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
        var isLast = (header & 1) != 0;
        var kind = (header >> 1) & 3;
        var size = header >> 3;
        const int Reserved = 3;
        if (kind == Reserved || size > MaxBlockBytes)
        {
            throw Refused("a Zstandard block has a reserved type or is too large");
        }

        const int RunLength = 1;
        _contentLeft = kind == RunLength ? 1 : size;
        _next = !isLast ? Part.BlockHeader : _hasChecksum ? Part.Checksum : Part.End;
    }

    /// <summary>RFC 8878 §3.1.1.1.2: exponent in the upper five bits, eighths in the lower three; at most 3.75 TiB.</summary>
    private static ulong WindowBytes(byte descriptor)
    {
        var basis = 1UL << (10 + (descriptor >> 3));
        return basis + (basis / 8 * (ulong)(descriptor & 7));
    }

    private static ulong ContentBytes(ReadOnlySpan<byte> field) => field.Length switch
    {
        0 => 0,
        1 => field[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(field) + 256UL,
        4 => BinaryPrimitives.ReadUInt32LittleEndian(field),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(field),
    };

    /// <summary>Reads header bytes that are to be passed on later.</summary>
    private ReadOnlySpan<byte> Take(int count)
    {
        var target = _header.AsSpan(_headerEnd, count);
        if (inner.ReadAtLeast(target, count, throwOnEndOfStream: false) < count)
        {
            throw Refused("it ends inside a Zstandard frame");
        }

        _headerEnd += count;
        Count(count);
        return target;
    }

    private void Count(int bytes)
    {
        FrameBytes += bytes;
        if (FrameBytes > maxBytes)
        {
            throw Refused("a Zstandard frame is longer than announced");
        }
    }

    private static RefusedException Refused(string why) =>
        new(RefusalReason.PackageMalformed, $"The package is not readable: {why}.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
