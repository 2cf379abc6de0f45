using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>Hash lines: the vectors of clamav-formats.md §8 and what else the reference engine was seen to do.</summary>
public sealed class HashLineTests
{
    private const string Md5 = "cf0c408fc7d28447d52601c2ad71e404";
    private const string Sha1 = "4f18cdc6f9095d06993f8a3aeaf2e44c7aaf4c1e";
    private const string Sha256 = "7c61886d64f1198ef50addf95eae348c3081d87e60588387d4b39a201494bbaa";

    [Theory]
    [InlineData("t.hdb", Md5 + ":10:T", HashKind.Md5, 10L)]
    [InlineData("t.hdb", "CF0C408FC7D28447D52601C2AD71E404:10:T", HashKind.Md5, 10L)]
    [InlineData("t.hdb", Md5 + ":*:T:73", HashKind.Md5, null)]
    [InlineData("t.hdb", Md5 + ":010:T", HashKind.Md5, 10L)]
    [InlineData("t.hdb", "#c\n" + Md5 + ":10:T", HashKind.Md5, 10L)]
    [InlineData("t.hdb", Md5 + ":4294967294:T", HashKind.Md5, 4294967294L)]
    [InlineData("t.hdb", Md5 + ":10:T\r\n", HashKind.Md5, 10L)]
    [InlineData("t.hsb", Sha1 + ":10:T", HashKind.Sha1, 10L)]
    [InlineData("t.hdb", Sha256 + ":10:T", HashKind.Sha256, 10L)]
    public void Reads_what_the_reference_engine_loads(string file, string text, HashKind kind, long? size)
    {
        var parsed = ParsedSignatures.Of(file, text);
        Assert.Empty(parsed.Diagnostics);
        var hash = Assert.IsType<HashSignature>(Assert.Single(parsed.Signatures));
        Assert.Equal(("T", kind, size, HashPurpose.Detect), (hash.Name, hash.Kind, hash.Size, hash.Purpose));
        var digits = text.Split('\n').Single(line => line.StartsWith(':') || line.Contains(":T", StringComparison.Ordinal))
            .Split(':')[0];
        Assert.Equal(digits, Convert.ToHexString(hash.Value.Span), ignoreCase: true);
    }

    [Theory]
    [InlineData(Md5 + ":10:T:999")]
    [InlineData(Md5 + ":10:T:1:100")]
    [InlineData(Md5 + ":10:T:1:")]
    [InlineData("zz:x::300")]
    public void Skips_what_is_meant_for_other_engines(string line)
    {
        var parsed = ParsedSignatures.Of("t.hdb", line);
        Assert.Equal(new SignatureParseSummary(0, 1, 0) { Lines = 1 }, parsed.Summary);
    }

    [Theory]
    [InlineData(Md5 + ":*:T")]
    [InlineData(Md5 + ":*:T:72")]
    [InlineData(Md5 + ":0:T")]
    [InlineData(Md5 + ":4294967295:T")]
    [InlineData(Md5 + ":99999999999999999999:T")]
    [InlineData(Md5 + ":10 :T")]
    [InlineData(Md5 + "::T")]
    [InlineData(Md5 + ":10")]
    [InlineData(Md5 + ":10:")]
    [InlineData(Md5 + ":10: (Clam)")]
    [InlineData(Md5 + ":10:T\n\n")]
    [InlineData(Md5 + ":10:T:1:300:x")]
    [InlineData(" " + Md5 + ":10:T")]
    [InlineData("f0c408fc7d28447d52601c2ad71e404:10:T")]
    [InlineData("gf0c408fc7d28447d52601c2ad71e404:10:T")]
    [InlineData(Sha256 + Md5 + ":10:T")]
    [InlineData("")]
    public void Refuses_what_the_reference_engine_refuses(string text) =>
        Assert.Equal(1, ParsedSignatures.Of("t.hdb", text).Summary.Errors);

    [Theory]
    [InlineData("t.fp")]
    [InlineData("t.sfp")]
    public void Allow_lists_share_the_grammar(string file)
    {
        var hash = Assert.IsType<HashSignature>(Assert.Single(ParsedSignatures.Of(file, Md5 + ":10:T").Signatures));
        Assert.Equal(HashPurpose.Allow, hash.Purpose);
    }

