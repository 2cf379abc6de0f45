using System.Text.Json;

namespace Definitions.Trust;

/// <summary>Role <c>timestamp</c>: which snapshot is current (tuf-client.md §2.6). Immutable.</summary>
public sealed class TimestampMetadata
{
    internal const string Type = "timestamp";

    private TimestampMetadata(MetadataHeader header, MetadataReference snapshot)
    {
        Header = header;
        Snapshot = snapshot;
    }

    public MetadataHeader Header { get; }

    public MetadataReference Snapshot { get; }

    /// <exception cref="RefusedException">Not a timestamp, or it names anything but one snapshot.</exception>
    internal static TimestampMetadata Read(JsonElement content)
    {
        var header = MetadataHeader.Read(content, Type);
        var meta = MetadataJson.Object(content, "meta");
        var snapshot = MetadataJson.Object(meta, "snapshot.json");
        return meta.EnumerateObject().Count() == 1
            ? new TimestampMetadata(header, MetadataReference.Read(snapshot))
            : throw MetadataJson.Malformed("The timestamp names more than 'snapshot.json'.");
    }
}
