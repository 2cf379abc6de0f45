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
    /// <exception cref="DataFolderException">There can be no folder of this name.</exception>
    public static OwnerLock? TryTake(DataFolders folders)
    {
        try
        {
            Directory.CreateDirectory(folders.Root);
        }
        catch (IOException e)
        {
            throw new DataFolderException(folders.Root, e.Message, e);
        }

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

/// <summary>The configured data folder is of no use to this process.</summary>
internal sealed class DataFolderException(string message, Exception? innerException) : Exception(message, innerException)
{
    /// <param name="why">Part of a sentence: what is in the way.</param>
    public DataFolderException(string path, string why, Exception? innerException = null)
        : this($"The data folder {path} cannot be used: {why.TrimEnd('.')}. Choose another with --data, or dataDirectory in the configuration.", innerException)
    {
    }

    /// <summary>True: another process uses the folder now, which may be over in a moment.</summary>
    public bool IsBusy { get; private init; }

    public static DataFolderException Busy(string path) =>
        new($"Another updater uses the data folder {path}.", innerException: null) { IsBusy = true };

    /// <summary>Not busy for a moment: a service has the folder until it is stopped.</summary>
    public static DataFolderException Served(string path) =>
        new($"A service runs on the data folder {path} already.", innerException: null);
}
