using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;

namespace Updater.Publishing;

/// <summary>
/// The publisher's side of a channel (tuf-client.md §6): a folder that any web server can serve. Every change is written
/// file by file in upload order, the timestamp last, so readers see the old or the new state.
/// </summary>
/// <remarks>One publisher a channel at a time; not thread-safe.</remarks>
internal sealed class ChannelPublisher(string channelFolder, TimeProvider time)
{
    /// <summary>Name of the copy of the newest root that <see cref="Init"/> and <see cref="RotateRoot"/> leave beside the keys.</summary>
    public const string RootCopyName = "root.json";

    private static readonly string[] Roles = [RoleFiles.Root, RoleFiles.Targets, RoleFiles.Snapshot, RoleFiles.Timestamp];

    public ChannelFiles Files { get; } = new(channelFolder);

    /// <summary>
    /// Makes a channel without packages, with consistent snapshots. Keys that lie in the folder already are used, others
    /// are made: for root and targets one more than the threshold if that is above 1, so that one may be lost.
    /// </summary>
    /// <param name="threshold">Signatures that root and targets need; snapshot and timestamp need one.</param>
    /// <returns>Path of the copy of the root that goes to every client out of band.</returns>
    /// <exception cref="PublishException">The folder holds a channel already.</exception>
    public string Init(KeyFolder keys, int threshold, KeyScheme scheme, MetadataLifetimes lifetimes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        if (File.Exists(Files.RootFile(1)))
        {
            throw new PublishException($"{Files.Root} holds a channel already.");
        }

        var root = SignedMetadata.Header(RoleFiles.Root, 1, time.GetUtcNow() + lifetimes.Root);
        root["consistent_snapshot"] = true;
        root["keys"] = new JsonObject();
        root["roles"] = new JsonObject();
        foreach (var role in Roles)
        {
            var needed = role is RoleFiles.Root or RoleFiles.Targets ? threshold : 1;
            SetRole(root, role, needed, keys.TakeOrCreate(role, needed > 1 ? needed + 1 : 1, scheme));
        }

        var signer = new ChannelSigner(Files, time, keys.Load(), lifetimes);
        var copy = WriteRoot(root, signer.KeysOf(root, RoleFiles.Root), keys);
        var targets = new JsonObject { ["targets"] = new JsonObject() };
        signer.WriteAll(root, Started(RoleFiles.Targets, targets), Started(RoleFiles.Snapshot, []), Started(RoleFiles.Timestamp, []));
        return copy;
    }

    /// <summary>Puts every built package under the channel's signatures.</summary>
    /// <returns>What became part of the channel.</returns>
    /// <exception cref="PublishException">Nothing waits, or keys are missing.</exception>
    /// <exception cref="RefusedException">What the channel serves now does not verify.</exception>
    public IReadOnlyList<BuiltPackage> Sign(KeyFolder keys, MetadataLifetimes lifetimes)
    {
        var pending = PendingBuilds.Load(Files);
        var packages = pending.Packages;
        if (packages.Count == 0)
        {
            throw new PublishException("Nothing to sign: no package was built since the last time.");
        }

        var channel = Load(keys);
        var targets = channel.Targets.DeepClone().AsObject();
        foreach (var package in packages)
        {
            targets["targets"]!.AsObject()[package.TargetPath] = package.ToTarget();
        }

        var signer = new ChannelSigner(Files, time, keys.Load(), lifetimes);
        signer.WriteAll(channel.Root, targets, channel.Snapshot, channel.Timestamp);
        pending.Clear();
        return packages;
    }

    /// <summary>
    /// Signs snapshot and timestamp anew, with new expiry and the same packages; the timestamp alone if only its keys are
    /// there, as on an online machine.
    /// </summary>
    /// <inheritdoc cref="Sign"/>
    public void Refresh(KeyFolder keys, MetadataLifetimes lifetimes)
    {
        var channel = Load(keys);
        new ChannelSigner(Files, time, keys.Load(), lifetimes).WriteOnlineRoles(channel);
    }

