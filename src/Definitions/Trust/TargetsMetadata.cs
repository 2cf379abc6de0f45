using System.Text.Json;

namespace Definitions.Trust;

/// <summary>Role <c>targets</c>: hash and length of files (tuf-client.md §2.8). Immutable.</summary>
public sealed class TargetsMetadata
{
    internal const string Type = "targets";

    private TargetsMetadata(MetadataHeader header, Dictionary<string, TargetFile> targets, JsonElement? delegations)
    {
        Header = header;
        Targets = targets;
        Delegations = delegations;
    }

    public MetadataHeader Header { get; }

    /// <summary>By target path, ordinal. A path is a name from outside: never part of a local path unencoded.</summary>
    public IReadOnlyDictionary<string, TargetFile> Targets { get; }

    /// <summary>The <c>delegations</c> object as signed, not looked into; null = none.</summary>
    public JsonElement? Delegations { get; }

    /// <exception cref="RefusedException">Not targets metadata, or a target breaks its form.</exception>
    internal static TargetsMetadata Read(JsonElement content)
    {
        var header = MetadataHeader.Read(content, Type);
        var targets = new Dictionary<string, TargetFile>(StringComparer.Ordinal);
        foreach (var target in MetadataJson.Object(content, "targets").EnumerateObject())
        {
            targets.Add(target.Name, TargetFile.Read(target.Name, target.Value));
        }

        return new TargetsMetadata(header, targets, MetadataJson.Optional(content, "delegations", JsonValueKind.Object));
    }
}

/// <summary>One signed file of the repository. Immutable.</summary>
public sealed class TargetFile
{
    private TargetFile(string path, long length, ContentHashes hashes, JsonElement? custom)
    {
        Path = path;
        Length = length;
        Hashes = hashes;
        Custom = custom;
    }

    /// <summary>Repository-relative, <c>/</c>-separated; any text, so also <c>../x</c>.</summary>
    public string Path { get; }

    /// <summary>Exact bytes; 0 or more.</summary>
    public long Length { get; }

    public ContentHashes Hashes { get; }

    /// <summary>The publisher's own object about the file, signed like the rest; null = none.</summary>
    public JsonElement? Custom { get; }

    /// <summary>Where the file lies below the targets URL (tuf-client.md §3), each part percent-encoded.</summary>
    /// <param name="isConsistentSnapshot">Of the trusted root.</param>
    public string UrlPath(bool isConsistentSnapshot)
    {
        var parts = Path.Split('/');
        if (isConsistentSnapshot)
        {
            parts[^1] = $"{Hashes.Prefix}.{parts[^1]}";
        }

        return string.Join('/', parts.Select(Uri.EscapeDataString));
    }

    internal static TargetFile Read(string path, JsonElement entry) => new(
        path,
        MetadataJson.Integer(entry, "length", 0, long.MaxValue),
        ContentHashes.Read(MetadataJson.Object(entry, "hashes")),
        MetadataJson.Optional(entry, "custom", JsonValueKind.Object));
}
