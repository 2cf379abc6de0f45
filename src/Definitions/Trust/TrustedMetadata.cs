namespace Definitions.Trust;

/// <summary>
/// The trust rules of one update (tuf-client.md §5.2 to 5.6). Is given bytes and decides: what was accepted becomes
/// trusted and may be stored, what was refused leaves no trace. Opens no file and no socket; knows the time only from
/// its constructor, so that one update sees one time (§5.1).
/// </summary>
/// <remarks>
/// Call in this order: constructor; <see cref="UpdateRoot"/> for each newer root; <see cref="EndRootChain"/>;
/// <see cref="TryLoadTimestamp"/>, <see cref="UpdateTimestamp"/>; <see cref="TryLoadSnapshot"/>,
/// <see cref="UpdateSnapshot"/>; <see cref="TryLoadTargets"/>, <see cref="UpdateTargets"/>. Another order throws
/// <see cref="InvalidOperationException"/>. Not thread-safe.
/// </remarks>
public sealed class TrustedMetadata
{
    private readonly DateTimeOffset _now;
    private readonly RootMetadata _rootAtStart;
    private bool _isRootChainEnded;
    private int _rotations;

    /// <summary>The local timestamp: what a newer one may not fall behind. Counts even when expired (§5.4.1).</summary>
    private TimestampMetadata? _timestampBase;

    /// <summary>The local snapshot: what a newer one may not fall behind (§5.5.1).</summary>
    private SnapshotMetadata? _snapshotBase;

    /// <summary>Takes the root that is trusted already (§5.2).</summary>
    /// <remarks>Its expiry is not looked at: a newer root may follow. That is <see cref="EndRootChain"/>'s.</remarks>
    /// <param name="root">The stored root, or the initial one obtained out of band.</param>
    /// <param name="now">Start of the update.</param>
    /// <exception cref="RefusedException"><see cref="RefusalReason.RootInvalid"/>: damaged, or not signed by itself.</exception>
    public TrustedMetadata(ReadOnlySpan<byte> root, DateTimeOffset now)
    {
        _now = now;
        try
        {
            var envelope = MetadataEnvelope.Parse(root, TrustLimits.MaxRootBytes);
            Root = RootMetadata.Read(envelope.Content);
            Root.Root.Demand(envelope, RoleFiles.Root);
        }
        catch (RefusedException e)
        {
            throw new RefusedException(RefusalReason.RootInvalid, $"The trusted root cannot be used. {e.Message}", e);
        }

        _rootAtStart = Root;
    }

    public RootMetadata Root { get; private set; }

    /// <summary>Null until this update accepted one.</summary>
    public TimestampMetadata? Timestamp { get; private set; }

    /// <summary>Null until this update accepted one.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    /// <summary>Null until this update accepted one.</summary>
    public TargetsMetadata? Targets { get; private set; }

    /// <summary>
    /// Whether timestamp or snapshot keys changed in this update. The local files are then no base any more, so that an
    /// owner can come back from versions that a thief of those keys drove up (fast-forward, §5.3.6).
    /// </summary>
    private bool HasRotatedOnlineKeys =>
        !Root.Timestamp.IsSameAs(_rootAtStart.Timestamp) || !Root.Snapshot.IsSameAs(_rootAtStart.Snapshot);

    /// <summary>Accepts root N+1, signed by a threshold of root N and of itself (§5.3).</summary>
    /// <remarks>Its expiry is not looked at: only the last root of the chain must be fresh (§5.3.4).</remarks>
    /// <exception cref="RefusedException">The trusted root stays.</exception>
    public void UpdateRoot(ReadOnlySpan<byte> bytes)
    {
        Demand(!_isRootChainEnded);
        if (_rotations >= TrustLimits.MaxRootRotations)
        {
            throw new RefusedException(
                RefusalReason.RootChainTooLong, $"More than {TrustLimits.MaxRootRotations} new roots in one update.");
        }

        var envelope = MetadataEnvelope.Parse(bytes, TrustLimits.MaxRootBytes);
        MetadataHeader.DemandType(envelope.Content, RootMetadata.Type);
        Root.Root.Demand(envelope, "root, by the trusted root");
        var root = RootMetadata.Read(envelope.Content);
        root.Root.Demand(envelope, "root, by itself");
        if (root.Header.Version != Root.Header.Version + 1)
        {
            // Older ones too: a chain has no gaps and no way back.
            throw new RefusedException(
                root.Header.Version <= Root.Header.Version
                    ? RefusalReason.MetadataRollback
                    : RefusalReason.MetadataMismatch,
                $"root has version {root.Header.Version}, {Root.Header.Version + 1} must follow.");
        }

        Root = root;
        _rotations++;
    }

