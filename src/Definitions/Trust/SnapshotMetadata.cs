using System.Text.Json;

namespace Definitions.Trust;

/// <summary>Role <c>snapshot</c>: the version of every targets file (tuf-client.md §2.7). Immutable.</summary>
public sealed class SnapshotMetadata
{
    internal const string Type = "snapshot";
    private const string TargetsFile = "targets.json";

    private SnapshotMetadata(MetadataHeader header, Dictionary<string, MetadataReference> meta)
    {
        Header = header;
        Meta = meta;
    }

    public MetadataHeader Header { get; }

    /// <summary>By file name such as <c>targets.json</c>; names of unknown roles are kept for the rollback check.</summary>
    public IReadOnlyDictionary<string, MetadataReference> Meta { get; }

    /// <summary>The entry of the top-level targets; always there.</summary>
    public MetadataReference Targets => Meta[TargetsFile];

    /// <exception cref="RefusedException">Not a snapshot, or it does not list the targets.</exception>
    internal static SnapshotMetadata Read(JsonElement content)
    {
        var header = MetadataHeader.Read(content, Type);
        var meta = new Dictionary<string, MetadataReference>(StringComparer.Ordinal);
        foreach (var entry in MetadataJson.Object(content, "meta").EnumerateObject())
        {
            meta.Add(entry.Name, MetadataReference.Read(entry.Value));
        }

        return meta.ContainsKey(TargetsFile)
            ? new SnapshotMetadata(header, meta)
            : throw MetadataJson.Malformed($"The snapshot does not list '{TargetsFile}'.");
    }
}
