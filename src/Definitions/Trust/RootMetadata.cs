using System.Text.Json;

namespace Definitions.Trust;

/// <summary>Role <c>root</c>: who may sign what (tuf-client.md §2.5). Immutable.</summary>
public sealed class RootMetadata
{
    internal const string Type = "root";

    private RootMetadata(MetadataHeader header, bool isConsistentSnapshot, RoleKeys[] roles)
    {
        Header = header;
        IsConsistentSnapshot = isConsistentSnapshot;
        (Root, Timestamp, Snapshot, Targets) = (roles[0], roles[1], roles[2], roles[3]);
    }

    public MetadataHeader Header { get; }

    /// <summary>True: versioned metadata names and hash-prefixed target names (tuf-client.md §3).</summary>
    public bool IsConsistentSnapshot { get; }

    public RoleKeys Root { get; }

    public RoleKeys Timestamp { get; }

    public RoleKeys Snapshot { get; }

    public RoleKeys Targets { get; }

    /// <exception cref="RefusedException">Not a root: a role is missing, a threshold below 1, and the like.</exception>
    internal static RootMetadata Read(JsonElement content)
    {
        var header = MetadataHeader.Read(content, Type);
        var keys = ReadKeys(MetadataJson.Object(content, "keys"));
        var roles = MetadataJson.Object(content, "roles");
        // Other roles, such as mirrors, are tolerated and unused.
        string[] names = [Type, TimestampMetadata.Type, SnapshotMetadata.Type, TargetsMetadata.Type];
        return new RootMetadata(
            header,
            IsTrue(content, "consistent_snapshot"),
            [.. names.Select(name => ReadRole(MetadataJson.Object(roles, name), keys))]);
    }

    private static bool IsTrue(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value)
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw MetadataJson.Malformed($"'{name}' is neither true nor false."),
        };

    private static Dictionary<string, TrustKey> ReadKeys(JsonElement keys)
    {
        var result = new Dictionary<string, TrustKey>(StringComparer.Ordinal);
        var count = 0;
        foreach (var key in keys.EnumerateObject())
        {
            if (++count > TrustLimits.MaxKeys)
            {
                throw new RefusedException(
                    RefusalReason.MetadataTooLarge, $"More than {TrustLimits.MaxKeys} keys in one file.");
            }

            if (TrustKey.Read(key.Name, key.Value) is { } usable)
            {
                result.Add(key.Name, usable);
            }
        }

        return result;
    }

    private static RoleKeys ReadRole(JsonElement role, Dictionary<string, TrustKey> keys)
    {
        // A threshold of 0 or less would accept unsigned files (GHSA-fphv-w9fq-2525).
        var threshold = MetadataJson.Integer(role, "threshold", 1, TrustLimits.MaxVersion);
        var ids = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in MetadataJson.Member(role, "keyids", JsonValueKind.Array).EnumerateArray())
        {
            if (id.ValueKind != JsonValueKind.String || !seen.Add(id.GetString()!) || seen.Count > TrustLimits.MaxKeys)
            {
                throw MetadataJson.Malformed("'keyids' holds something that is not text, a repetition, or too many.");
            }

            ids.Add(id.GetString()!);
        }

        return new RoleKeys(ids, threshold, keys);
    }
}