    /// <summary>No newer root exists: the last one must not be expired (freeze, §5.3.5).</summary>
    /// <exception cref="RefusedException"><see cref="RefusalReason.MetadataExpired"/>.</exception>
    public void EndRootChain()
    {
        Demand(!_isRootChainEnded);
        DemandFresh(Root.Header, RoleFiles.Root);
        _isRootChainEnded = true;
    }

    /// <summary>Takes the stored timestamp as base for rollback checks, even if it is expired (§5.4.1).</summary>
    /// <returns>False when it is of no use: damaged, not signed by today's keys, or keys have rotated.</returns>
    public bool TryLoadTimestamp(ReadOnlySpan<byte> bytes)
    {
        Demand(_isRootChainEnded && _timestampBase is null && Timestamp is null);
        _timestampBase = HasRotatedOnlineKeys ? null : ReadOrNull(bytes, ReadTimestamp);
        return _timestampBase is not null;
    }

    /// <summary>Decides on the repository's timestamp (§5.4).</summary>
    /// <returns>True: it is new, store it. False: same version as the stored one, which is kept and used.</returns>
    /// <exception cref="RefusedException">Nothing changed.</exception>
    public bool UpdateTimestamp(ReadOnlySpan<byte> bytes)
    {
        Demand(_isRootChainEnded && Timestamp is null);
        var candidate = ReadTimestamp(bytes);
        if (_timestampBase is { } known)
        {
            DemandNotLower(candidate.Header.Version, known.Header.Version, RoleFiles.Timestamp);
            if (candidate.Header.Version == known.Header.Version)
            {
                // The content of one version never changes; if it did, the new one is not looked at (§5.4.3).
                DemandFresh(known.Header, RoleFiles.Timestamp);
                Timestamp = known;
                return false;
            }

            DemandNotLower(candidate.Snapshot.Version, known.Snapshot.Version, "snapshot named by the timestamp");
        }

        DemandFresh(candidate.Header, RoleFiles.Timestamp);
        Timestamp = candidate;
        return true;
    }

    /// <summary>Takes the stored snapshot as base for rollback checks (§5.5.1).</summary>
    /// <remarks>
    /// Not compared with the hashes that the timestamp lists: it was trusted once, and the timestamp names the next one.
    /// </remarks>
    /// <returns>True: it is the one the timestamp names and fresh, so it is trusted without a request.</returns>
    public bool TryLoadSnapshot(ReadOnlySpan<byte> bytes)
    {
        Demand(Timestamp is not null && _snapshotBase is null && Snapshot is null);
        _snapshotBase = HasRotatedOnlineKeys ? null : ReadOrNull(bytes, ReadStoredSnapshot);
        if (_snapshotBase is not { } known
            || known.Header.Version != Timestamp!.Snapshot.Version
            || known.Header.IsExpiredAt(_now))
        {
            return false;
        }

        Snapshot = known;
        return true;
    }

    /// <summary>Decides on the snapshot that the timestamp names (§5.5.2, in this order).</summary>
    /// <exception cref="RefusedException">Nothing changed.</exception>
    public void UpdateSnapshot(ReadOnlySpan<byte> bytes)
    {
        Demand(Timestamp is not null && Snapshot is null);
        Timestamp!.Snapshot.DemandContent(bytes, RoleFiles.Snapshot);
        var candidate = ReadSnapshot(bytes, Timestamp.Snapshot.MaxBytes(TrustLimits.MaxSnapshotBytes));
        Timestamp.Snapshot.DemandVersion(candidate.Header.Version, RoleFiles.Snapshot);
        if (_snapshotBase is not null)
        {
            DemandNothingLost(candidate, _snapshotBase);
        }

        DemandFresh(candidate.Header, RoleFiles.Snapshot);
        Snapshot = candidate;
    }

    /// <summary>Takes the stored targets if they are exactly the ones the snapshot names, and fresh (§5.6).</summary>
    /// <returns>True: trusted without a request.</returns>
    public bool TryLoadTargets(ReadOnlySpan<byte> bytes)
    {
        Demand(Snapshot is not null && Targets is null);
        Targets = ReadOrNull(bytes, DecideTargets);
        return Targets is not null;
    }

    /// <summary>Decides on the targets that the snapshot names (§5.6).</summary>
    /// <remarks>
    /// Not compared with older targets: the snapshot's own check has seen to it that the version does not fall.
    /// </remarks>
    /// <exception cref="RefusedException">Nothing changed.</exception>
    public void UpdateTargets(ReadOnlySpan<byte> bytes)
    {
        Demand(Snapshot is not null && Targets is null);
        Targets = DecideTargets(bytes);
    }

