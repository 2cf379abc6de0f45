using Definitions.Trust;

namespace Updater.Publishing;

/// <summary>
/// The static tree that a web server or bucket serves: <c>metadata/</c> and <c>targets/</c> (tuf-client.md §3), and beside
/// them the publisher's own notes, whose names start with a dot.
/// </summary>
internal sealed class ChannelFiles(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Metadata => Path.Combine(Root, "metadata");

    public string Targets => Path.Combine(Root, "targets");

    /// <summary>What was built and is not signed yet.</summary>
    public string Pending => Path.Combine(Root, ".pending.json");

    public string MetadataFile(string name) => Path.Combine(Metadata, name);

    public string RootFile(long version) => MetadataFile(RoleFiles.Versioned(RoleFiles.Root, version));

    /// <summary>Where a target lies: the publisher's own paths need no encoding.</summary>
    public string TargetFile(string urlPath) => Path.Combine([Targets, .. urlPath.Split('/')]);

    /// <summary>Keeps other publish commands out of the channel until disposed; null where there is no channel yet.</summary>
    /// <exception cref="PublishException">Another one is at work there.</exception>
    public IDisposable? Occupy()
    {
        if (!Directory.Exists(Root))
        {
            return null;
        }

        var path = Path.Combine(Root, ".lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new PublishException($"The channel {Root} is in use by another publish command; try again when it is done.", e);
        }
    }

    /// <exception cref="PublishException">The file does not exist.</exception>
    public byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PublishException($"{Path.GetRelativePath(Root, path)} is missing in {Root}; is it a channel?", e);
        }
    }

    /// <summary>Writes a file so that readers see the old or the new one, and a crash leaves one of them.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.new");
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
