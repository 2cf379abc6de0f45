using System.Text;
using CsCheck;
using Definitions.Packages;
using Fuzz;

namespace Definitions.Tests.Packages;

/// <summary>Replays the fuzz entry points over seeds and their mutations.</summary>
public sealed class PackageFuzzTests
{
    private static readonly byte[] Good = PackageHarness.Pack(PackageHarness.Draft(
        PackageHarness.File("a.ndb", "Demo.A:0:*:4142434445\n"), PackageHarness.File("b.hdb", new byte[2000])));

    private static readonly byte[][] Seeds =
    [
        [],
        Good,
        new RawPackage().File("a.hdb", [1, 2, 3]).Build(),
        new RawPackage().List("a.hdb", [1]).Entry("a.hdb", [], '2', "/etc/passwd").Build(),
        new RawPackage { EndBlocks = 5000 }.File("a.hdb", [1, 2, 3]).Build(),
    ];

    private static readonly byte[] Manifest = Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(ManifestJson.Write(PackageReader.ReadManifest(new MemoryStream(Good)))));

    [Fact]
    public void Seeds_are_unpacked_or_refused()
    {
        foreach (var seed in Seeds)
        {
            PackageFuzz.Run(seed);
        }
    }

    [Fact]
    public void Mutated_packages_are_unpacked_or_refused() => Mutations(Gen.Int[0, Seeds.Length - 1].Select(i => Seeds[i]))
        .Sample(package => PackageFuzz.Run(package), iter: 1000, print: Convert.ToHexString);

    [Fact]
    public void Mutated_manifests_are_read_or_refused() => Mutations(Gen.Const(Manifest))
        .Sample(json => PackageFuzz.RunManifest(json), iter: 20_000, print: Convert.ToHexString);

    /// <summary>A few bytes changed, and perhaps the rest cut off or doubled.</summary>
    private static Gen<byte[]> Mutations(Gen<byte[]> seeds) =>
        from seed in seeds
        from changes in Gen.Select(Gen.Int[0, Math.Max(0, seed.Length - 1)], Gen.Byte).Array[0, 6]
        from cut in Gen.Int[0, 8]
        from at in Gen.Int[0, seed.Length]
        select Mutate(seed, changes, cut, at);

    private static byte[] Mutate(byte[] seed, (int At, byte Value)[] changes, int cut, int at)
    {
        var bytes = seed.ToArray();
        foreach (var (position, value) in changes)
        {
            if (position < bytes.Length)
            {
                bytes[position] = value;
            }
        }

        return cut switch
        {
            0 => bytes[..at],
            1 => [.. bytes, .. bytes[..at]],
            _ => bytes,
        };
    }
}
