using Definitions.Packages;

namespace Definitions.Tests.Packages;

public sealed class HostilePackageTests
{
    private static readonly byte[] Content = "44d88612fea8a8f36de82e1278abb02f:68:Demo.A\n"u8.ToArray();

    [Fact]
    public void The_builder_of_these_tests_makes_good_packages_too() =>
        Assert.Equal(Content, PackageHarness.Unpack(new RawPackage().File("a.hdb", Content).Build())["a.hdb"]);

    [Theory]
    [InlineData("../a.hdb")]
    [InlineData("..")]
    [InlineData("/etc/a.hdb")]
    [InlineData("sub/a.hdb")]
    [InlineData("./a.hdb")]
    [InlineData("..\\a.hdb")]
    [InlineData("C:a.hdb")]
    [InlineData(".hidden")]
    [InlineData("-rf")]
    [InlineData("a b.hdb")]
    [InlineData("manifest.json")]
    [InlineData("MANIFEST.JSON")]
    [Trait("req", "M-205")]
    public void A_name_that_is_not_flat_and_plain_is_refused_in_archive_and_manifest(string name)
    {
        Assert.Equal(
            RefusalReason.PathUnsafe, PackageHarness.Refusal(new RawPackage().File("a.hdb", Content).Entry(name, Content).Build()));
        Assert.Equal(RefusalReason.PathUnsafe, PackageHarness.Refusal(new RawPackage().File(name, Content).Build()));
    }

    [Fact]
    public void A_name_in_the_prefix_field_is_refused()
    {
        var header = new byte[TarHeader.BlockSize];
        new TarHeader("a.hdb", 0).WriteTo(header);
        header[345] = (byte)'x';
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ";
        System.Text.Encoding.ASCII.GetBytes(sum, header.AsSpan(148));

        Assert.Equal(RefusalReason.PathUnsafe, PackageHarness.Refusal(new RawPackage().List("a.hdb", []).Blocks(header).Build()));
    }

    [Theory]
    [InlineData('1', "/etc/passwd")]
    [InlineData('2', "/etc/passwd")]
    [InlineData('3', "")]
    [InlineData('4', "")]
    [InlineData('5', "")]
    [InlineData('6', "")]
    [InlineData('7', "")]
    [InlineData('x', "")]
    [InlineData('g', "")]
    [InlineData('L', "")]
    [InlineData('K', "")]
    [InlineData('S', "")]
    [InlineData('0', "/etc/passwd")]
    [Trait("req", "M-205")]
    public void Links_devices_folders_pipes_and_extensions_are_refused(char kind, string link) => Assert.Equal(
        RefusalReason.EntryKind,
        PackageHarness.Refusal(new RawPackage().List("a.hdb", Content).Entry("a.hdb", [], kind, link).Build()));

    [Fact]
    public void A_duplicate_entry_is_refused() => Assert.Equal(
        RefusalReason.FileSet, PackageHarness.Refusal(new RawPackage().File("a.hdb", Content).Entry("a.hdb", Content).Build()));

    [Fact]
    public void An_entry_that_is_not_listed_is_refused() => Assert.Equal(
        RefusalReason.FileSet, PackageHarness.Refusal(new RawPackage().File("a.hdb", Content).Entry("b.hdb", Content).Build()));

    [Fact]
    public void An_entry_in_another_case_is_refused() => Assert.Equal(
        RefusalReason.FileSet, PackageHarness.Refusal(new RawPackage().List("a.hdb", Content).Entry("A.hdb", Content).Build()));

    [Fact]
    public void A_missing_entry_is_refused() => Assert.Equal(
        RefusalReason.FileSet, PackageHarness.Refusal(new RawPackage().File("a.hdb", Content).List("b.hdb", Content).Build()));

    [Fact]
    public void Names_that_differ_in_case_only_are_refused() => Assert.Equal(
        RefusalReason.ManifestMalformed,
        PackageHarness.Refusal(new RawPackage().File("a.hdb", Content).File("A.HDB", Content).Build()));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_size_that_differs_from_the_manifest_is_refused(int difference) => Assert.Equal(
        RefusalReason.FileDigest,
        PackageHarness.Refusal(new RawPackage().List("a.hdb", Content).Entry("a.hdb", Content, size: Content.Length + difference).Build()));

