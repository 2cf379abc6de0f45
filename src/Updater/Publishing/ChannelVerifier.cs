using Definitions;
using Definitions.Packages;
using Definitions.Trust;
using Updater.Sources;

namespace Updater.Publishing;

/// <summary>
/// Looks at a channel folder as a client would: root chain, timestamp, snapshot, targets, then every package's length,
/// digest, manifest and files.
/// </summary>
internal static class ChannelVerifier
{
    /// <param name="initialRoot">Obtained out of band; null = the channel's own version 1, which proves consistency only.</param>
    /// <exception cref="RefusedException">The first rule that is broken.</exception>
    /// <exception cref="PublishException">A metadata file or package is missing.</exception>
    public static VerifiedChannel Verify(
        ChannelFiles files, byte[]? initialRoot, TimeProvider time, CancellationToken cancellationToken)
    {
        var channel = PublishedChannel.Load(files, initialRoot, time.GetUtcNow());
        var packages = channel.Packages();
        foreach (var (target, package) in packages)
        {
            cancellationToken.ThrowIfCancellationRequested();
            VerifyPackage(files.TargetFile(target.UrlPath(channel.Trusted.Root.IsConsistentSnapshot)), target, package, cancellationToken);
        }

        return new VerifiedChannel(
            channel.Trusted.Root.Header.Version,
            channel.Trusted.Targets!.Header.Version,
            channel.Trusted.Timestamp!.Header.Version,
            new[]
            {
                channel.Trusted.Root.Header.Expires,
                channel.Trusted.Targets.Header.Expires,
                channel.Trusted.Snapshot!.Header.Expires,
                channel.Trusted.Timestamp.Header.Expires,
            }.Min(),
            [.. packages.Select(pair => pair.Package)]);
    }

    private static void VerifyPackage(string path, TargetFile target, ChannelPackage package, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new PublishException($"The package {target.Path} is signed but not there.");
        }

        using var file = File.OpenRead(path);
        if (file.Length != target.Length)
        {
            throw new RefusedException(
                file.Length < target.Length ? RefusalReason.PackageTruncated : RefusalReason.PackageTooLong,
                $"{target.Path} has {file.Length} bytes; {target.Length} are signed.");
        }

        if (Digest.Of(file) != package.Sha256)
        {
            throw new RefusedException(RefusalReason.PackageDigest, $"The SHA-256 of {target.Path} is not the signed one.");
        }

        file.Position = 0;
        var scratch = Directory.CreateTempSubdirectory("updater-verify-");
        try
        {
            var manifest = PackageReader.Unpack(file, scratch.FullName, PackageLimits.Default, progress: null, cancellationToken);
            DemandSame(manifest, package);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static void DemandSame(Manifest manifest, ChannelPackage package)
    {
        if (manifest.Id != package.Id || manifest.Sequence != package.Sequence
            || manifest.UnpackedBytes != package.UnpackedBytes || manifest.MinimumEngine != package.MinimumEngine)
        {
            throw new RefusedException(
                RefusalReason.ManifestMismatch, $"The manifest of {package.Path} differs from what the channel signed about it.");
        }
    }
}

/// <param name="EarliestExpiry">When the first of the four roles expires.</param>
internal sealed record VerifiedChannel(
    long RootVersion, long TargetsVersion, long TimestampVersion, DateTimeOffset EarliestExpiry, IReadOnlyList<ChannelPackage> Packages);
