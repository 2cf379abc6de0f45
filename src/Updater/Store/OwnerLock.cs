namespace Updater.Store;

/// <summary>
/// Exclusive use of a data folder: whoever changes it holds <c>owner.lock</c> open. The operating system lets go of it
/// when the process ends, however it ends.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private readonly FileStream _file;

    private OwnerLock(FileStream file) => _file = file;

    /// <summary>Null when another process owns the folder.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static OwnerLock? TryTake(DataFolders folders)
    {
        Directory.CreateDirectory(folders.Root);
        try
        {
            return new OwnerLock(new FileStream(
                folders.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(folders.LockFile))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Another process owns the data folder.</summary>
internal sealed class DataFolderBusyException(string path)
    : Exception($"Another updater uses the data folder {path}.");