    /// <summary>
    /// Publishes the next root, with as many new keys for each named role as it has now, signed by old and new root keys,
    /// and signs everything else anew. No role at all only renews the root's expiry.
    /// </summary>
    /// <returns>Path of the copy of the new root.</returns>
    /// <inheritdoc cref="Sign"/>
    public string RotateRoot(KeyFolder keys, IReadOnlyCollection<string> roles, KeyScheme scheme, MetadataLifetimes lifetimes)
    {
        var channel = Load(keys);
        var root = SignedMetadata.Next(channel.Root, time.GetUtcNow() + lifetimes.Root);
        foreach (var role in roles)
        {
            var current = root["roles"]![role]?.AsObject() ?? throw new PublishException($"There is no role '{role}'.");
            SetRole(root, role, (int)current["threshold"]!, keys.Add(role, current["keyids"]!.AsArray().Count, scheme));
        }

        var signer = new ChannelSigner(Files, time, keys.Load(), lifetimes);
        SigningKey[] signers = [.. signer.KeysOf(channel.Root, RoleFiles.Root), .. signer.KeysOf(root, RoleFiles.Root)];
        var copy = WriteRoot(root, signers, keys);
        signer.WriteAll(root, channel.Targets, channel.Snapshot, channel.Timestamp);
        return copy;
    }

    /// <summary>Next sequence of a package: one more than the highest that is published or built.</summary>
    /// <exception cref="PublishException">The version is not newer than the newest one.</exception>
    public long NextSequence(PackageId id)
    {
        var published = PublishedChannel.Load(Files, initialRoot: null, DateTimeOffset.MinValue).Packages()
            .Select(known => (known.Package.Id, known.Package.Sequence));
        var built = PendingBuilds.Load(Files).Packages.Select(known => (known.Id, known.Sequence));
        var newest = published.Concat(built)
            .Where(known => string.Equals(known.Id.Name, id.Name, StringComparison.Ordinal))
            .OrderByDescending(known => known.Sequence)
            .FirstOrDefault();
        if (newest.Id is { } last && last.Version >= id.Version)
        {
            throw new PublishException($"{id} is not newer than {last}, which the channel has already.");
        }

        return newest.Sequence + 1;
    }

    private PublishedChannel Load(KeyFolder keys)
    {
        // The copy beside the keys was not in reach of whoever serves the channel.
        var copy = Path.Combine(keys.Root, RootCopyName);
        return PublishedChannel.Load(Files, File.Exists(copy) ? File.ReadAllBytes(copy) : null, DateTimeOffset.MinValue);
    }

    private string WriteRoot(JsonObject root, IEnumerable<SigningKey> signers, KeyFolder keys)
    {
        var file = SignedMetadata.Sign(root, signers);
        ChannelFiles.Write(Files.RootFile(SignedMetadata.VersionOf(root)), file);
        var copy = Path.Combine(keys.Root, RootCopyName);
        ChannelFiles.Write(copy, file);
        return copy;
    }

    /// <summary>Replaces a role's keys and drops keys that no role names any more.</summary>
    private static void SetRole(JsonObject root, string role, int threshold, IReadOnlyList<SigningKey> roleKeys)
    {
        var keys = root["keys"]!.AsObject();
        var roles = root["roles"]!.AsObject();
        roles[role] = new JsonObject
        {
            ["keyids"] = new JsonArray([.. roleKeys.Select(key => JsonValue.Create(key.Id))]),
            ["threshold"] = threshold,
        };
        foreach (var key in roleKeys)
        {
            keys[key.Id] = key.PublicKey.DeepClone();
        }

        var named = roles.SelectMany(pair => pair.Value!["keyids"]!.AsArray().Select(id => (string)id!)).ToHashSet(StringComparer.Ordinal);
        foreach (var orphan in keys.Select(pair => pair.Key).Where(id => !named.Contains(id)).ToList())
        {
            keys.Remove(orphan);
        }
    }

    /// <summary>Version 0, which the signer makes version 1.</summary>
    private static JsonObject Started(string role, JsonObject content)
    {
        var signed = SignedMetadata.Header(role, 0, DateTimeOffset.UnixEpoch);
        foreach (var (name, value) in content)
        {
            signed[name] = value!.DeepClone();
        }

        return signed;
    }
}
