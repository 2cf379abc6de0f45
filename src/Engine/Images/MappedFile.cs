using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Engine.Images;

/// <summary>
/// A file mapped read-only as a whole. Every view is checked against the length here, and everything behind it works on
/// spans. A mapped file that is cut short kills the process (bus error), so images are never rewritten, only replaced by
/// rename (matcher-design.md §8).
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private const int NotNeeded = 4; // MADV_DONTNEED

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        _file = file;
        _view = view;
        Length = length;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    public long Length { get; }

    /// <exception cref="IOException">The file cannot be read or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    /// <exception cref="ImageException">The file is empty.</exception>
    public static MappedFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var length = stream.Length;
        if (length == 0)
        {
            throw new ImageException(ImageFault.NotAnImage, "The file is empty.");
        }

        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            // The map outlives the stream: the view keeps the pages, not the handle.
            file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            return new MappedFile(file, view, length);
        }
        catch
        {
            view?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    /// <exception cref="ObjectDisposedException">The file is unmapped.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the file.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int count)
    {
        var start = _start;
        ObjectDisposedException.ThrowIf(start == null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    /// <summary>The same as 32-bit words; the offset is a multiple of four.</summary>
    public ReadOnlySpan<uint> Words(long offset, int count) => MemoryMarshal.Cast<byte, uint>(Slice(offset, count));

    /// <summary>
    /// Takes the pages out of this process; they stay in the system's cache, and come back when they are read. Safe while
    /// others read. Does nothing where the system has no such call.
    /// </summary>
    public void LetGo()
    {
        var start = _start;
        if (start == null || !OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Advise(start, (nuint)Length, NotNeeded);
        }
        catch (EntryPointNotFoundException)
        {
            // Then they stay.
        }
    }

    public void Dispose()
    {
        if (_start == null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    [DllImport("libc", EntryPoint = "madvise", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(byte* start, nuint length, int advice);
}
