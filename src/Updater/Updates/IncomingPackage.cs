using System.Security.Cryptography;
using Definitions;
using Definitions.Packages;
using Definitions.Signatures;
using Updater.Sources;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// Evidence that a package lies unpacked and whole in one folder: every file has the size and digest that the signed
/// manifest gives it, and no other file is there. In <c>incoming/</c>, in the store, or — the operator's own files — in
/// staging.
/// </summary>
internal sealed class IncomingPackage
{
    private IncomingPackage(GenerationPackage facts, string folder, Manifest? manifest, IReadOnlyList<string> files)
    {
        Facts = facts;
        Folder = folder;
        Manifest = manifest;
        Files = files;
    }

    /// <summary>Signature count as the manifest claims it; the compiler's count replaces it.</summary>
    public GenerationPackage Facts { get; }

    public string Folder { get; }

    /// <summary>Null for the operator's own files.</summary>
    public Manifest? Manifest { get; }

    /// <summary>Full paths.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What became of it before it is compiled: containers of the operator that are not used.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; private init; } = [];

    /// <summary>Unpacks in staging, closes the entry with its marker, and renames it whole into <c>incoming/</c>.</summary>
    /// <exception cref="RefusedException">The archive breaks a rule.</exception>
    public static async Task<IncomingPackage> UnpackAsync(
        VerifiedPackage package, DataFolders folders, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        var manifest = package.Manifest;
        var work = Path.Combine(stagingFolder, PackageFolder.EntryName(manifest.Id, package.Target.Sha256));
        Directory.CreateDirectory(PackageFolder.Files(work));
        await using (var archive = new FileStream(package.Path, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            PackageReader.Unpack(archive, PackageFolder.Files(work), PackageLimits.Default, journal.Advance, cancellationToken);
        }

        var facts = new GenerationPackage(
            manifest.Id, manifest.Sequence, package.Target.Sha256, package.Source, manifest.SignatureCounts.Values.Sum(), package.Target.IsOfficial);
        File.Move(package.Path, PackageFolder.Archive(work));
        await PackageFolder.WriteMarkerAsync(work, facts, cancellationToken);
        FolderTree.Flush(work);
        journal.Enter(UpdateStage.Incoming, manifest.Id.ToString());
        var entry = Path.Combine(folders.Incoming, Path.GetFileName(work));
        FolderTree.Delete(entry);
        AtomicFile.RenameFolder(work, entry);
        return new IncomingPackage(facts, entry, manifest, PathsOf(entry, manifest));
    }

    /// <summary>
    /// Looks at a complete folder again: the archive must have <paramref name="archive"/>'s digest, and the files must
    /// be those of its manifest.
    /// </summary>
    /// <returns>Null when the folder is missing, incomplete, or differs in any byte.</returns>
    public static async Task<IncomingPackage?> TryReopenAsync(string folder, Digest archive, CancellationToken cancellationToken)
    {
        var facts = PackageFolder.ReadMarker(folder);
        if (facts is null || facts.Archive != archive)
        {
            return null;
        }

        try
        {
            return !facts.IsLocal
                ? await ReopenSignedAsync(folder, facts, cancellationToken)
                : await ReopenLocalAsync(folder, facts, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RefusedException)
        {
            return null;
        }
    }

    /// <summary>Copies the operator's files into staging, so that a generation never changes under a scan.</summary>
    /// <param name="containers">Opens those among them.</param>
    /// <param name="previous">The newest package <c>local</c> of any kept generation; null = there was none.</param>
    public static async Task<IncomingPackage> TakeLocalAsync(
        LocalFileSet files,
        ContainerFiles containers,
        GenerationPackage? previous,
        DateTimeOffset now,
        string stagingFolder,
        CancellationToken cancellationToken)
    {
        var work = Path.Combine(stagingFolder, PackageId.LocalName);
        Directory.CreateDirectory(PackageFolder.Files(work));
        foreach (var file in files.Files)
        {
            File.Copy(file.Path, Path.Combine(PackageFolder.Files(work), file.Name));
        }

        // The copies' digest, not the originals': a file that changed meanwhile is noticed by the next look.
        var copied = await LocalFileSet.ReadAsync(PackageFolder.Files(work), cancellationToken);
        var facts = new GenerationPackage(
            new PackageId(PackageId.LocalName, LocalVersion.Next(previous?.Id.Version, now)),
            (previous?.Sequence ?? 0) + 1,
            copied.Digest,
            PackageId.LocalName,
            Signatures: 0,
            IsOfficial: false);
        var members = await LocalMembers.UnpackAsync(
            [.. copied.Files.Where(file => file.IsContainer).Select(file => file.Path)], work, containers, cancellationToken);
        await PackageFolder.WriteMarkerAsync(work, facts, cancellationToken);
        FolderTree.Flush(work);
        return OfLocal(facts, work, copied, members);
    }

    private static IncomingPackage OfLocal(GenerationPackage facts, string folder, LocalFileSet files, LocalMembers members) =>
        new(facts, folder, manifest: null, [.. files.Files.Where(file => !file.IsContainer).Select(file => file.Path), .. members.Files])
        {
            Findings = members.Refused,
        };

    private static async Task<IncomingPackage?> ReopenSignedAsync(
        string folder, GenerationPackage facts, CancellationToken cancellationToken)
    {
        Manifest manifest;
        await using (var archive = File.OpenRead(PackageFolder.Archive(folder)))
        {
            if (new Digest(await SHA256.HashDataAsync(archive, cancellationToken)) != facts.Archive)
            {
                return null;
            }

            archive.Position = 0;
            manifest = PackageReader.ReadManifest(archive);
        }

        if (manifest.Id != facts.Id || manifest.Sequence != facts.Sequence
            || Directory.GetFileSystemEntries(PackageFolder.Files(folder)).Length != manifest.Files.Count)
        {
            return null;
        }

        foreach (var file in manifest.Files)
        {
            await using var content = File.OpenRead(Path.Combine(PackageFolder.Files(folder), file.Name));
            if (content.Length != file.Size || new Digest(await SHA256.HashDataAsync(content, cancellationToken)) != file.Sha256)
            {
                return null;
            }
        }

        return new IncomingPackage(facts, folder, manifest, PathsOf(folder, manifest));
    }

    private static async Task<IncomingPackage?> ReopenLocalAsync(
        string folder, GenerationPackage facts, CancellationToken cancellationToken)
    {
        var files = await LocalFileSet.ReadAsync(PackageFolder.Files(folder), cancellationToken);
        return files.Digest == facts.Archive
            && await LocalMembers.TryReopenAsync(folder, files.Files.Any(file => file.IsContainer), cancellationToken) is { } members
            ? OfLocal(facts, folder, files, members)
            : null;
    }

    private static string[] PathsOf(string folder, Manifest manifest) =>
        [.. manifest.Files.Select(file => Path.Combine(PackageFolder.Files(folder), file.Name))];
}
