using System.Security.Cryptography;
using Definitions;
using Definitions.Packages;
using Updater.Gates;
using Updater.Sources;

namespace Updater.Updates;

/// <summary>
/// Evidence that a file in staging is exactly the signed target: length, digest, and a manifest that agrees with the
/// metadata. Nothing but the bounded manifest was parsed.
/// </summary>
internal sealed class VerifiedPackage
{
    private VerifiedPackage(Download download, Manifest manifest)
    {
        Source = download.Source;
        Target = download.Target;
        Path = download.Path;
        Manifest = manifest;
    }

    public string Source { get; }

    public ChannelPackage Target { get; }

    public string Path { get; }

    public Manifest Manifest { get; }

    /// <summary>Reads the whole file once more from disk: what is unpacked is what was checked.</summary>
    /// <exception cref="RefusedException">The bytes are not what was signed.</exception>
    public static async Task<VerifiedPackage> CheckAsync(Download download, DateTimeOffset now, CancellationToken cancellationToken)
    {
        PackageRules.CheckTarget(download.Target, now);
        await using var file = new FileStream(download.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var target = download.Target;
        if (file.Length != target.Length)
        {
            throw new RefusedException(
                file.Length < target.Length ? RefusalReason.PackageTruncated : RefusalReason.PackageTooLong,
                $"{target.Path} has {file.Length} bytes; {target.Length} are signed.");
        }

        if (new Digest(await SHA256.HashDataAsync(file, cancellationToken)) != target.Sha256)
        {
            throw new RefusedException(RefusalReason.PackageDigest, $"The SHA-256 of {target.Path} differs from the signed one.");
        }

        file.Position = 0;
        var manifest = PackageReader.ReadManifest(file);
        PackageRules.CheckManifest(manifest, target);
        return new VerifiedPackage(download, manifest);
    }
}
