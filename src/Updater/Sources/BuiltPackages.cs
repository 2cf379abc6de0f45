using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Packages;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// Makes packages of verified files, with a manifest of our own, so that what comes from a mirror goes the way of every
/// other package. Equal files give equal archives: the digest stands for the content.
/// </summary>
internal sealed class BuiltPackages
{
    private static readonly Version AnyEngine = new(1, 0, 0, 0);
    private static readonly Dictionary<string, long> NoCounts = [];
    private readonly Dictionary<Digest, string> _built = [];

    public static string FileName(PackageId id) => $"{id}{PackageTargets.Extension}";

    /// <summary>Forgets the files of the run before; they went with its staging folder.</summary>
    public void Clear() => _built.Clear();

    /// <summary>SHA-256 over names and content digests.</summary>
    public static Digest ContentOf(IEnumerable<(string Name, Digest Sha256)> files)
    {
        var text = new StringBuilder();
        foreach (var (name, sha256) in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            text.Append(name).Append('\0').Append(sha256).Append('\n');
        }

        return Digest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Packs the files into the run's staging folder. On the thread pool: a large database takes seconds.</summary>
    /// <exception cref="RefusedException">A name or size that no package may have.</exception>
    /// <exception cref="UpdateFailedException">Not enough free space.</exception>
    public async Task<ChannelPackage> BuildAsync(
        PackageId id,
        long sequence,
        bool isOfficial,
        IReadOnlyList<string> files,
        SourceContext context,
        CancellationToken cancellationToken)
    {
        var bytes = files.Sum(file => new FileInfo(file).Length);
        context.FreeSpace.Demand(context.Folders, FreeSpace.Need(bytes, bytes, 0), $"Packing {id}");
        var path = Path.Combine(context.StagingFolder, "built-" + FileName(id));
        var draft = new PackageDraft
        {
            Id = id,
            Sequence = sequence,
            MinimumEngine = AnyEngine,
            Files = [.. files.Select(file => new DraftFile(Path.GetFileName(file), () => File.OpenRead(file)))],
            SignatureCounts = NoCounts,
            IsPackedFast = true,
        };
        await using var archive = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using var scratch = new FileStream(
            path + AtomicFile.TemporarySuffix, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose);
        var manifest = await Task.Run(
            () => PackageWriter.Write(draft, archive, scratch, PackageLimits.Default, cancellationToken), cancellationToken);
        archive.Position = 0;
        var digest = new Digest(await SHA256.HashDataAsync(archive, cancellationToken));
        _built[digest] = path;
        return new ChannelPackage(id, sequence, FileName(id), archive.Length, digest, manifest.UnpackedBytes, AnyEngine)
        {
            IsOfficial = isOfficial,
            MayGoBack = true,
        };
    }

    /// <summary>Moves a package that this run built; false when it did not.</summary>
    public bool TryMove(ChannelPackage package, string destinationPath)
    {
        if (!_built.Remove(package.Sha256, out var path) || !File.Exists(path))
        {
            return false;
        }

        File.Move(path, destinationPath, overwrite: true);
        return true;
    }
}
