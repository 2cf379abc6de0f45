using Definitions;
using Definitions.Trust;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// Keeps one channel's trusted metadata in <c>trust/SOURCE/</c> and fetches its packages. Decides nothing: the rules
/// are <see cref="TrustedMetadata"/>'s.
/// </summary>
/// <remarks>
/// A channel is a tree with <c>metadata/</c> and <c>targets/</c> below the source's base. One caller at a time per trust
/// folder.
/// </remarks>
/// <param name="sourceName">For messages.</param>
/// <param name="trustFolder">This channel's alone; made when needed.</param>
/// <param name="initialRootPath">
/// The root obtained out of band; copied into the trust folder on first use and not looked at again.
/// </param>
internal sealed class ChannelClient(
    string sourceName, IDefinitionSource source, string trustFolder, string initialRootPath, TimeProvider time) : IPackageSource
{
    private const string MetadataFolder = "metadata/";
    private const string TargetsFolder = "targets/";

    private readonly TrustStore _store = new(trustFolder);
    private TrustedTargets? _trusted;

    bool IPackageSource.MayForceCoolDown => true;

    IReadOnlyList<Status.MirrorStatus> IPackageSource.Mirrors => [];

    Task<ChannelView> IPackageSource.RefreshAsync(SourceContext context, CancellationToken cancellationToken) =>
        RefreshAsync(cancellationToken);

    async Task<long> IPackageSource.DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await DownloadAsync(package, destinationPath, progress, cancellationToken);
        return package.Length;
    }

    /// <summary>Runs the TUF update workflow (tuf-client.md §5.2 to 5.6); persists what was accepted.</summary>
    /// <exception cref="RefusedException">The channel broke a rule; nothing of the offending file was kept.</exception>
    /// <exception cref="SourceException">The source could not deliver.</exception>
    /// <exception cref="IOException">The trust folder cannot be read or written; so too <see cref="UnauthorizedAccessException"/>.</exception>
    public async Task<ChannelView> RefreshAsync(CancellationToken cancellationToken)
    {
        _store.Sweep();
        var trusted = await LoadRootAsync(isForUpdate: true, cancellationToken);
        await UpdateRootsAsync(trusted, cancellationToken);
        await UpdateTimestampAsync(trusted, cancellationToken);
        await UpdateSnapshotAsync(trusted, cancellationToken);
        await UpdateTargetsAsync(trusted, cancellationToken);

        var (timestamp, snapshot, targets) = (trusted.Timestamp!, trusted.Snapshot!, trusted.Targets!);
        MetadataHeader[] headers = [trusted.Root.Header, timestamp.Header, snapshot.Header, targets.Header];
        _trusted = new TrustedTargets(targets, trusted.Root.IsConsistentSnapshot);
        return PackageTargets.ToView(targets, timestamp.Header.Version, headers.Min(header => header.Expires));
    }

    /// <summary>
    /// What the channel offered when its targets were last accepted, from disk alone: for packages that an operator
    /// brings by hand.
    /// </summary>
    /// <returns>Null when nothing usable is stored: never refreshed, expired, or damaged.</returns>
    /// <exception cref="IOException">The trust folder cannot be read; so too <see cref="UnauthorizedAccessException"/>.</exception>
    public async Task<ChannelView?> LoadTrustedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var trusted = await LoadRootAsync(isForUpdate: false, cancellationToken);
            trusted.EndRootChain();
            if (await _store.ReadAsync(RoleFiles.Targets, TrustLimits.MaxListedMetadataBytes, cancellationToken) is not { } bytes)
            {
                return null;
            }

            var targets = trusted.ReadStoredTargets(bytes);
            var timestamp = await _store.ReadAsync(RoleFiles.Timestamp, TrustLimits.MaxTimestampBytes, cancellationToken);
            var timestampVersion = timestamp is null ? 0 : trusted.ReadStoredTimestampVersion(timestamp);
            var (root, own) = (trusted.Root.Header.Expires, targets.Header.Expires);
            _trusted ??= new TrustedTargets(targets, trusted.Root.IsConsistentSnapshot);
            return PackageTargets.ToView(targets, timestampVersion, root < own ? root : own);
        }
        catch (RefusedException)
        {
            // Not a verdict on the channel: the next refresh says what is wrong, and why.
            return null;
        }
    }

    /// <summary>
    /// Streams a package into <paramref name="destinationPath"/> with length cap and digest check; the file exists
    /// afterwards only if both fit (tuf-client.md §5.7). A file that fits already costs no request.
    /// </summary>
    /// <param name="destinationPath">Not visible as finished to anybody before the last byte was checked.</param>
    /// <param name="progress">Bytes so far; falls back to 0 when the transfer starts again.</param>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.PackageTruncated"/>, <see cref="RefusalReason.PackageTooLong"/>,
    /// <see cref="RefusalReason.PackageDigest"/>, or <see cref="RefusalReason.PackageUnknown"/>: the trusted metadata
    /// does not name it (any more).
    /// </exception>
    /// <exception cref="SourceException">The source could not deliver.</exception>
    /// <exception cref="IOException">The destination cannot be written, or the disk has no room for all of it.</exception>
    public async Task DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var trusted = _trusted ?? throw new InvalidOperationException("Refresh or load the channel before a download.");
        if (!trusted.Targets.Targets.TryGetValue(package.Path, out var target)
            || target.Hashes.Sha256 != package.Sha256
            || target.Length != package.Length)
        {
            throw new RefusedException(
                RefusalReason.PackageUnknown, $"The channel '{sourceName}' does not offer {package.Id} as '{package.Path}'.");
        }

        if (await TargetDownload.FitsAsync(destinationPath, target, cancellationToken))
        {
            progress?.Report(target.Length);
            return;
        }

        File.Delete(destinationPath);
        var urlPath = TargetsFolder + target.UrlPath(trusted.IsConsistentSnapshot);
        await TargetDownload.RunAsync(source, urlPath, target, destinationPath, progress, cancellationToken);
    }

    /// <summary>Before any request: a client without a valid root asks nobody (§5.2).</summary>
    private async Task<TrustedMetadata> LoadRootAsync(bool isForUpdate, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await _store.ReadAsync(RoleFiles.Root, TrustLimits.MaxRootBytes, cancellationToken) is { } stored)
        {
            // A damaged one is not replaced by the initial one: whoever can damage it must not choose the older root.
            return Trust(
                stored,
                now,
                $"stored root '{Path.Combine(trustFolder, RoleFiles.Local(RoleFiles.Root))}'",
                $" Remove the folder '{trustFolder}' to start again from the configured root; the protection against older metadata starts anew then, too.");
        }

        var initial = await TrustStore.ReadFileAsync(initialRootPath, TrustLimits.MaxRootBytes, cancellationToken)
            ?? throw new RefusedException(
                RefusalReason.RootInvalid, $"The initial trusted root '{initialRootPath}' of '{sourceName}' does not exist.");
        var trusted = Trust(initial, now, $"initial root '{initialRootPath}'");
        if (isForUpdate)
        {
            await _store.WriteAsync(RoleFiles.Root, initial, cancellationToken);
        }

        return trusted;
    }

    /// <param name="wayOut">What the operator can do; starts with a blank.</param>
    private TrustedMetadata Trust(byte[] root, DateTimeOffset now, string which, string wayOut = "")
    {
        try
        {
            return new TrustedMetadata(root, now);
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Reason, $"The {which} of '{sourceName}': {e.Message}{wayOut}", e);
        }
    }

    /// <summary>A refusal says which file of which source broke the rule.</summary>
    private void Naming(string file, Action decide)
    {
        try
        {
            decide();
        }
        catch (RefusedException e)
        {
            throw new RefusedException(e.Reason, $"{file} of '{sourceName}': {e.Message}", e);
        }
    }

    /// <summary>One root after the other until there is none (§5.3); each is kept at once.</summary>
    private async Task UpdateRootsAsync(TrustedMetadata trusted, CancellationToken cancellationToken)
    {
        while (await FetchNextRootAsync(trusted.Root.Header.Version + 1, cancellationToken) is { } bytes)
        {
            Naming(RoleFiles.Versioned(RoleFiles.Root, trusted.Root.Header.Version + 1), () => trusted.UpdateRoot(bytes));
            await _store.WriteAsync(RoleFiles.Root, bytes, cancellationToken);
        }

        Naming(RoleFiles.Local(RoleFiles.Root), trusted.EndRootChain);
    }

    private async Task<byte[]?> FetchNextRootAsync(long version, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchAsync(
                RoleFiles.Versioned(RoleFiles.Root, version), TrustLimits.MaxRootBytes, isListed: false, cancellationToken);
        }
        catch (SourceException e) when (e.IsForbidden)
        {
            // Object stores without the right to list answer so for what does not exist (§5.3.1).
            return null;
        }
    }

    private async Task UpdateTimestampAsync(TrustedMetadata trusted, CancellationToken cancellationToken)
    {
        const int limit = TrustLimits.MaxTimestampBytes;
        if (await _store.ReadAsync(RoleFiles.Timestamp, limit, cancellationToken) is { } stored)
        {
            trusted.TryLoadTimestamp(stored);
        }

        var bytes = await DemandAsync(RoleFiles.Local(RoleFiles.Timestamp), limit, isListed: false, cancellationToken);
        var isNew = false;
        Naming(RoleFiles.Local(RoleFiles.Timestamp), () => isNew = trusted.UpdateTimestamp(bytes));
        if (isNew)
        {
            await _store.WriteAsync(RoleFiles.Timestamp, bytes, cancellationToken);
        }
    }

    private async Task UpdateSnapshotAsync(TrustedMetadata trusted, CancellationToken cancellationToken)
    {
        if (await _store.ReadAsync(RoleFiles.Snapshot, TrustLimits.MaxListedMetadataBytes, cancellationToken) is { } stored
            && trusted.TryLoadSnapshot(stored))
        {
            return;
        }

        var bytes = await FetchListedAsync(
            RoleFiles.Snapshot, trusted, trusted.Timestamp!.Snapshot, TrustLimits.MaxSnapshotBytes, cancellationToken);
        Naming(RoleFiles.Local(RoleFiles.Snapshot), () => trusted.UpdateSnapshot(bytes));
        await _store.WriteAsync(RoleFiles.Snapshot, bytes, cancellationToken);
    }

    private async Task UpdateTargetsAsync(TrustedMetadata trusted, CancellationToken cancellationToken)
    {
        if (await _store.ReadAsync(RoleFiles.Targets, TrustLimits.MaxListedMetadataBytes, cancellationToken) is { } stored
            && trusted.TryLoadTargets(stored))
        {
            return;
        }

        var bytes = await FetchListedAsync(
            RoleFiles.Targets, trusted, trusted.Snapshot!.Targets, TrustLimits.MaxTargetsBytes, cancellationToken);
        Naming(RoleFiles.Local(RoleFiles.Targets), () => trusted.UpdateTargets(bytes));
        await _store.WriteAsync(RoleFiles.Targets, bytes, cancellationToken);
    }

    private Task<byte[]> FetchListedAsync(
        string role, TrustedMetadata trusted, MetadataReference listed, int roleLimit, CancellationToken cancellationToken) =>
        DemandAsync(
            RoleFiles.Remote(role, listed.Version, trusted.Root.IsConsistentSnapshot),
            listed.MaxBytes(roleLimit),
            listed.Length is not null,
            cancellationToken);

    private async Task<byte[]> DemandAsync(string name, int maxBytes, bool isListed, CancellationToken cancellationToken) =>
        await FetchAsync(name, maxBytes, isListed, cancellationToken)
        ?? throw new SourceException(
            FailureReason.SourceAnswer, $"{source.DisplayUrl} has no {MetadataFolder}{name}.");

    /// <param name="isListed">The limit is a signed length, so that more bytes contradict signed metadata.</param>
    private async Task<byte[]?> FetchAsync(string name, int maxBytes, bool isListed, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        try
        {
            return await source.CopyAsync(MetadataFolder + name, buffer, maxBytes, cancellationToken) is null
                ? null
                : buffer.ToArray();
        }
        catch (SourceException e) when (e.IsTooLong)
        {
            throw new RefusedException(
                isListed ? RefusalReason.MetadataMismatch : RefusalReason.MetadataTooLarge, e.Message, e);
        }
    }

    /// <summary>What downloads are checked against; replaced as a whole.</summary>
    private sealed record TrustedTargets(TargetsMetadata Targets, bool IsConsistentSnapshot);
}
