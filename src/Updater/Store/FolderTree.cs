namespace Updater.Store;

/// <summary>Sizes and removal of this program's own folders. Links are removed, never followed.</summary>
internal static class FolderTree
{
    /// <summary>Sum of the sizes of the plain files below the folder.</summary>
    public static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        }).Sum(file => file.Length);

    /// <summary>Removes a file, a link, or a folder with all it holds; nothing happens when it is not there.</summary>
    /// <exception cref="IOException">Something could not be removed.</exception>
    public static void Delete(string path)
    {
        if (Directory.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    /// <summary>Removes everything in the folder and leaves the folder itself.</summary>
    /// <returns>Entries removed.</returns>
    public static int Clear(string folder)
    {
        Directory.CreateDirectory(folder);
        var removed = 0;
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).ToList())
        {
            Delete(entry);
            removed++;
        }

        return removed;
    }

    /// <summary>Flushes every plain file below the folder and then each folder, innermost first.</summary>
    public static void Flush(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder)
            .OrderByDescending(path => path.Length))
        {
            AtomicFile.FlushFolder(inner);
        }
    }
}
