using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Store;

namespace Updater.Sources;

/// <summary>
/// The unpacked database that patches start from: the files of its package in the store, copied, and verified from their
/// signed index anew.
/// </summary>
internal static class StoredDatabase
{
    /// <param name="folder">Empty; receives the copy.</param>
    /// <param name="maxVersion">No newer one.</param>
    /// <returns>Null when there is none, or none that is whole; the folder is empty then.</returns>
    public static async Task<UnpackedDatabase?> OpenAsync(
        string source, string database, long maxVersion, string folder, ContainerTrust trust, SourceContext context, CancellationToken cancellationToken)
    {
        if (await StoredPackages.NewestAsync(source, database, maxVersion, context, cancellationToken) is not { } package)
        {
            return null;
        }

        context.FreeSpace.Demand(context.Folders, Updates.FreeSpace.Need(0, package.Manifest!.UnpackedBytes, 0), $"Patching {database}");
        try
        {
            return await Task.Run(
                () =>
                {
                    foreach (var file in package.Files)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
                    }

                    return DatabaseFolder.Open(folder, database, trust, ContainerLimits.Default, cancellationToken);
                },
                cancellationToken);
        }
        catch (RefusedException e)
        {
            // Another publisher's keys since, or an earlier version of this program: the whole file serves as well.
            context.Journal.Note($"The stored {package.Facts.Id} cannot be patched: {e.Message}");
            FolderTree.Clear(folder);
            return null;
        }
    }
}
