using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Testing;

namespace Engine.Tests.Images;

public sealed class ImageCompilerTests
{
    private static readonly byte[] _marker = "xxABCDEFxx"u8.ToArray();

    [Theory]
    [InlineData("T", 0)]
    [InlineData("T.UNOFFICIAL", 1)]
    [InlineData("t", 1)]
    [InlineData("T:00112233445566778899aabbccddeeff", 1)]
    [InlineData("T:LINE", 0)]
    public void An_ignore_list_leaves_out_what_it_names(string entry, int hits)
    {
        const string line = "T:0:*:414243";
        var md5 = Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, Encoding.ASCII.GetBytes(line)));
        using var image = new CompiledImage(
            isOfficial: false, isLenient: false, ("a.ndb", line + "\n"), ("b.ign2", entry.Replace("LINE", md5) + "\n"));
        Assert.Equal(hits, image.Match(_marker).Count);
        Assert.Equal(hits, image.Opened.SignatureCount);
    }

    [Fact]
    public void An_ignore_list_applies_to_all_packages()
    {
        using var folder = new TempFolder();
        var report = ImageCompiler.Compile(
            new CompileRequest
            {
                Inputs =
                [
                    Input("one", folder.Write("one.ndb", "T:0:*:414243\nU:0:*:414243\n")),
                    Input("local", folder.Write("l.ign2", "T\n")),
                ],
            },
            folder.Path("x.image"),
            CancellationToken.None);
        Assert.Equal(1, report.Signatures["one"]);
        Assert.Equal(2, report.AcceptedByExtension["one/ndb"]);
        Assert.Equal(0, report.Signatures["local"]);
    }

    [Theory]
    [InlineData(true, "T")]
    [InlineData(false, "T.UNOFFICIAL")]
    public void Names_of_what_no_publisher_signed_end_in_unofficial(bool isOfficial, string name)
    {
        using var image = new CompiledImage(isOfficial, isLenient: false, ("a.ndb", "T:0:*:414243\n"));
        Assert.Equal(name, Assert.Single(image.Match(_marker)).Signature);
    }

    [Fact]
    public void A_malformed_line_of_a_lenient_input_is_left_out_and_told()
    {
        using var image = new CompiledImage(
            isOfficial: false,
            isLenient: true,
            ("bad.ndb", "B:0:*:414243\nB2:0:*:41zz\n"),
            ("good.ndb", "G:0:*:444546\n"));
        Assert.Equal(["B.UNOFFICIAL", "G.UNOFFICIAL"], image.Match(_marker).Select(hit => hit.Signature).Order(StringComparer.Ordinal));
        var error = Assert.Single(image.Report!.Diagnostics, d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(("bad.ndb", 2), (error.File, error.Line));
        Assert.Contains(image.Report.Diagnostics, d => d.Code == "IMG005");
    }

    [Fact]
    public void A_strict_input_is_refused_with_code_file_line_and_column()
    {
        var refusal = Assert.Throws<RefusedException>(() => new CompiledImage(("bad.ndb", "B:0:*:414243\nB2:0:*:41zz\n")));
        Assert.Equal(RefusalReason.SignatureMalformed, refusal.Reason);
        Assert.Matches(@"bad\.ndb:2:\d+: SIG\d+:", refusal.Message);
    }

    [Fact]
    public void Findings_about_one_file_are_bounded()
    {
        using var image = new CompiledImage(
            isOfficial: false, isLenient: true, ("bad.ndb", string.Concat(Enumerable.Repeat("x\n", 5000))));
        Assert.InRange(image.Report!.Diagnostics.Count, 100, 110);
        Assert.Contains(image.Report.Diagnostics, d => d.Code == "IMG004");
    }

    [Fact]
    public void What_cannot_match_yet_is_stored_and_told()
    {
        using var image = new CompiledImage(
            ("a.ndb", "M1:0:$3$:414243\nT:0:*:414243\n"));
        Assert.Equal("T", Assert.Single(image.Match(_marker, Engine.FileTypes.ObjectType.Pe)).Signature);
        Assert.Equal(1, image.Opened.SignatureCount);
        Assert.Equal(2, image.Report!.AcceptedByExtension["test/ndb"]);
        Assert.Contains("1 members", Assert.Single(image.Report.Diagnostics, d => d.Code == "IMG002").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_input_digest_depends_on_content_names_and_flags_only()
    {
        using var folder = new TempFolder();
        var first = DigestOf(folder, "a/x.ndb", "T:0:*:414243\n", "20261122.001");
        Assert.Equal(first, DigestOf(folder, "b/x.ndb", "T:0:*:414243\n", "20261122.001"));
        Assert.NotEqual(first, DigestOf(folder, "a/y.ndb", "T:0:*:414243\n", "20261122.001"));
        Assert.NotEqual(first, DigestOf(folder, "a/x.ndb", "T:0:*:414244\n", "20261122.001"));
        Assert.NotEqual(first, DigestOf(folder, "a/x.ndb", "T:0:*:414243\n", "20261122.002"));
    }

    [Fact]
    public void A_pattern_that_the_image_cannot_hold_is_left_out_and_told()
    {
        // Every {127} is spelled out in its part: five hundred of them are longer than a part may be.
        var wide = string.Concat(Enumerable.Repeat("{127}", 600));
        using var image = new CompiledImage(("a.ndb", $"W:0:*:414243{wide}444546\nT:0:*:414243\n"));
        Assert.Equal("T", Assert.Single(image.Match(_marker)).Signature);
        Assert.Equal(1, Assert.Single(image.Report!.Diagnostics, d => d.Code == "IMG003").Line);
    }

    [Fact]
    public void A_hundred_thousand_digests_compile_and_are_found()
    {
        var random = new Random(3);
        var lines = new StringBuilder();
        var digest = new byte[32];
        for (var i = 0; i < 100_000; i++)
        {
            random.NextBytes(digest);
            lines.Append(Convert.ToHexStringLower(digest.AsSpan(0, i % 3 == 0 ? 32 : 16)))
                .Append(':').Append(random.Next(1000, 9_000_000))
                .Append(":Win.Malware.Agent-").Append(6_000_000 + i).Append("-0\n");
        }

        lines.Append(Convert.ToHexStringLower(CryptographicOperations.HashData(HashAlgorithmName.MD5, _marker))).Append(":10:Planted.One\n");
        lines.Append(Convert.ToHexStringLower(SHA256.HashData(_marker))).Append(":10:Planted.Two\n");
        using var image = new CompiledImage(("a.hdb", lines.ToString()));
        Assert.Equal(100_002, image.Opened.SignatureCount);
        Assert.Equal(["Planted.One", "Planted.Two"], image.Match(_marker).Select(h => h.Signature), StringComparer.Ordinal);
        Assert.InRange(image.Report!.ImageBytes, 0, 100_002 * 64);
    }

    private static CompileInput Input(string name, params string[] files) =>
        new(new PackageId(name, CompiledImage.Package.Version), IsOfficial: true, IsLenient: false, files);

    private static Digest DigestOf(TempFolder folder, string file, string content, string version) =>
        ImageCompiler.Compile(
            new CompileRequest
            {
                Inputs =
                [
                    new CompileInput(
                        new PackageId("p", DefinitionsVersion.Parse(version)), true, false, [folder.Write(file, content)]),
                ],
            },
            folder.Path("x.image"),
            CancellationToken.None).InputDigest;
}
