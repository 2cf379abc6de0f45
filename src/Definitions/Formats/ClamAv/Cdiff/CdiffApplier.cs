using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>Brings an unpacked database from one version to the next (clamav-formats.md §2.3, steps 2 and 3).</summary>
public static class CdiffApplier
{
    /// <summary>Applies a patch in the database's folder: all of it, or nothing.</summary>
    /// <param name="patch">Leads from the database's version to the next one.</param>
    /// <param name="database">Signed. After success use the result instead; its folder is the same.</param>
    /// <returns>The new version, verified like a container: signature of the index, size and SHA-256 of each member.</returns>
    /// <exception cref="RefusedException">
    /// The patch is wrong, or its result is not what the publisher signed; the folder is as it was. Fetch the whole
    /// database instead.
    /// </exception>
    /// <exception cref="IOException">Our own disk failed; throw the folder away.</exception>
    public static UnpackedDatabase Apply(
        VerifiedCdiff patch, UnpackedDatabase database, ContainerTrust trust, CdiffLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(limits);
        if (!database.IsOfficial)
        {
            throw PatchFault.Mismatch($"{database.Name} is not signed; there are no patches for it.");
        }

        if (patch.Version != database.Header.Version + 1)
        {
            throw PatchFault.Mismatch($"The patch leads to version {patch.Version}; {database.Name} has version {database.Header.Version}.");
        }

        using var stage = new PatchStage(
            database.Folder, FilesOf(database), new WriteBudget(limits.MaxWrittenBytes, cancellationToken));
        using (var script = patch.OpenScript())
        {
            CdiffScript.Run(script, stage, limits, cancellationToken);
        }

        var patched = Verify(stage, database, patch.Version, trust);
        stage.Commit();
        return patched;
    }

    private static IEnumerable<DatabaseMember> FilesOf(UnpackedDatabase database)
    {
        var unlisted = new[] { database.IndexName, UnpackedDatabase.LicenceName }
            .Where(name => File.Exists(Path.Combine(database.Folder, name)))
            .Select(name => new DatabaseMember(name, 0, default));
        return database.Members.Concat(unlisted);
    }

    private static UnpackedDatabase Verify(PatchStage stage, UnpackedDatabase database, long version, ContainerTrust trust)
    {
        var limits = ContainerLimits.Default;
        byte[] content;
        using (var file = stage.OpenRead(database.IndexName))
        {
            if (file.Length > limits.MaxIndexBytes)
            {
                throw PatchFault.Of(RefusalReason.PackageLimit, $"{database.IndexName} grows to {file.Length} bytes; {limits.MaxIndexBytes} are allowed.");
            }

            content = new byte[file.Length];
            file.ReadExactly(content);
        }

        // Whatever vouched for the container does not vouch for the result: only the signature in the index does.
        var index = VerifiedIndex.Check(database.IndexName, content, ContainerKind.Cld, trust, signerName: null, limits);
        if (index.Index.Header.Version != version)
        {
            throw PatchFault.Mismatch($"The patched {index.FileName} has version {index.Index.Header.Version}; the patch leads to {version}.");
        }

        return UnpackedDatabase.Verify(
            index,
            database.Folder,
            stage.Files.Where(file => file.Name != index.FileName && file.Name != UnpackedDatabase.LicenceName),
            containerDigest: null);
    }
}
