namespace Definitions.Formats.ClamAv.Containers;

/// <summary>A database that lies unpacked in a folder already, such as one that was kept to be patched.</summary>
public static class DatabaseFolder
{
    /// <summary>Verifies the index by its own signature and every file by the index, as if they came from a CLD.</summary>
    /// <param name="folder">Holds the members, the index and perhaps the licence; nothing else.</param>
    /// <param name="databaseName">Such as <c>daily</c>.</param>
    /// <exception cref="RefusedException">The index is missing or not signed, or the files are not those it lists.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static UnpackedDatabase Open(
        string folder, string databaseName, ContainerTrust trust, ContainerLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(limits);
        var indexName = databaseName + ContainerIndex.Extension;
        var index = VerifiedIndex.Check(
            indexName, ReadIndex(Path.Combine(folder, indexName), limits), ContainerKind.Cld, trust, signerName: null, limits);
        var members = new List<DatabaseMember>();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = Path.GetFileName(path);
            if (name != indexName && name != UnpackedDatabase.LicenceName)
            {
                using var content = File.OpenRead(path);
                members.Add(new DatabaseMember(name, content.Length, Digest.Of(content)));
            }
        }

        return UnpackedDatabase.Verify(index, folder, members, containerDigest: null);
    }

    private static byte[] ReadIndex(string path, ContainerLimits limits)
    {
        if (!File.Exists(path))
        {
            throw ContainerFault.Malformed($"{Path.GetFileName(path)} is not there.");
        }

        using var file = File.OpenRead(path);
        if (file.Length > limits.MaxIndexBytes)
        {
            throw ContainerFault.Of(RefusalReason.PackageLimit, $"{Path.GetFileName(path)} has {file.Length} bytes; {limits.MaxIndexBytes} are allowed.");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
