using System.Text.Json.Nodes;
using Definitions.Trust;

namespace Updater.Publishing;

/// <summary>Signs the next version of roles and writes the files in upload order, the timestamp last.</summary>
internal sealed class ChannelSigner(
    ChannelFiles files, TimeProvider time, IReadOnlyDictionary<string, SigningKey> keys, MetadataLifetimes lifetimes)
{
    private readonly DateTimeOffset _now = time.GetUtcNow();

    /// <summary>Every key at hand that the root names for the role.</summary>
    /// <exception cref="PublishException">Fewer than the threshold.</exception>
    public IReadOnlyList<SigningKey> KeysOf(JsonObject root, string role)
    {
        var (found, threshold) = Find(root, role);
        return found.Count >= threshold
            ? found
            : throw new PublishException($"Role {role} needs {threshold} signatures; keys for {found.Count} are in the folder.");
    }

    /// <summary>New targets, snapshot and timestamp: each one version above the given published ones.</summary>
    /// <exception cref="PublishException">Keys are missing; nothing was written.</exception>
    public void WriteAll(JsonObject root, JsonObject targets, JsonObject snapshot, JsonObject timestamp)
    {
        var nextTargets = SignedMetadata.Next(targets, _now + lifetimes.Targets);
        var targetsFile = SignedMetadata.Sign(nextTargets, KeysOf(root, RoleFiles.Targets));
        var nextSnapshot = SignedMetadata.Next(snapshot, _now + lifetimes.Snapshot);
        var meta = nextSnapshot["meta"]?.AsObject() ?? [];
        meta[RoleFiles.Local(RoleFiles.Targets)] = SignedMetadata.Reference(SignedMetadata.VersionOf(nextTargets), targetsFile);
        nextSnapshot["meta"] = meta.DeepClone();
        var snapshotFile = SignedMetadata.Sign(nextSnapshot, KeysOf(root, RoleFiles.Snapshot));
        var timestampFile = NextTimestamp(root, timestamp, nextSnapshot, snapshotFile);

        Write(RoleFiles.Targets, nextTargets, targetsFile);
        Write(RoleFiles.Snapshot, nextSnapshot, snapshotFile);
        WriteTimestamp(timestampFile);
    }

    /// <summary>New snapshot, if its keys are at hand, and new timestamp.</summary>
    public void WriteOnlineRoles(PublishedChannel channel)
    {
        var (snapshotKeys, threshold) = Find(channel.Root, RoleFiles.Snapshot);
        if (snapshotKeys.Count < threshold)
        {
            var timestamp = SignedMetadata.Next(channel.Timestamp, _now + lifetimes.Timestamp);
            WriteTimestamp(SignedMetadata.Sign(timestamp, KeysOf(channel.Root, RoleFiles.Timestamp)));
            return;
        }

        var snapshot = SignedMetadata.Next(channel.Snapshot, _now + lifetimes.Snapshot);
        var snapshotFile = SignedMetadata.Sign(snapshot, snapshotKeys);
        var timestampFile = NextTimestamp(channel.Root, channel.Timestamp, snapshot, snapshotFile);
        Write(RoleFiles.Snapshot, snapshot, snapshotFile);
        WriteTimestamp(timestampFile);
    }

    private byte[] NextTimestamp(JsonObject root, JsonObject published, JsonObject snapshot, byte[] snapshotFile)
    {
        var timestamp = SignedMetadata.Next(published, _now + lifetimes.Timestamp);
        timestamp["meta"] = new JsonObject
        {
            [RoleFiles.Local(RoleFiles.Snapshot)] = SignedMetadata.Reference(SignedMetadata.VersionOf(snapshot), snapshotFile),
        };
        return SignedMetadata.Sign(timestamp, KeysOf(root, RoleFiles.Timestamp));
    }

    private (IReadOnlyList<SigningKey> Keys, int Threshold) Find(JsonObject root, string role)
    {
        var entry = root["roles"]![role]!;
        var ids = entry["keyids"]!.AsArray().Select(id => (string)id!);
        return ([.. ids.Where(keys.ContainsKey).Select(id => keys[id])], (int)entry["threshold"]!);
    }

    private void Write(string role, JsonObject signed, byte[] file) =>
        ChannelFiles.Write(files.MetadataFile(RoleFiles.Versioned(role, SignedMetadata.VersionOf(signed))), file);

    private void WriteTimestamp(byte[] file) =>
        ChannelFiles.Write(files.MetadataFile(RoleFiles.Local(RoleFiles.Timestamp)), file);
}
