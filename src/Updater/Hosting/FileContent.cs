using Engine.Objects;
using Microsoft.Win32.SafeHandles;

namespace Updater.Hosting;

/// <summary>A file as a scan object, read by position. Its length is taken once, so that a growing file has an end.</summary>
internal sealed class FileContent : ObjectContent
{
    private readonly SafeFileHandle _file;
    private byte[] _window = [];
    private byte[] _peek = [];

    /// <exception cref="IOException">The file could not be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public FileContent(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_file);
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Window(long offset, int count) => Read(ref _window, offset, count);

    public override ReadOnlySpan<byte> Peek(long offset, int count) => Read(ref _peek, offset, count);

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    private ReadOnlySpan<byte> Read(ref byte[] buffer, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var wanted = (int)Math.Min(count, Math.Max(0, Length - offset));
        if (buffer.Length < wanted)
        {
            buffer = new byte[wanted];
        }

        var read = 0;
        while (read < wanted)
        {
            var got = RandomAccess.Read(_file, buffer.AsSpan(read, wanted - read), offset + read);
            if (got == 0)
            {
                throw new IOException("The file became shorter while it was scanned.");
            }

            read += got;
        }

        return buffer.AsSpan(0, wanted);
    }
}
