using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Packages;

namespace Updater.Publishing;

/// <summary>
/// Packages that were built and wait for a signature: <c>.pending.json</c> beside the served tree's folders. Building
/// needs no key, so it can run where none is.
/// </summary>
internal sealed class PendingBuilds
{
    private readonly ChannelFiles _files;
    private readonly JsonArray _packages;

    private PendingBuilds(ChannelFiles files, JsonArray packages)
    {
        _files = files;
        _packages = packages;
    }

    public IReadOnlyList<BuiltPackage> Packages => [.. _packages.Select(node => ReadPackage(node))];

    /// <exception cref="PublishException">The file is damaged.</exception>
    public static PendingBuilds Load(ChannelFiles files)
    {
        if (!File.Exists(files.Pending))
        {
            return new PendingBuilds(files, []);
        }

        try
        {
            var packages = Member(JsonNode.Parse(File.ReadAllBytes(files.Pending)), "packages").DeepClone().AsArray();
            var pending = new PendingBuilds(files, packages);
            _ = pending.Packages;
            return pending;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new PublishException($"{files.Pending} is damaged; remove it and build again.", e);
        }
    }

    public void Add(BuiltPackage package)
    {
        _packages.Add(new JsonObject
        {
            ["package"] = package.Id.Name,
            ["version"] = package.Id.Version.ToString(),
            ["sequence"] = package.Sequence,
            ["length"] = package.Length,
            ["sha256"] = package.Sha256.ToString(),
            ["kind"] = ManifestJson.SignaturesKind,
            ["unpackedBytes"] = package.UnpackedBytes,
            ["minimumEngine"] = package.MinimumEngine.ToString(),
        });
        ChannelFiles.Write(
            _files.Pending,
            System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["packages"] = _packages.DeepClone() }.ToJsonString()));
    }

    public void Clear() => File.Delete(_files.Pending);

    private static BuiltPackage ReadPackage(JsonNode? node) => new(
        new PackageId((string)Member(node, "package")!, DefinitionsVersion.Parse((string)Member(node, "version")!)),
        (long)Member(node, "sequence"),
        (long)Member(node, "length"),
        Digest.TryParse((string?)Member(node, "sha256"), out var digest) ? digest : throw new FormatException("sha256"),
        (long)Member(node, "unpackedBytes"),
        Version.Parse((string)Member(node, "minimumEngine")!));

    private static JsonNode Member(JsonNode? node, string name) => node?[name] ?? throw new FormatException(name);
}

/// <summary>A package file that lies in the channel's <c>targets/</c>.</summary>
/// <param name="Length">Bytes of the file.</param>
internal sealed record BuiltPackage(
    PackageId Id, long Sequence, long Length, Digest Sha256, long UnpackedBytes, Version MinimumEngine)
{
    /// <summary>The TUF target path.</summary>
    public string TargetPath => $"{Id.Name}/{Id}.tar.zst";

    /// <summary>Below <c>targets/</c>, with the hash in front as consistent snapshots have it (tuf-client.md §3).</summary>
    public string UrlPath => $"{Id.Name}/{Sha256}.{Id}.tar.zst";

    /// <summary>The entry of the targets metadata.</summary>
    public JsonObject ToTarget() => new()
    {
        ["length"] = Length,
        ["hashes"] = new JsonObject { ["sha256"] = Sha256.ToString() },
        ["custom"] = new JsonObject
        {
            ["package"] = Id.Name,
            ["version"] = Id.Version.ToString(),
            ["sequence"] = Sequence,
            ["kind"] = ManifestJson.SignaturesKind,
            ["unpackedBytes"] = UnpackedBytes,
            ["minimumEngine"] = MinimumEngine.ToString(),
        },
    };
}
