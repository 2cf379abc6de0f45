using System.Runtime.InteropServices;
using System.Text;

namespace Updater.Store;

/// <summary>
/// Files that are complete or absent, also after a power cut: temporary name in the same folder, write, flush to disk,
/// rename, flush the folder (update-side.md §5 and §8.7). Leaves no temporary file behind on any failing path; after a
/// kill <see cref="TemporarySuffix"/> tells what may be swept.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Ends every temporary name. Never <c>.json</c>: nobody must take one for metadata.</summary>
    public const string TemporarySuffix = ".tmp";

    private const int InvalidArgument = 22; // EINVAL
    private const int NotSupportedOnLinux = 95; // EOPNOTSUPP
    private const int NotSupportedOnMac = 45; // ENOTSUP

    /// <summary>Creates or replaces <paramref name="path"/> with exactly these bytes.</summary>
    /// <exception cref="IOException">The old content, if there was any, is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WriteAsync(path, async (stream, token) => await stream.WriteAsync(content, token), cancellationToken);

    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> writes.</summary>
    /// <exception cref="IOException">The old content, if there was any, is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static async Task WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}{TemporarySuffix}";
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await write(stream, cancellationToken);
                await stream.FlushAsync(cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            Rename(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>
    /// Renames a file over whatever has the new name and makes the rename durable. Both names must be on one volume:
    /// across volumes the base library would copy silently, so that is for the caller to know.
    /// </summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        FlushFolder(FolderOf(to));
        if (FolderOf(from) != FolderOf(to))
        {
            FlushFolder(FolderOf(from));
        }
    }

    /// <summary>Renames a folder to a name that does not exist yet and makes the rename durable.</summary>
    /// <exception cref="IOException">The new name exists, or lies on another volume.</exception>
    public static void RenameFolder(string from, string to)
    {
        Directory.Move(from, to);
        FlushFolder(FolderOf(to));
        if (FolderOf(from) != FolderOf(to))
        {
            FlushFolder(FolderOf(from));
        }
    }

    /// <summary>Makes names in a folder durable. Does nothing on Windows, where NTFS logs them itself.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenForReading(Encoding.UTF8.GetBytes(folder + '\0'), 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder '{folder}' to flush it: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            // Some network and FUSE file systems cannot flush a folder; they answer so, and nothing better exists there.
            if (Flush(descriptor) != 0
                && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupportedOnLinux or NotSupportedOnMac))
            {
                throw new IOException($"Cannot flush folder '{folder}': {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    // The base library cannot open a folder, so these three calls go to the C library. DllImport, because LibraryImport
    // would need unsafe code allowed in the whole project.
    [DllImport("libc", EntryPoint = "open", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenForReading(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true, ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
