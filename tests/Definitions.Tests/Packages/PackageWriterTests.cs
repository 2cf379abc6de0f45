using Definitions.Packages;

namespace Definitions.Tests.Packages;

public sealed class PackageWriterTests
{
    [Theory]
    [InlineData("../a.ndb")]
    [InlineData("a/b.ndb")]
    [InlineData(".a")]
    [InlineData("manifest.json")]
    public void Refuses_a_name_that_no_reader_would_take(string name) => Assert.Equal(
        RefusalReason.PathUnsafe,
        Assert.Throws<RefusedException>(() => PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File(name, "x")))).Reason);

    [Fact]
    public void Takes_the_longest_name_and_refuses_a_longer_one()
    {
        var name = new string('n', PackageFileName.MaxLength);
        Assert.Equal([1], PackageHarness.Unpack(PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File(name, [1]))))[name]);
        Assert.Throws<RefusedException>(() => PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File(name + "n", [1]))));
    }

    [Fact]
    public void Refuses_an_empty_package() => Assert.Equal(
        RefusalReason.ManifestMalformed,
        Assert.Throws<RefusedException>(() => PackageHarness.Pack(PackageHarness.Draft())).Reason);

    [Fact]
    public void Refuses_what_is_above_the_limits() => Assert.Equal(
        RefusalReason.PackageLimit,
        Assert.Throws<RefusedException>(() => PackageHarness.Pack(
            PackageHarness.Draft(PackageHarness.File("a.ndb", [1, 2])), new PackageLimits { MaxUnpackedBytes = 1 })).Reason);

    [Fact]
    public void Stops_when_a_file_grows_while_it_is_packed() => Assert.Throws<IOException>(
        () => PackageHarness.Pack(PackageHarness.Draft(new DraftFile("a.ndb", () => new LyingStream(2)))));

    [Fact]
    public void Stops_when_a_file_shrinks_while_it_is_packed() => Assert.Throws<IOException>(
        () => PackageHarness.Pack(PackageHarness.Draft(new DraftFile("a.ndb", () => new LyingStream(9)))));

    private sealed class LyingStream(long length) : MemoryStream([1, 2, 3, 4, 5])
    {
        public override long Length => length;
    }
}
