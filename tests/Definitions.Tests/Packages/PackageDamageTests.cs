using Definitions.Packages;

namespace Definitions.Tests.Packages;

/// <summary>Damage on the way: what is not refused must still be exactly what was signed.</summary>
public sealed class PackageDamageTests
{
    private static readonly Dictionary<string, byte[]> Files = new(StringComparer.Ordinal)
    {
        ["a.hdb"] = "44d88612fea8a8f36de82e1278abb02f:68:Demo.A\n"u8.ToArray(),
        ["b.ndb"] = [.. Enumerable.Range(0, 700).Select(i => (byte)(i * 7))],
    };

    private static readonly byte[] Package =
        PackageHarness.Pack(PackageHarness.Draft([.. Files.Select(f => PackageHarness.File(f.Key, f.Value))]));

    [Fact]
    [Trait("req", "M-205")]
    public void Every_flipped_byte_is_refused_or_without_effect()
    {
        var refused = 0;
        for (var i = 0; i < Package.Length * 2; i++)
        {
            // Each byte twice: one bit, another one from byte to byte, and all eight.
            var damaged = Package.ToArray();
            damaged[i / 2] ^= (byte)(i % 2 == 0 ? 1 << (i / 2 % 8) : 0xFF);
            try
            {
                var unpacked = PackageHarness.Unpack(damaged);
                Assert.Equal(Files.Keys.Order(StringComparer.Ordinal), unpacked.Keys.Order(StringComparer.Ordinal));
                Assert.All(unpacked, file => Assert.Equal(Files[file.Key], file.Value));
            }
            catch (RefusedException)
            {
                refused++;
            }
        }

        // Ineffective are for example the four bytes of each frame's checksum, if the decoder does not look at them,
        // and a few manifest fields whose truth only the signed metadata tells.
        Assert.InRange(refused, Package.Length, Package.Length * 2);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < Package.Length; length++)
        {
            PackageHarness.Refusal(Package[..length]);
        }
    }

    [Fact]
    public void One_byte_behind_the_end_is_refused() =>
        Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal([.. Package, 0]));

    [Fact]
    public void Another_frame_behind_the_end_is_refused() =>
        Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal([.. Package, .. RawPackage.Frame(["x"u8.ToArray()])]));

    [Fact]
    public void Bytes_that_are_no_package_are_refused() =>
        Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal("PK\u0003\u0004 or anything else"u8.ToArray()));

    [Fact]
    public void A_skippable_frame_in_front_is_refused() => Assert.Equal(
        RefusalReason.PackageMalformed,
        PackageHarness.Refusal([0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 0, .. Package]));

    [Fact]
    public void A_window_above_the_limit_is_refused_before_memory_is_taken()
    {
        // Frame header: magic, no single segment, window descriptor with exponent 31 = 2 TiB; then one empty last block.
        byte[] frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x01, 0x00, 0x00];

        Assert.Equal(RefusalReason.PackageMalformed, PackageHarness.Refusal(frame));
    }

    [Fact]
    public void Our_own_disk_fault_is_no_refusal()
    {
        using var temp = new Testing.TempFolder();
        Assert.Throws<IOException>(() => PackageReader.Unpack(
            new FaultyStream(Package), temp.Root, PackageLimits.Default, progress: null, CancellationToken.None));
    }

    private sealed class FaultyStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) =>
            Position > 20 ? throw new IOException("read error") : base.Read(buffer[..1]);
    }
}
