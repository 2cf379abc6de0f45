using System.Buffers;

namespace Definitions.Signatures;

/// <summary>Whole lines of one signature file, to be parsed apart from the rest. Its memory is lent: dispose it once.</summary>
public sealed class SignatureBlock : IDisposable
{
    private byte[]? _bytes;
    private readonly int _length;

    internal SignatureBlock(byte[] rented, int length, int linesBefore)
    {
        _bytes = rented;
        _length = length;
        LinesBefore = linesBefore;
    }

    /// <summary>Lines of the file before this block.</summary>
    public int LinesBefore { get; }

    /// <summary>Bytes in the block, line ends included.</summary>
    public int Length => _length;

    internal ReadOnlySpan<byte> Bytes =>
        _bytes is { } bytes ? bytes.AsSpan(0, _length) : throw new ObjectDisposedException(nameof(SignatureBlock));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>
/// Cuts a file of lines into blocks that end where a line ends, in memory of one block whatever the stream holds.
/// </summary>
public sealed class SignatureBlockReader
{
    /// <summary>The smallest block: longer than the longest line of any format.</summary>
    public const int MinBlockBytes = 64 * 1024;

    private readonly Stream _content;
    private readonly int _blockBytes;
    private byte[] _rest = [];
    private int _lines;
    private bool _isInLongLine;
    private bool _hasEnded;

    /// <param name="blockBytes">Most bytes of a block; <see cref="MinBlockBytes"/> or more.</param>
    public SignatureBlockReader(Stream content, int blockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockBytes, MinBlockBytes);
        _content = content;
        _blockBytes = blockBytes;
    }

    /// <summary>The next block; null at the end.</summary>
    /// <exception cref="IOException">The stream could not be read.</exception>
    public SignatureBlock? Read()
    {
        while (!_hasEnded)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(_blockBytes);
            if (ReadInto(buffer.AsSpan(0, _blockBytes)) is var length and > 0)
            {
                var block = new SignatureBlock(buffer, length, _lines);
                _lines += block.Bytes.Count((byte)'\n') + (block.Bytes[^1] == '\n' ? 0 : 1);
                return block;
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        return null;
    }

    /// <returns>Bytes of whole lines; 0 when nothing was read but the middle of a line that is too long.</returns>
    private int ReadInto(Span<byte> buffer)
    {
        _rest.CopyTo(buffer);
        var length = _rest.Length;
        while (length < buffer.Length && _content.Read(buffer[length..]) is var read)
        {
            _hasEnded = read == 0;
            length += read;
            if (_hasEnded)
            {
                break;
            }
        }

        var start = _isInLongLine ? SkipLine(buffer[..length]) : 0;
        var lines = buffer[start..length];
        var whole = _hasEnded ? lines.Length : lines.LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && start == 0 && length == buffer.Length)
        {
            return CutLongLine(buffer);
        }

        _rest = lines[whole..].ToArray();
        lines[..whole].CopyTo(buffer);
        return whole;
    }

    /// <summary>Where the line after the one that goes on here starts; the whole length when it does not end here.</summary>
    private int SkipLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n') + 1;
        _isInLongLine = end == 0;
        return end == 0 ? bytes.Length : end;
    }

    /// <summary>No line is that long: its first bytes stand for it, and the rest is passed over.</summary>
    private int CutLongLine(Span<byte> buffer)
    {
        buffer[^1] = (byte)'\n';
        _rest = [];
        _isInLongLine = true;
        return buffer.Length;
    }
}