    /// <summary>
    /// Decides on stored targets without any repository, for packages that arrive by hand: signed by the trusted root's
    /// keys and fresh.
    /// </summary>
    /// <remarks>
    /// Timestamp and snapshot are left out on purpose. They prove that nothing newer exists, which cannot be asked here;
    /// these targets were accepted once with that proof, and they end with their own expiry.
    /// </remarks>
    /// <exception cref="RefusedException">They are of no use today.</exception>
    public TargetsMetadata ReadStoredTargets(ReadOnlySpan<byte> bytes)
    {
        Demand(_isRootChainEnded);
        var targets = ReadTargets(bytes, TrustLimits.MaxListedMetadataBytes);
        DemandFresh(targets.Header, RoleFiles.Targets);
        return targets;
    }

    /// <summary>The version of a stored timestamp for display, whether or not it is expired; 0 = of no use.</summary>
    public long ReadStoredTimestampVersion(ReadOnlySpan<byte> bytes) =>
        ReadOrNull(bytes, ReadTimestamp)?.Header.Version ?? 0;

    private TargetsMetadata DecideTargets(ReadOnlySpan<byte> bytes)
    {
        var listed = Snapshot!.Targets;
        listed.DemandContent(bytes, RoleFiles.Targets);
        var candidate = ReadTargets(bytes, listed.MaxBytes(TrustLimits.MaxTargetsBytes));
        listed.DemandVersion(candidate.Header.Version, RoleFiles.Targets);
        DemandFresh(candidate.Header, RoleFiles.Targets);
        return candidate;
    }

    private TimestampMetadata ReadTimestamp(ReadOnlySpan<byte> bytes)
    {
        var envelope = Open(bytes, TrustLimits.MaxTimestampBytes, TimestampMetadata.Type, Root.Timestamp);
        return TimestampMetadata.Read(envelope.Content);
    }

    /// <summary>The stored one may be longer than what today's timestamp lists.</summary>
    private SnapshotMetadata ReadStoredSnapshot(ReadOnlySpan<byte> bytes) =>
        ReadSnapshot(bytes, TrustLimits.MaxListedMetadataBytes);

    private SnapshotMetadata ReadSnapshot(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        var envelope = Open(bytes, maxBytes, SnapshotMetadata.Type, Root.Snapshot);
        return SnapshotMetadata.Read(envelope.Content);
    }

    private TargetsMetadata ReadTargets(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        var envelope = Open(bytes, maxBytes, TargetsMetadata.Type, Root.Targets);
        return TargetsMetadata.Read(envelope.Content);
    }

    /// <summary>Form, then type, then threshold; the rest of the content is not looked at before that.</summary>
    private static MetadataEnvelope Open(ReadOnlySpan<byte> bytes, int maxBytes, string type, RoleKeys keys)
    {
        var envelope = MetadataEnvelope.Parse(bytes, maxBytes);
        MetadataHeader.DemandType(envelope.Content, type);
        keys.Demand(envelope, type);
        return envelope;
    }

    private delegate T Reader<out T>(ReadOnlySpan<byte> bytes);

    /// <summary>For stored files only: a damaged one is as good as none, the repository has it again.</summary>
    private static T? ReadOrNull<T>(ReadOnlySpan<byte> bytes, Reader<T> read)
        where T : class
    {
        try
        {
            return read(bytes);
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    /// <summary>Every file listed once stays listed, and none falls behind (§5.5.2).</summary>
    private static void DemandNothingLost(SnapshotMetadata candidate, SnapshotMetadata known)
    {
        foreach (var (name, before) in known.Meta)
        {
            if (!candidate.Meta.TryGetValue(name, out var listed))
            {
                throw new RefusedException(
                    RefusalReason.MetadataRollback, $"The snapshot does not list '{name}' any more.");
            }

            DemandNotLower(listed.Version, before.Version, $"'{name}' named by the snapshot");
        }
    }

    private static void DemandNotLower(long version, long known, string what)
    {
        if (version < known)
        {
            throw new RefusedException(
                RefusalReason.MetadataRollback, $"{what} has version {version}, {known} was seen already.");
        }
    }

    private void DemandFresh(MetadataHeader header, string role)
    {
        if (header.IsExpiredAt(_now))
        {
            throw new RefusedException(
                RefusalReason.MetadataExpired,
                $"{role} version {header.Version} expired at {header.Expires:yyyy-MM-dd HH:mm:ss}Z; "
                + $"this machine's clock says {_now.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.");
        }
    }

    private static void Demand(bool isInOrder)
    {
        if (!isInOrder)
        {
            throw new InvalidOperationException("The steps of an update were called out of order.");
        }
    }
}
