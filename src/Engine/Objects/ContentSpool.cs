using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Engine.Objects;

/// <summary>
/// Collects bytes of unknown length into an object: in pooled memory first, in a scratch file beyond a size. Serves
/// stream submissions and extracted members. Not thread-safe.
/// </summary>
public sealed class ContentSpool : IDisposable
{
    private const int FirstBuffer = 16 * 1024;

    private readonly long _maxBytes;
    private readonly long _memoryBytes;
    private readonly ScratchFolder _scratch;
    private readonly MemoryAllowance _allowance;
    private byte[] _buffer = [];
    private SafeFileHandle? _file;
    private long _held;

    /// <param name="maxBytes">The most it takes; a write beyond it is refused.</param>
    /// <param name="memoryBytes">What is kept in memory before a scratch file is made.</param>
    /// <param name="scratchFolder">Created when needed.</param>
    public ContentSpool(long maxBytes, long memoryBytes, string scratchFolder)
        : this(maxBytes, memoryBytes, new ScratchFolder(scratchFolder), new MemoryAllowance(memoryBytes))
    {
    }

    internal ContentSpool(long maxBytes, long memoryBytes, ScratchFolder scratch, MemoryAllowance allowance)
    {
        _maxBytes = maxBytes;
        _memoryBytes = Math.Min(memoryBytes, Array.MaxLength);
        _scratch = scratch;
        _allowance = allowance;
    }

    /// <summary>Bytes taken so far.</summary>
    public long Length { get; private set; }

    /// <summary>Appends all of the bytes, or none and returns false when they would pass the limit.</summary>
    /// <exception cref="IOException">The scratch file cannot be made or written.</exception>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _maxBytes - Length)
        {
            return false;
        }

        if (_file is null && !TryGrow(Length + bytes.Length))
        {
            Spill();
        }

        if (_file is null)
        {
            bytes.CopyTo(_buffer.AsSpan((int)Length));
        }
        else
        {
            WriteFile(bytes);
        }

        Length += bytes.Length;
        return true;
    }

    /// <summary>Hands the object over; the spool is empty afterwards and the caller disposes the object.</summary>
    public ObjectContent Complete()
    {
        var length = Length;
        Length = 0;
        if (_file is { } file)
        {
            _file = null;
            return FileContent.FromHandle(file);
        }

        if (_buffer.Length == 0)
        {
            return new MemoryContent(ReadOnlyMemory<byte>.Empty);
        }

        var (buffer, held) = (_buffer, _held);
        (_buffer, _held) = ([], 0);
        return new PooledContent(buffer, (int)length, () => _allowance.Release(held));
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        ReturnBuffer();
    }

    private bool TryGrow(long needed)
    {
        if (needed <= _buffer.Length)
        {
            return true;
        }

        if (needed > _memoryBytes)
        {
            return false;
        }

        var size = (int)Math.Min(Math.Max(FirstBuffer, Math.Max(needed, 2L * _buffer.Length)), Math.Max(needed, _memoryBytes));
        if (!_allowance.TryHold(size - _held))
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, (int)Length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
        _held = size;
        return true;
    }

    private void Spill()
    {
        _file = _scratch.Create();
        if (Length > 0)
        {
            var kept = _buffer.AsSpan(0, (int)Length);
            var length = Length;
            Length = 0;
            WriteFile(kept);
            Length = length;
        }

        ReturnBuffer();
    }

    private void WriteFile(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file!, bytes, Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScratchException(ScanCode.DecTempfileAccessFailed, "A scratch file cannot be written.", e);
        }
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        _allowance.Release(_held);
        _held = 0;
    }
}
