using System.Diagnostics;
using CsCheck;
using Definitions.Packages;
using Testing;

namespace Definitions.Tests.Packages;

public sealed class PackageRoundTripTests
{
    private static readonly Gen<Dictionary<string, byte[]>> Files = Gen.Dictionary(
        Gen.Char["abcdefXYZ0123456789_+"].Array[1, 20].Select(c => new string(c).ToLowerInvariant() + ".ndb"),
        Gen.Byte.Array[0, 3000])[1, 12];

    [Fact]
    [Trait("req", "M-205")]
    public void Unpacking_gives_back_what_was_packed() => Files.Sample(
        files =>
        {
            var package = PackageHarness.Pack(PackageHarness.Draft([.. files.Select(f => PackageHarness.File(f.Key, f.Value))]));
            var unpacked = PackageHarness.Unpack(package);
            return unpacked.Count == files.Count && files.All(f => unpacked[f.Key].AsSpan().SequenceEqual(f.Value));
        },
        iter: 100);

    [Fact]
    public void The_manifest_survives_packing()
    {
        var package = PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File("b.ndb", "bb"), PackageHarness.File("a.hdb", "a")));
        var manifest = PackageReader.ReadManifest(new MemoryStream(package));

        Assert.Equal(new PackageId("core", DefinitionsVersion.Parse("20261122.001")), manifest.Id);
        Assert.Equal(7, manifest.Sequence);
        Assert.Equal("signatures", manifest.Kind);
        Assert.Equal(new Version(1, 0, 0, 0), manifest.MinimumEngine);
        Assert.Equal(3, manifest.UnpackedBytes);
        Assert.Equal(
            [new ManifestFile("a.hdb", 1, Digest.Of("a"u8)), new ManifestFile("b.ndb", 2, Digest.Of("bb"u8))], manifest.Files);
        Assert.Equal(2, manifest.SignatureCounts["ndb"]);
        var probe = Assert.Single(manifest.Probes);
        Assert.Equal("some+bytes?"u8.ToArray(), probe.Content.ToArray());
        Assert.Equal("Demo.Program-1", probe.Signature);
    }

    [Fact]
    public void Equal_drafts_give_equal_bytes_in_any_order_of_files()
    {
        var a = PackageHarness.File("a.hdb", new string('a', 300_000));
        var b = PackageHarness.File("b.ndb", "bb");

        Assert.Equal(PackageHarness.Pack(PackageHarness.Draft(a, b)), PackageHarness.Pack(PackageHarness.Draft(b, a)));
    }

    [Fact]
    public void The_manifest_is_read_without_touching_the_payload()
    {
        var package = PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File("a.hdb", "a")));
        var stream = new MemoryStream(package);
        var manifest = PackageReader.ReadManifest(stream);

        Assert.Equal(package.Length - manifest.PackedBytes, stream.Position);
    }

    [Fact]
    public void Progress_ends_at_the_unpacked_size()
    {
        using var temp = new TempFolder();
        var package = PackageHarness.Pack(PackageHarness.Draft(
            PackageHarness.File("a.hdb", new byte[300_000]), PackageHarness.File("b.hdb", new byte[5])));
        var seen = new List<long>();
        PackageReader.Unpack(new MemoryStream(package), temp.Root, PackageLimits.Default, seen.Add, CancellationToken.None);

        Assert.Equal(300_005, seen[^1]);
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public void A_cancelled_unpacking_leaves_nothing_behind()
    {
        using var temp = new TempFolder();
        using var cancellation = new CancellationTokenSource();
        var package = PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File("a.hdb", new byte[900_000])));

        Assert.Throws<OperationCanceledException>(() => PackageReader.Unpack(
            new MemoryStream(package), temp.Root, PackageLimits.Default, _ => cancellation.Cancel(), cancellation.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temp.Root));
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_the_callers_mistake()
    {
        using var temp = new TempFolder();
        temp.Write("old.ndb", "x");
        var package = PackageHarness.Pack(PackageHarness.Draft(PackageHarness.File("a.hdb", "a")));

        Assert.Throws<ArgumentException>(() => PackageReader.Unpack(
            new MemoryStream(package), temp.Root, PackageLimits.Default, progress: null, CancellationToken.None));
        Assert.True(File.Exists(temp.Path("old.ndb")));
    }

    [Fact]
    public void Stock_tools_read_a_package_as_one_ordinary_archive()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zstd") && File.Exists("/bin/tar"), "zstd or tar is not installed");
        using var temp = new TempFolder();
        var package = PackageHarness.Pack(PackageHarness.Draft(
            PackageHarness.File("b.ndb", new string('b', 200_000)), PackageHarness.File("a.hdb", "a")));
        temp.Write("p.tar.zst", package);

        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = temp.Root,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("zstd -q -t p.tar.zst && zstd -q -dc p.tar.zst | tar tvf -");
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal("", errors);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("manifest.json a.hdb b.ndb", string.Join(' ', lines.Select(line => line.Split(' ')[^1])));
    }
}
