using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions.Trust;

namespace Testing;

/// <summary>
/// A small TUF repository in memory for tests of the client's rules. Every signed object is a plain tree that a test may
/// edit into an attack before it publishes. Version 1 of all four roles exists from the start: one P-256 key a role,
/// threshold 1, consistent snapshots, 30 days to live.
/// </summary>
public sealed class TrustRepository
{
    private static readonly string[] Roles = ["root", "timestamp", "snapshot", "targets"];

    public TrustRepository(DateTimeOffset now)
    {
        Expires = now.AddDays(30);
        Root = Header("root");
        Root["consistent_snapshot"] = true;
        Root["keys"] = new JsonObject();
        Root["roles"] = new JsonObject();
        Timestamp = Header("timestamp");
        Timestamp["meta"] = new JsonObject { ["snapshot.json"] = new JsonObject { ["version"] = 1 } };
        Snapshot = Header("snapshot");
        Snapshot["meta"] = new JsonObject { ["targets.json"] = new JsonObject { ["version"] = 1 } };
        Targets = Header("targets");
        Targets["targets"] = new JsonObject();
        foreach (var role in Roles)
        {
            SetKeys(role, 1, TestSigner.Ecdsa());
        }

        PublishRoot();
        PublishTargets();
        PublishSnapshot();
        PublishTimestamp();
    }

    /// <summary>What the next <see cref="Header"/> says; edit a tree's <c>expires</c> to age one role.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>The <c>signed</c> object of each role as it will be published next.</summary>
    public JsonObject Root { get; }

    public JsonObject Timestamp { get; }

    public JsonObject Snapshot { get; }

    public JsonObject Targets { get; }

    /// <summary>Who signs each role; a test may take a key away or add a stranger.</summary>
    public IDictionary<string, IList<TestSigner>> Signers { get; } = new Dictionary<string, IList<TestSigner>>(StringComparer.Ordinal);

    /// <summary>Whether timestamp and snapshot list length and hashes.</summary>
    public bool ListsHashes { get; set; }

    /// <summary>The tree below the channel's base: <c>metadata/…</c> and <c>targets/…</c>.</summary>
    public IDictionary<string, byte[]> Files { get; } = new Dictionary<string, byte[]>(StringComparer.Ordinal);

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The file of a role: its newest version, or the given one.</summary>
    public byte[] File(string role, int? version = null) => Files["metadata/" + Name(role, version ?? Version(Tree(role)))];

    /// <summary>Replaces a role's keys in the root tree and its signers; takes effect with <see cref="PublishRoot"/>.</summary>
    public void SetKeys(string role, int threshold, params TestSigner[] signers)
    {
        Root["roles"]![role] = new JsonObject
        {
            ["keyids"] = new JsonArray([.. signers.Select(signer => (JsonNode)signer.KeyId)]),
            ["threshold"] = threshold,
        };
        foreach (var signer in signers)
        {
            Root["keys"]![signer.KeyId] = signer.Key.DeepClone();
        }

        Signers[role] = [.. signers];
    }

    /// <summary>Sets the version and expiry of a tree for the next publication.</summary>
    public static void Set(JsonObject tree, int version, DateTimeOffset? expires = null)
    {
        tree["version"] = version;
        if (expires is { } time)
        {
            tree["expires"] = Time(time);
        }
    }

    /// <summary>Moves a tree to its next version.</summary>
    public static void Bump(JsonObject tree) => Set(tree, Version(tree) + 1);

    /// <summary>Adds or replaces a target and its file.</summary>
    public void AddTarget(string path, byte[] content, JsonObject? custom = null)
    {
        var entry = new JsonObject { ["length"] = content.Length, ["hashes"] = Hashes(content) };
        if (custom is not null)
        {
            entry["custom"] = custom;
        }

        Targets["targets"]![path] = entry;
        var slash = path.LastIndexOf('/') + 1;
        foreach (var hash in entry["hashes"]!.AsObject())
        {
            Files[$"targets/{path[..slash]}{hash.Value}.{path[slash..]}"] = content;
        }
    }

    /// <summary>A signed package target with a good <c>custom</c> object.</summary>
    public void AddPackage(string name, string version, long sequence, byte[] content) => AddTarget(
        $"{name}-{version}.tar.zst",
        content,
        new JsonObject
        {
            ["package"] = name,
            ["version"] = version,
            ["sequence"] = sequence,
            ["kind"] = "signatures",
            ["unpackedBytes"] = content.Length * 3L,
            ["minimumEngine"] = "1.0.0.0",
        });

    /// <summary>Next version of targets, snapshot and timestamp, each naming the one before.</summary>
    public void Publish()
    {
        Bump(Targets);
        PublishTargets();
        Bump(Snapshot);
        PublishSnapshot();
        Bump(Timestamp);
        PublishTimestamp();
    }

    /// <summary>Signs the root tree as it stands, with its own keys and these others.</summary>
    public void PublishRoot(params TestSigner[] others) =>
        Files[$"metadata/{Version(Root)}.root.json"] = Sign(Root, [.. Signers["root"], .. others]);

    public void PublishTargets()
    {
        Put("targets", Targets);
        Snapshot["meta"]!["targets.json"] = Reference(Targets, File("targets"));
    }

    public void PublishSnapshot()
    {
        Put("snapshot", Snapshot);
        Timestamp["meta"]!["snapshot.json"] = Reference(Snapshot, File("snapshot"));
    }

    public void PublishTimestamp() => Put("timestamp", Timestamp);

    /// <summary>A whole metadata file over any tree.</summary>
    public static byte[] Sign(JsonObject tree, IEnumerable<TestSigner> signers)
    {
        var message = CanonicalJson.Encode(JsonSerializer.SerializeToElement(tree));
        var signatures = signers.Select(signer => (JsonNode)new JsonObject
        {
            ["keyid"] = signer.KeyId,
            ["sig"] = Convert.ToHexStringLower(signer.Sign(message)),
        });
        return Envelope(tree, [.. signatures]);
    }

    public static byte[] Envelope(JsonObject tree, params JsonNode[] signatures) =>
        Encoding.UTF8.GetBytes(
            new JsonObject { ["signatures"] = new JsonArray(signatures), ["signed"] = tree.DeepClone() }.ToJsonString());

    private static int Version(JsonObject tree) => (int)tree["version"]!;

    private static JsonObject Hashes(byte[] content) => new()
    {
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
        ["sha512"] = Convert.ToHexStringLower(SHA512.HashData(content)),
    };

    private static string Name(string role, int version) =>
        role == "timestamp" ? "timestamp.json" : $"{version}.{role}.json";

    private void Put(string role, JsonObject tree) =>
        Files["metadata/" + Name(role, Version(tree))] = Sign(tree, Signers[role]);

    private JsonObject Reference(JsonObject tree, byte[] file)
    {
        var reference = new JsonObject { ["version"] = Version(tree) };
        if (ListsHashes)
        {
            reference["length"] = file.Length;
            reference["hashes"] = Hashes(file);
        }

        return reference;
    }

    private JsonObject Tree(string role) => role switch
    {
        "root" => Root,
        "timestamp" => Timestamp,
        "snapshot" => Snapshot,
        _ => Targets,
    };

    private JsonObject Header(string type) => new()
    {
        ["_type"] = type,
        ["spec_version"] = "1.0.34",
        ["version"] = 1,
        ["expires"] = Time(Expires),
    };
}
