namespace Engine.Images;

/// <summary>A file for what does not fit in memory. Nobody else sees it, and it is gone when this is disposed of.</summary>
/// <param name="path">Where it is made when it is first written to.</param>
internal sealed class SpillFile(string path) : IDisposable
{
    private FileStream? _file;

    /// <exception cref="IOException">The file could not be made or written.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _file ??= Open();
        RandomAccess.Write(_file.SafeFileHandle, bytes, offset);
    }

    /// <summary>Reads what was written; from several threads at once.</summary>
    /// <exception cref="IOException">The file could not be read.</exception>
    public void Read(long offset, Span<byte> bytes)
    {
        var file = _file ?? throw new InvalidOperationException("Nothing was written.");
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, bytes[done..], offset + done);
            done += read > 0 ? read : throw new IOException("A temporary file is shorter than it was.");
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Where the system allows it the name is gone at once, so that a crash leaves nothing.</summary>
    private FileStream Open()
    {
        var file = new FileStream(
            path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }

        return file;
    }
}