    [Fact]
    public void A_size_that_reaches_past_the_archive_is_refused() => Assert.Equal(
        RefusalReason.PackageMalformed,
        PackageHarness.Refusal(new RawPackage().List("a.hdb", Content, 1_000_000).Entry("a.hdb", Content, size: 1_000_000).Build()));

    [Fact]
    public void Other_content_of_the_same_size_is_refused()
    {
        var other = Content.ToArray();
        other[0] ^= 1;
        Assert.Equal(
            RefusalReason.FileDigest, PackageHarness.Refusal(new RawPackage().List("a.hdb", Content).Entry("a.hdb", other).Build()));
    }

    [Fact]
    public void A_bomb_of_zeros_costs_no_more_than_the_manifest_admits()
    {
        var bomb = new byte[200_000_000];
        var package = new RawPackage().List("a.hdb", Content).Entry("a.hdb", bomb).Build();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(package.Length < 100_000);
        Assert.Equal(RefusalReason.FileDigest, PackageHarness.Refusal(package));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32_000_000);
    }

    [Fact]
    public void A_bomb_that_the_manifest_admits_is_refused_by_the_limit() => Assert.Equal(
        RefusalReason.PackageLimit,
        PackageHarness.Refusal(
            new RawPackage().List("a.hdb", Content, 200_000_000).Build(), new PackageLimits { MaxUnpackedBytes = 199_999_999 }));

    [Fact]
    public void A_bomb_behind_the_end_of_the_archive_is_refused() => Assert.Equal(
        RefusalReason.PackageMalformed,
        PackageHarness.Refusal(new RawPackage { EndBlocks = 400_000 }.File("a.hdb", Content).Build()));

    [Fact]
    public void A_bomb_in_place_of_the_manifest_is_refused()
    {
        var header = new byte[TarHeader.BlockSize];
        new TarHeader("manifest.json", 200_000_000).WriteTo(header);
        Assert.Equal(
            RefusalReason.ManifestMalformed, PackageHarness.Refusal(RawPackage.Frame([header, new byte[200_000_000]])));
    }

    [Fact]
    public void An_archive_without_an_end_is_refused() => Assert.Equal(
        RefusalReason.PackageMalformed, PackageHarness.Refusal(new RawPackage { EndBlocks = 1 }.File("a.hdb", Content).Build()));

    [Fact]
    public void A_first_entry_that_is_no_manifest_is_refused() => Assert.Equal(
        RefusalReason.ManifestMalformed,
        PackageHarness.Refusal(new RawPackage { FirstEntryName = "a.hdb" }.File("a.hdb", Content).Build()));

    [Fact]
    public void A_packed_size_that_lies_is_refused()
    {
        var good = new RawPackage().File("a.hdb", Content);
        good.Build();
        foreach (var difference in new[] { -1, 1 })
        {
            var package = new RawPackage().File("a.hdb", Content);
            package.Manifest["packedBytes"] = (long)good.Manifest["packedBytes"]! + difference;
            Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal(package.Build()));
        }
    }

    [Fact]
    public void Too_many_files_are_refused()
    {
        var package = new RawPackage().File("a.hdb", Content).File("b.hdb", Content);
        Assert.Equal(RefusalReason.PackageLimit, PackageHarness.Refusal(package.Build(), new PackageLimits { MaxFiles = 1 }));
    }

    [Fact]
    public void Padding_that_holds_data_is_refused()
    {
        var header = new byte[TarHeader.BlockSize];
        new TarHeader("a.hdb", 1).WriteTo(header);
        var content = new byte[TarHeader.BlockSize];
        content[0] = (byte)'a';
        content[1] = (byte)'b';
        var package = new RawPackage().List("a.hdb", [(byte)'a']).Blocks(header).Blocks(content);
        Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal(package.Build()));
    }

    [Fact]
    public void The_manifest_of_a_payload_that_lies_can_still_be_read()
    {
        var package = new RawPackage().List("a.hdb", Content).Build();
        Assert.Equal("core", PackageReader.ReadManifest(new MemoryStream(package)).Id.Name);
    }
}
