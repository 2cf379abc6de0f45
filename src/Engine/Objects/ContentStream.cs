using System.Buffers;

namespace Engine.Objects;

/// <summary>
/// An object, or part of it, as the seekable stream that library parsers read. Every fill of its buffer calls
/// <c>check</c>, so time and cancellation reach into loops that are not ours (decomposer.md §3).
/// </summary>
internal sealed class ContentStream : Stream
{
    /// <summary>Bytes taken from the object at one time.</summary>
    public const int BufferBytes = 32 * 1024;

    private readonly ObjectContent _content;
    private readonly long _start;
    private readonly Action _check;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _bufferStart;
    private int _bufferCount;
    private long _position;

    /// <param name="check">Throws when the scan has to end.</param>
    public ContentStream(ObjectContent content, long start, long length, Action check)
    {
        _content = content;
        _start = Math.Clamp(start, 0, content.Length);
        Length = Math.Clamp(length, 0, content.Length - _start);
        _check = check;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="ObjectReadException">The object's bytes could not be read.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !Fill())
        {
            return 0;
        }

        var available = _buffer.AsSpan((int)(_position - _bufferStart), (int)(_bufferStart + _bufferCount - _position));
        var count = Math.Min(available.Length, buffer.Length);
        available[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int ReadByte() => Fill() ? _buffer[(int)(_position++ - _bufferStart)] : -1;

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        if (target < 0)
        {
            throw new IOException("A seek before the start of an object.");
        }

        return _position = target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _bufferCount = 0;
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        if (_position >= _bufferStart && _position < _bufferStart + _bufferCount)
        {
            return true;
        }

        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        _check();
        if (_position >= Length)
        {
            return false;
        }

        var count = (int)Math.Min(BufferBytes, Length - _position);
        try
        {
            _content.Window(_start + _position, count).CopyTo(_buffer);
        }
        catch (IOException e)
        {
            throw new ObjectReadException(e);
        }

        _bufferStart = _position;
        _bufferCount = count;
        return true;
    }
}

/// <summary>The bytes of an object could not be read: not the content's fault, and not to be taken for damage.</summary>
internal sealed class ObjectReadException(IOException innerException)
    : IOException("The object could not be read.", innerException);
