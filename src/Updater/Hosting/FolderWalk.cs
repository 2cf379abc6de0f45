namespace Updater.Hosting;

/// <summary>What a walk met.</summary>
internal enum WalkKind
{
    File = 0,

    /// <summary>A link inside a walked folder: not followed, so that a walk ends and stays below its folder.</summary>
    Link,

    /// <summary>A folder that was entered.</summary>
    Folder,

    UnreadableFolder,

    /// <summary>A folder below the depth limit; not entered.</summary>
    TooDeep,
}

/// <param name="Path">The walked folder as given, with the rest appended.</param>
internal readonly record struct WalkEntry(string Path, WalkKind Kind);

/// <summary>Lists what is below a folder in ordinal order of the names, folders in place, links never followed.</summary>
internal static class FolderWalk
{
    /// <param name="root">Echoed as given at the start of each path.</param>
    /// <param name="maxDepth">Folders below folders; the root is level 0.</param>
    public static IEnumerable<WalkEntry> Walk(string root, int maxDepth)
    {
        var open = new Stack<(string Path, int Depth)>();
        open.Push((root, 0));
        while (open.TryPop(out var folder))
        {
            if (folder.Depth > maxDepth)
            {
                yield return new WalkEntry(folder.Path, WalkKind.TooDeep);
                continue;
            }

            // A name that was not UTF-8 may be another folder's: entering it could pass that one twice and this one never.
            var children = FileScan.IsText(folder.Path) ? List(folder.Path) : null;
            yield return new WalkEntry(folder.Path, children is null ? WalkKind.UnreadableFolder : WalkKind.Folder);
            foreach (var child in children ?? [])
            {
                var path = Join(folder.Path, child.Name);
                if (child.LinkTarget is not null)
                {
                    yield return new WalkEntry(path, WalkKind.Link);
                }
                else if (child is not DirectoryInfo)
                {
                    yield return new WalkEntry(path, WalkKind.File);
                }
            }

            foreach (var child in (children ?? []).Where(c => c is DirectoryInfo && c.LinkTarget is null).Reverse())
            {
                open.Push((Join(folder.Path, child.Name), folder.Depth + 1));
            }
        }
    }

    private static string Join(string folder, string name) => folder.EndsWith('/') ? folder + name : $"{folder}/{name}";

    private static List<FileSystemInfo>? List(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