    [Theory]
    [InlineData("t.mdb", "512:" + Md5 + ":T", HashKind.Md5, 512L)]
    [InlineData("t.mdb", "0512:CF0C408FC7D28447D52601C2AD71E404:T", HashKind.Md5, 512L)]
    [InlineData("t.mdb", "*:" + Md5 + ":T:73", HashKind.Md5, null)]
    [InlineData("t.msb", "512:" + Sha256 + ":T", HashKind.Sha256, 512L)]
    [InlineData("t.msb", "512:" + Md5 + ":T", HashKind.Md5, 512L)]
    public void Section_digests_have_their_size_first(string file, string line, HashKind kind, long? size)
    {
        var hash = Assert.IsType<HashSignature>(Assert.Single(ParsedSignatures.Of(file, line).Signatures));
        Assert.Equal(("T", kind, size, HashPurpose.PeSection), (hash.Name, hash.Kind, hash.Size, hash.Purpose));
    }

    [Theory]
    [InlineData(Md5 + ":10:T", HashKind.Md5, 10L)]
    [InlineData(Md5 + ":*:T", HashKind.Md5, null)]
    [InlineData(Sha1 + ":10:T", HashKind.Sha1, 10L)]
    public void Import_digests_are_of_any_size_without_a_level(string line, HashKind kind, long? size)
    {
        var hash = Assert.IsType<HashSignature>(Assert.Single(ParsedSignatures.Of("t.imp", line).Signatures));
        Assert.Equal(("T", kind, size, HashPurpose.PeImports), (hash.Name, hash.Kind, hash.Size, hash.Purpose));
    }

    [Theory]
    [InlineData("t.mdb", Md5 + ":512:T")]
    [InlineData("t.mdb", "0:" + Md5 + ":T")]
    [InlineData("t.mdb", "*:" + Md5 + ":T")]
    [InlineData("t.mdb", "*:" + Md5 + ":T:72")]
    [InlineData("t.mdb", "512 :" + Md5 + ":T")]
    [InlineData("t.mdb", "4294967295:" + Md5 + ":T")]
    [InlineData("t.mdb", "512:" + Md5)]
    [InlineData("t.mdb", "512:" + Md5 + ":")]
    [InlineData("t.mdb", "512:" + Md5 + ":T:1:300:x")]
    [InlineData("t.imp", "10:" + Md5 + ":T")]
    [InlineData("t.imp", Md5 + ":0:T")]
    [InlineData("t.imp", Md5 + ":10")]
    [InlineData("t.imp", Md5 + ":10:")]
    public void Digests_of_parts_are_refused_where_the_reference_engine_refuses_them(string file, string text) =>
        Assert.Equal(1, ParsedSignatures.Of(file, text).Summary.Errors);

    [Fact]
    public void Goes_on_after_a_malformed_line()
    {
        var parsed = ParsedSignatures.Of("t.hdb", $"{Md5}:0:A\n{Md5}:1:B\n\n{Md5}:2:C\n");
        Assert.Equal(["B", "C"], parsed.Signatures.Select(s => s.Name), StringComparer.Ordinal);
        Assert.Equal([2, 4], parsed.Signatures.Select(s => s.Line));
        Assert.Equal([(1, 34), (3, 0)], parsed.Diagnostics.Select(d => (d.Line, d.Column)));
    }

    [Theory]
    [InlineData("t.hdu")]
    [InlineData("t.HSU")]
    [InlineData("t.ndu")]
    public void Sets_of_potentially_unwanted_programs_are_known_and_not_loaded(string file)
    {
        Assert.True(SignatureParser.IsSignatureFile(file));
        var parsed = ParsedSignatures.Of(file, Md5 + ":10:T\n");
        Assert.Equal(new SignatureParseSummary(0, 1, 0), parsed.Summary);
        Assert.Equal(DiagnosticSeverity.Skipped, Assert.Single(parsed.Diagnostics).Severity);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("t.exe")]
    [InlineData("hdb")]
    [InlineData("")]
    public void Other_files_are_no_signature_files(string file)
    {
        Assert.False(SignatureParser.IsSignatureFile(file));
        Assert.Empty(ParsedSignatures.Of(file, Md5 + ":10:T\n").Signatures);
    }
}
