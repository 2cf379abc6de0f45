using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions;
using Definitions.Trust;

namespace Updater.Publishing;

/// <summary>Builds metadata files: the <c>signed</c> object, its signatures, and references from one file to another.</summary>
internal static class SignedMetadata
{
    private const string SpecificationVersion = "1.0.34";

    /// <summary>The members every role has (tuf-client.md §2.4).</summary>
    public static JsonObject Header(string type, long version, DateTimeOffset expires) => new()
    {
        ["_type"] = type,
        ["spec_version"] = SpecificationVersion,
        ["version"] = version,
        ["expires"] = Time(expires),
    };

    /// <summary>Puts version and expiry of the next release into a copy of what is published.</summary>
    public static JsonObject Next(JsonObject published, DateTimeOffset expires)
    {
        var next = published.DeepClone().AsObject();
        next["version"] = VersionOf(published) + 1;
        next["expires"] = Time(expires);
        return next;
    }

    public static long VersionOf(JsonObject signed) => (long)signed["version"]!;

    /// <summary><c>{version, length, hashes}</c> of a metadata file (tuf-client.md §2.6, §2.7).</summary>
    public static JsonObject Reference(long version, byte[] file) => new()
    {
        ["version"] = version,
        ["length"] = file.Length,
        ["hashes"] = new JsonObject { ["sha256"] = Digest.Of(file).ToString() },
    };

    /// <summary>The envelope of tuf-client.md §2.1 with one signature a key.</summary>
    public static byte[] Sign(JsonObject signed, IEnumerable<SigningKey> keys)
    {
        using var document = JsonDocument.Parse(signed.ToJsonString());
        var message = CanonicalJson.Encode(document.RootElement);
        var signatures = new JsonArray();
        foreach (var key in keys.DistinctBy(key => key.Id, StringComparer.Ordinal))
        {
            signatures.Add(new JsonObject { ["keyid"] = key.Id, ["sig"] = Convert.ToHexStringLower(key.Sign(message)) });
        }

        var envelope = new JsonObject { ["signatures"] = signatures, ["signed"] = signed.DeepClone() };
        return System.Text.Encoding.UTF8.GetBytes(envelope.ToJsonString());
    }

    /// <summary>The <c>signed</c> object of a file whose signatures were verified before.</summary>
    public static JsonObject Read(byte[] file) => JsonNode.Parse(file)!["signed"]!.DeepClone().AsObject();

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
