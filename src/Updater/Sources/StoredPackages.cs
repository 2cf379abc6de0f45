using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// What a source brought earlier and is still here, unpacked: in the store, or in <c>incoming/</c>. Patches start from
/// it and unchanged files are taken from it, so nothing is kept twice (docs/adr/0006).
/// </summary>
internal static class StoredPackages
{
    /// <summary>The newest whole package of a source, every byte compared with its digest.</summary>
    /// <param name="maxSequence">No newer one.</param>
    public static async Task<IncomingPackage?> NewestAsync(
        string source, string name, long maxSequence, SourceContext context, CancellationToken cancellationToken)
    {
        foreach (var (facts, folder) in List(source, name, context)
            .Where(item => item.Facts.Sequence <= maxSequence).OrderByDescending(item => item.Facts.Sequence))
        {
            if (await IncomingPackage.TryReopenAsync(folder, facts.Archive, cancellationToken) is { } package)
            {
                return package;
            }
        }

        return null;
    }

    /// <summary>Every release of a package that some kept generation or <c>incoming/</c> has; not looked into.</summary>
    public static IReadOnlyList<(GenerationPackage Facts, string Folder)> List(
        string source, string name, SourceContext context)
    {
        var stored = context.Store.List().SelectMany(record => record.Packages)
            .Select(facts => (Facts: facts, Folder: context.Store.PackageFolderOf(facts.Archive)));
        var incoming = !Directory.Exists(context.Folders.Incoming) ? [] : Directory.EnumerateDirectories(context.Folders.Incoming)
            .Select(folder => (Facts: PackageFolder.ReadMarker(folder), Folder: folder))
            .Where(item => item.Facts is not null)
            .Select(item => (Facts: item.Facts!, item.Folder));
        return [.. stored.Concat(incoming)
            .Where(item => item.Facts.Source == source && item.Facts.Id.Name == name)
            .DistinctBy(item => item.Facts.Archive)];
    }
}
