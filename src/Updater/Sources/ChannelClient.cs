using Definitions;

namespace Updater.Sources;

/// <summary>
/// Keeps one channel's trusted metadata in <c>trust/SOURCE/</c> and fetches its packages. Decides nothing: the rules
/// are <c>Definitions.Trust.TrustedMetadata</c>'s.
/// </summary>
internal sealed class ChannelClient
{
    /// <summary>Runs the TUF update workflow (tuf-client.md §5.2 to 5.6); persists what was accepted.</summary>
    /// <exception cref="RefusedException">The channel broke a rule; nothing of the offending file was kept.</exception>
    /// <exception cref="SourceException">The source could not deliver.</exception>
    public Task<ChannelView> RefreshAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Streams a package into <paramref name="destinationPath"/> with length cap and digest check; the file exists
    /// afterwards only if both fit.
    /// </summary>
    public Task DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>The packages that the channel's trusted metadata offers.</summary>
/// <param name="Packages">The newest release of each package name, by sequence.</param>
internal sealed record ChannelView(
    long TimestampVersion, DateTimeOffset EarliestExpiry, IReadOnlyList<ChannelPackage> Packages);

/// <summary>One TUF target that is a package, with the signed facts about it.</summary>
/// <param name="Path">TUF target path.</param>
/// <param name="Length">Packed bytes.</param>
/// <param name="UnpackedBytes">From the target's <c>custom</c>; for the space check before the download.</param>
internal sealed record ChannelPackage(
    PackageId Id, long Sequence, string Path, long Length, Digest Sha256, long UnpackedBytes, Version MinimumEngine);
