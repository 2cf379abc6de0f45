using System.Text;
using System.Text.Json.Nodes;
using Definitions.Packages;

namespace Definitions.Tests.Packages;

public sealed class ManifestJsonTests
{
    private const string Sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static JsonObject Good() => new()
    {
        ["format"] = 1,
        ["name"] = "core",
        ["version"] = "20261122.001",
        ["sequence"] = 1,
        ["kind"] = "signatures",
        ["minimumEngine"] = "1.0.0.0",
        ["packedBytes"] = 10,
        ["unpackedBytes"] = 3,
        ["files"] = new JsonArray(new JsonObject { ["name"] = "a.ndb", ["size"] = 3, ["sha256"] = Sha }),
        ["signatureCounts"] = new JsonObject { ["ndb"] = 1 },
        ["probes"] = new JsonArray(new JsonObject { ["name"] = "p", ["content"] = "AAAA", ["signature"] = "Demo.P" }),
    };

    private static Manifest Read(JsonObject json, PackageLimits? limits = null) =>
        ManifestJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), limits);

    public static TheoryData<string, string> WrongMembers() => new()
    {
        { "format", "2" },
        { "format", "\"1\"" },
        { "name", "\"Core\"" },
        { "name", "\"\"" },
        { "name", "7" },
        { "version", "\"2026.1\"" },
        { "version", "\"20261322.001\"" },
        { "sequence", "0" },
        { "sequence", "-1" },
        { "sequence", "1.5" },
        { "sequence", "9007199254740993" },
        { "sequence", "99999999999999999999" },
        { "kind", "\"program\"" },
        { "minimumEngine", "\"1.0\"" },
        { "minimumEngine", "\"1.0.0.-1\"" },
        { "minimumEngine", "\" 1.0.0.0\"" },
        { "packedBytes", "0" },
        { "unpackedBytes", "4" },
        { "unpackedBytes", "-1" },
        { "files", "[]" },
        { "files", "{}" },
        { "files", "[7]" },
        { "files", $$"""[{"name":"a.ndb","size":3,"sha256":"{{Sha}}"},{"name":"A.NDB","size":0,"sha256":"{{Sha}}"}]""" },
        { "files", """[{"name":"a.ndb","size":3,"sha256":"abcd"}]""" },
        { "files", $$"""[{"name":"a.ndb","size":3,"sha256":"{{Sha.ToUpperInvariant()}}"}]""" },
        { "files", $$"""[{"name":"a.ndb","size":9223372036854775807,"sha256":"{{Sha}}"}]""" },
        { "signatureCounts", "[]" },
        { "signatureCounts", """{"ndb":-1}""" },
        { "signatureCounts", """{"../x":1}""" },
        { "probes", "null" },
        { "probes", """[{"name":"p","content":"!","signature":"s"}]""" },
        { "probes", """[{"name":"p","content":"","signature":"s"}]""" },
        { "probes", """[{"name":"p","content":"AAAA","signature":""}]""" },
        { "probes", """[{"name":"p\n","content":"AAAA","signature":"s"}]""" },
        { "probes", """[{"name":"\ud800","content":"AAAA","signature":"s"}]""" },
    };

    [Theory]
    [MemberData(nameof(WrongMembers))]
    public void A_member_out_of_its_schema_is_refused(string name, string value)
    {
        // Put in as text: a node would not hold half of a surrogate pair.
        var json = Good();
        json[name] = "@";
        var text = json.ToJsonString().Replace("\"@\"", value, StringComparison.Ordinal);

        var refused = Assert.Throws<RefusedException>(() => ManifestJson.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(RefusalReason.ManifestMalformed, refused.Reason);
    }

    [Theory]
    [InlineData("format")]
    [InlineData("name")]
    [InlineData("version")]
    [InlineData("sequence")]
    [InlineData("kind")]
    [InlineData("minimumEngine")]
    [InlineData("packedBytes")]
    [InlineData("unpackedBytes")]
    [InlineData("files")]
    [InlineData("signatureCounts")]
    [InlineData("probes")]
    public void A_missing_member_is_refused(string name)
    {
        var json = Good();
        json.Remove(name);
        Assert.Equal(RefusalReason.ManifestMalformed, Assert.Throws<RefusedException>(() => Read(json)).Reason);
    }

    [Fact]
    public void A_member_of_a_later_version_is_skipped()
    {
        var json = Good();
        json["later"] = new JsonObject { ["x"] = 1 };
        json["files"]![0]!["later"] = true;
        Assert.Equal("core", Read(json).Id.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\":1,\"format\":1}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}")]
    [InlineData("\u00ff\u00fe")]
    [InlineData("{\"\u00ff\":1}")]
    public void What_is_no_json_object_is_refused(string latin1) => Assert.Equal(
        RefusalReason.ManifestMalformed,
        Assert.Throws<RefusedException>(() => ManifestJson.Read(Encoding.Latin1.GetBytes(latin1))).Reason);

    [Fact]
    public void A_manifest_above_its_limit_is_refused_unread() => Assert.Equal(
        RefusalReason.ManifestMalformed,
        Assert.Throws<RefusedException>(() => Read(Good(), new PackageLimits { MaxManifestBytes = 100 })).Reason);

    [Fact]
    public void Probes_above_their_limits_are_refused()
    {
        Assert.Equal(
            RefusalReason.PackageLimit, Assert.Throws<RefusedException>(() => Read(Good(), new PackageLimits { MaxProbes = 0 })).Reason);
        Assert.Equal(
            RefusalReason.PackageLimit, Assert.Throws<RefusedException>(() => Read(Good(), new PackageLimits { MaxProbeBytes = 2 })).Reason);
        Assert.Single(Read(Good(), new PackageLimits { MaxProbeBytes = 3, MaxProbes = 1 }).Probes);
    }

    [Fact]
    public void Writing_what_was_read_gives_the_same_bytes()
    {
        var once = ManifestJson.Write(Read(Good()));
        Assert.Equal(once, ManifestJson.Write(ManifestJson.Read(once)));
        Assert.DoesNotContain((byte)'\r', once);
    }
}
