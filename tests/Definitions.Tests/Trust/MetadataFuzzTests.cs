using System.Text;
using CsCheck;
using Fuzz;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>Replays the fuzzer's entry point on damaged good files: only <see cref="RefusedException"/> may come of them.</summary>
[Trait("req", "M-328")]
public sealed class MetadataFuzzTests
{
    private static readonly byte[][] Seeds = MakeSeeds();

    /// <summary>Pieces that turn one kind of value into another.</summary>
    private static readonly string[] Tokens =
    [
        "null", "true", "[]", "{}", "-1", "0", "1e9", "1.5", "99999999999999999999", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[[[[",
        "}", "]", ",", ":", "\"", "\\", "\"_type\":\"root\",", "\"version\":1,", "\u00ff",
    ];

    [Fact]
    public void Good_files_are_read() => Assert.All(Seeds, seed => FuzzTargets.Metadata(seed));

    [Fact]
    public void Random_mutations_are_refused_or_read_but_never_crash() =>
        Gen.Select(Gen.Int[0, Seeds.Length - 1], Gen.Select(Gen.Int[0, 3], Gen.Double.Unit, Gen.Int[0, 255]).Array[1, 8])
            .Sample(
                (seed, edits) =>
                {
                    var bytes = Seeds[seed].ToList();
                    foreach (var (kind, where, value) in edits)
                    {
                        Mutate(bytes, kind, (int)(where * bytes.Count), value);
                    }

                    FuzzTargets.Metadata([.. bytes]);
                },
                iter: 4_000);

    [Fact]
    public void Random_bytes_are_refused() =>
        Gen.Byte.Array[0, 200].Sample(bytes => FuzzTargets.Metadata(bytes), iter: 4_000);

    private static void Mutate(List<byte> bytes, int kind, int at, int value)
    {
        switch (kind)
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)value;
                break;
            case 1:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[value % Tokens.Length]));
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(value, bytes.Count - at));
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(value, bytes.Count - at)));
                break;
        }
    }

    private static byte[][] MakeSeeds()
    {
        var repository = new TrustRepository(DateTimeOffset.UnixEpoch.AddYears(56)) { ListsHashes = true };
        repository.SetKeys("targets", 2, TestSigner.Ed25519(), TestSigner.RsaPss());
        TrustRepository.Bump(repository.Root);
        repository.PublishRoot();
        repository.AddPackage("base", "20261122.001", 1, [1, 2, 3]);
        repository.Publish();
        return [.. new[] { "root", "timestamp", "snapshot", "targets" }.Select(role => repository.File(role))];
    }
}
