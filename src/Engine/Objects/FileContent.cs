using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Engine.Objects;

/// <summary>
/// An object that lies in a file, read by position into rented buffers; a small file is read once, as a whole, when
/// somebody first looks at it. Never a memory map: another process may
/// shorten a user's file while it is scanned, and touching a lost page of a map ends this process.
/// </summary>
public sealed class FileContent : ObjectContent
{
    /// <summary>
    /// Files of so many bytes and fewer are small: one system call serves the type, the search, the digests and every parser. Larger
    /// ones would hold too much memory per worker for what the calls cost.
    /// </summary>
    internal const int WholeBytes = 256 * 1024;

    private readonly SafeFileHandle _handle;
    private byte[] _whole = [];
    private byte[] _window = [];
    private byte[] _peek = [];
    private bool _isDisposed;

    private FileContent(SafeFileHandle handle, long length)
    {
        _handle = handle;
        Length = length;
    }

    /// <summary>The file's length when it was opened; a file that shrinks afterwards makes reads fail.</summary>
    public override long Length { get; }

    /// <summary>All bytes, after <see cref="TryReadAhead"/>; valid until this is disposed.</summary>
    internal ReadOnlyMemory<byte> Whole => _whole.AsMemory(0, _whole.Length == 0 ? 0 : (int)Length);

    /// <summary>MD5 of <see cref="Whole"/>, when somebody computed it ahead of the scan.</summary>
    internal byte[]? Md5 { get; set; }

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied, or the path names a folder.</exception>
    public static FileContent Open(string path)
    {
        var handle = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        return FromHandle(handle);
    }

    /// <summary>Takes ownership of the handle, which must be readable and seekable.</summary>
    /// <exception cref="IOException">The length cannot be read.</exception>
    public static FileContent FromHandle(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        try
        {
            var length = RandomAccess.GetLength(handle);
            if (length == 0 && DeliversBytes(handle))
            {
                throw new IOException("The file says that it is empty and is not.");
            }

            return new FileContent(handle, length);
        }
        catch (Exception e) when (e is NotSupportedException or IOException)
        {
            handle.Dispose();
            throw new IOException("The file has no length that can be trusted: it is not a regular file.", e);
        }
    }

    /// <summary>
    /// Reads a small file now and lets go of it. False for a larger or empty one, and for one that cannot be read: who looks at
    /// its bytes is told why.
    /// </summary>
    public bool TryReadAhead()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Length is 0 or > WholeBytes)
        {
            return false;
        }

        try
        {
            if (_whole.Length == 0)
            {
                Fill(ref _whole, 0, (int)Length);
            }

            _handle.Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Some file systems show generated files with length 0; taken at their word they would pass as empty.</summary>
    private static bool DeliversBytes(SafeFileHandle handle)
    {
        Span<byte> first = stackalloc byte[1];
        return RandomAccess.Read(handle, first, 0) > 0;
    }

    public override ReadOnlySpan<byte> Window(long offset, int count) => Read(ref _window, offset, count);

    public override ReadOnlySpan<byte> Peek(long offset, int count) => Read(ref _peek, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _handle.Dispose();
            Return(ref _whole);
            Return(ref _window);
            Return(ref _peek);
        }

        base.Dispose(disposing);
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
        }
    }

    private ReadOnlySpan<byte> Read(ref byte[] buffer, long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var wanted = (int)Math.Clamp(Length - offset, 0, count);
        if (wanted == 0)
        {
            return default;
        }

        if (Length > WholeBytes)
        {
            return Fill(ref buffer, offset, wanted);
        }

        if (_whole.Length == 0)
        {
            Fill(ref _whole, 0, (int)Length);
        }

        return _whole.AsSpan((int)offset, wanted);
    }

    private ReadOnlySpan<byte> Fill(ref byte[] buffer, long offset, int wanted)
    {
        // Kept only when it is full: after a fault the next look reads again.
        var filling = buffer.Length < wanted ? ArrayPool<byte>.Shared.Rent(wanted) : buffer;
        try
        {
            ReadAll(filling.AsSpan(0, wanted), offset);
        }
        catch
        {
            if (!ReferenceEquals(filling, buffer))
            {
                ArrayPool<byte>.Shared.Return(filling);
            }

            throw;
        }

        if (!ReferenceEquals(filling, buffer))
        {
            Return(ref buffer);
            buffer = filling;
        }

        return buffer.AsSpan(0, wanted);
    }

    private void ReadAll(Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = RandomAccess.Read(_handle, buffer[filled..], offset + filled);
            if (read == 0)
            {
                throw new IOException("The file became shorter while it was read.");
            }

            filled += read;
        }
    }
}
