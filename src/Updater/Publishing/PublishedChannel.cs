using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;
using Updater.Sources;

namespace Updater.Publishing;

/// <summary>
/// What a channel serves now, verified from an initial root down to the targets as a client would, so that nothing that
/// somebody else put there is ever signed again.
/// </summary>
internal sealed class PublishedChannel
{
    private PublishedChannel(TrustedMetadata trusted, JsonObject root, JsonObject targets, JsonObject snapshot, JsonObject timestamp)
    {
        Trusted = trusted;
        Root = root;
        Targets = targets;
        Snapshot = snapshot;
        Timestamp = timestamp;
    }

    public TrustedMetadata Trusted { get; }

    /// <summary>The <c>signed</c> object of the newest root; do not change, clone.</summary>
    public JsonObject Root { get; }

    /// <inheritdoc cref="Root"/>
    public JsonObject Targets { get; }

    /// <inheritdoc cref="Root"/>
    public JsonObject Snapshot { get; }

    /// <inheritdoc cref="Root"/>
    public JsonObject Timestamp { get; }

    /// <param name="initialRoot">Obtained out of band; null = version 1 of the channel itself.</param>
    /// <param name="now">
    /// For the expiry checks; <see cref="DateTimeOffset.MinValue"/> = none, as a publisher who comes late must go on.
    /// </param>
    /// <exception cref="RefusedException">A rule is broken.</exception>
    /// <exception cref="PublishException">A file is missing.</exception>
    public static PublishedChannel Load(ChannelFiles files, byte[]? initialRoot, DateTimeOffset now)
    {
        var root = initialRoot ?? files.Read(files.RootFile(1));
        var trusted = new TrustedMetadata(root, now);
        while (File.Exists(files.RootFile(trusted.Root.Header.Version + 1)))
        {
            root = files.Read(files.RootFile(trusted.Root.Header.Version + 1));
            trusted.UpdateRoot(root);
        }

        trusted.EndRootChain();
        var timestamp = files.Read(files.MetadataFile(RoleFiles.Local(RoleFiles.Timestamp)));
        trusted.UpdateTimestamp(timestamp);
        var snapshot = ReadVersion(files, trusted, RoleFiles.Snapshot, trusted.Timestamp!.Snapshot.Version);
        trusted.UpdateSnapshot(snapshot);
        var targets = ReadVersion(files, trusted, RoleFiles.Targets, trusted.Snapshot!.Targets.Version);
        trusted.UpdateTargets(targets);
        return new PublishedChannel(
            trusted,
            SignedMetadata.Read(root),
            SignedMetadata.Read(targets),
            SignedMetadata.Read(snapshot),
            SignedMetadata.Read(timestamp));
    }

    /// <summary>The packages among the targets, with the targets they are.</summary>
    /// <exception cref="RefusedException">A target looks like a package and is none.</exception>
    public IReadOnlyList<(TargetFile Target, ChannelPackage Package)> Packages() =>
    [
        .. Trusted.Targets!.Targets.Values
            .Where(target => target.Path.EndsWith(PackageTargets.Extension, StringComparison.Ordinal))
            .OrderBy(target => target.Path, StringComparer.Ordinal)
            .Select(target => (target, PackageTargets.Read(target))),
    ];

    private static byte[] ReadVersion(ChannelFiles files, TrustedMetadata trusted, string role, long version) =>
        files.Read(files.MetadataFile(RoleFiles.Remote(role, version, trusted.Root.IsConsistentSnapshot)));
}
