using Engine.Objects;

namespace Updater.Hosting;

/// <summary>
/// Collects a streamed object: in memory while it is small, in a scratch file from then on, never above its limit.
/// The file is removed when the body is disposed.
/// </summary>
/// <param name="scratchFolder">Created when needed.</param>
/// <param name="maxBytes">Largest object; exactly this many bytes pass.</param>
internal sealed class ScanBody(string scratchFolder, long maxBytes) : IAsyncDisposable
{
    /// <summary>Above this an object goes to a file: most scanned objects are smaller, and few clients stream at once.</summary>
    public const int MemoryBytes = 1 << 20;

    private readonly MemoryStream _memory = new();
    private FileStream? _file;
    private ObjectContent? _content;

    public long Length { get; private set; }

    public long MaxBytes => maxBytes;

    /// <summary>Adds bytes.</summary>
    /// <returns>False when the limit would be passed; nothing of this block was taken then.</returns>
    /// <exception cref="IOException">The scratch file could not be written.</exception>
    public async ValueTask<bool> TryAppendAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        if (block.Length > maxBytes - Length)
        {
            return false;
        }

        if (_file is null && _memory.Length + block.Length <= MemoryBytes)
        {
            _memory.Write(block.Span);
        }
        else
        {
            _file ??= await SpillAsync(cancellationToken);
            await _file.WriteAsync(block, cancellationToken);
        }

        Length += block.Length;
        return true;
    }

    /// <summary>Copies a stream to its end.</summary>
    /// <returns>False when the limit was passed.</returns>
    public async ValueTask<bool> TryAppendAsync(Stream source, CancellationToken cancellationToken)
    {
        var buffer = new byte[81_920];
        while (true)
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return true;
            }

            if (!await TryAppendAsync(buffer.AsMemory(0, read), cancellationToken))
            {
                return false;
            }
        }
    }

    /// <summary>The collected object; nothing is added afterwards. Belongs to the body.</summary>
    public async ValueTask<ObjectContent> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            return _content ??= new MemoryContent(_memory.GetBuffer().AsMemory(0, (int)_memory.Length));
        }

        await _file.FlushAsync(cancellationToken);
        return _content ??= FileContent.Open(_file.Name);
    }

    public async ValueTask DisposeAsync()
    {
        _content?.Dispose();
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }

        await _memory.DisposeAsync();
    }

    private async ValueTask<FileStream> SpillAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(scratchFolder);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(scratchFolder, $"body-{Guid.NewGuid():N}"), options);
        try
        {
            await file.WriteAsync(_memory.GetBuffer().AsMemory(0, (int)_memory.Length), cancellationToken);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        return file;
    }
}
