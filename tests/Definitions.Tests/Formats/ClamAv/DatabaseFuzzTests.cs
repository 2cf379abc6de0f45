using CsCheck;
using Fuzz;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv;

/// <summary>Replays the fuzz entry points over seeds and their mutations.</summary>
public sealed class DatabaseFuzzTests
{
    private static readonly byte[][] Containers =
    [
        [],
        Publisher.Cvd(First),
        Publisher.Cld(First),
        ClamAvPublisher.Cud(First),
        [
            .. ClamAvPublisher.Header(First, "X", "X"),
            .. ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, ClamAvPublisher.UnsignedIndex(First))),
        ],
    ];

    private static readonly byte[] Script = Text(
        "#c\nOPEN a.ndb\nXCHG 2 th new text\nDEL 1 one\nADD last\nCLOSE\nMOVE a.ndb b.hdb 1 new 2 four\nOPEN c.ldb\nADD x\nCLOSE\nUNLINK b.hdb\n");

    [Fact]
    public void Mutated_containers_are_unpacked_or_refused() => Mutations(Containers)
        .Sample(bytes => DatabaseFuzz.RunContainer(bytes), iter: 600, print: Convert.ToHexString);

    [Fact]
    public void Mutated_indexes_are_read_or_refused() => Mutations(ClamAvPublisher.UnsignedIndex(First), Publisher.Index(First))
        .Sample(bytes => DatabaseFuzz.RunIndex(bytes), iter: 500, print: Convert.ToHexString);

    [Fact]
    public void Mutated_patches_are_applied_or_refused() => Mutations(Script, Script, Publisher.PackCdiff(6, "#\n"))
        .Sample(bytes => DatabaseFuzz.RunCdiff(bytes), iter: 600, print: Convert.ToHexString);

    [Fact]
    public void Mutated_signatures_are_read_or_refused() => Mutations(Publisher.SignFile([1]), Publisher.Certificates.Sign([1]))
        .Sample(bytes => DatabaseFuzz.RunSign(bytes), iter: 500, print: Convert.ToHexString);

    /// <summary>A few bytes changed, and perhaps the rest cut off or doubled.</summary>
    private static Gen<byte[]> Mutations(params byte[][] seeds) =>
        from seed in Gen.Int[0, seeds.Length - 1].Select(i => seeds[i])
        from changes in Gen.Select(Gen.Int[0, Math.Max(0, seed.Length - 1)], Gen.Byte).Array[0, 4]
        from cut in Gen.Int[0, 8]
        from at in Gen.Int[0, seed.Length]
        select Mutate(seed, changes, cut, at);

    private static byte[] Mutate(byte[] seed, (int At, byte Value)[] changes, int cut, int at)
    {
        var bytes = seed.ToArray();
        foreach (var (position, value) in changes.Where(_ => bytes.Length > 0))
        {
            bytes[position] = value;
        }

        return cut switch
        {
            0 => bytes[..at],
            1 => [.. bytes, .. bytes[..at]],
            _ => bytes,
        };
    }
}
