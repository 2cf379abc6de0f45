using System.Text;
using Definitions.Formats.ClamAv.Containers;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>Each fault of the loader procedure (clamav-formats.md §1.5): refused with its reason, and nothing is left behind.</summary>
public sealed class ContainerFaultTests : IDisposable
{
    private static readonly byte[] Index = Publisher.Index(First);
    private static readonly string IndexText = Encoding.ASCII.GetString(Index);
    private static readonly byte[] Signed = Publisher.Cvd(First);

    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    public static TheoryData<string, RefusalReason> Faults => new()
    {
        { "empty file", RefusalReason.DatabaseMalformed },
        { "header only", RefusalReason.DatabaseMalformed },
        { "other magic", RefusalReason.DatabaseMalformed },
        { "header with too few fields", RefusalReason.DatabaseMalformed },
        { "header with too many fields", RefusalReason.DatabaseMalformed },
        { "header with a version that is no number", RefusalReason.DatabaseMalformed },
        { "header with a NUL", RefusalReason.DatabaseMalformed },
        { "header without signature", RefusalReason.DatabaseSignature },
        { "header without MD5", RefusalReason.DatabaseSignature },
        { "header signed by another", RefusalReason.DatabaseSignature },
        { "body changed", RefusalReason.PackageDigest },
        { "body cut", RefusalReason.PackageDigest },
        { "body grown", RefusalReason.PackageDigest },
        { "body no archive", RefusalReason.DatabaseMalformed },
        { "gzip damaged", RefusalReason.DatabaseMalformed },
        { "header of another release", RefusalReason.DatabaseMalformed },
        { "header with another count", RefusalReason.DatabaseMalformed },
        { "header with another level", RefusalReason.DatabaseMalformed },
        { "header with another time", RefusalReason.DatabaseMalformed },
        { "no index", RefusalReason.DatabaseMalformed },
        { "index without signature", RefusalReason.DatabaseSignature },
        { "index signed by another", RefusalReason.DatabaseSignature },
        { "index without members", RefusalReason.DatabaseMalformed },
        { "index without a line end", RefusalReason.DatabaseMalformed },
        { "index with a blank line", RefusalReason.DatabaseMalformed },
        { "index with a fourth field", RefusalReason.DatabaseMalformed },
        { "index with a name twice", RefusalReason.DatabaseMalformed },
        { "index with text behind its signature", RefusalReason.DatabaseMalformed },
        { "index with an unsafe name", RefusalReason.PathUnsafe },
        { "member not listed", RefusalReason.FileSet },
        { "member missing", RefusalReason.FileSet },
        { "member twice", RefusalReason.FileSet },
        { "member twice in another case", RefusalReason.FileSet },
        { "licence twice", RefusalReason.FileSet },
        { "member changed", RefusalReason.FileDigest },
        { "member longer", RefusalReason.FileDigest },
        { "member cut by the end", RefusalReason.DatabaseMalformed },
        { "member header cut by the end", RefusalReason.DatabaseMalformed },
        { "member with a slash", RefusalReason.DatabaseMalformed },
        { "member without a name", RefusalReason.DatabaseMalformed },
        { "member with an unsafe name", RefusalReason.PathUnsafe },
        { "member that is a folder", RefusalReason.EntryKind },
        { "member that is a link", RefusalReason.EntryKind },
        { "member of absurd size", RefusalReason.DatabaseMalformed },
        { "member without a size", RefusalReason.DatabaseMalformed },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_is_refused(string fault, RefusalReason reason) => Assert.Equal(reason, _harness.Refusal(Build(fault)).Reason);

    [Fact]
    public void A_fault_of_a_patched_container_is_refused()
    {
        Assert.Equal(RefusalReason.DatabaseSignature, Cld(ClamAvPublisher.UnsignedIndex(First)));
        Assert.Equal(RefusalReason.DatabaseSignature, Cld(Stranger.Index(First)));
        Assert.Equal(RefusalReason.FileSet, Cld(Index, ("tst.ldb", [])));

        RefusalReason Cld(byte[] index, params (string, byte[])[] more) => _harness.Refusal(
            [.. ClamAvPublisher.Header(First, "X", "X"), .. ClamAvPublisher.Archive([.. ClamAvPublisher.AllMembers(First, index), .. more])],
            ContainerKind.Cld).Reason;
    }

    [Fact]
    public void A_signed_container_in_another_ones_place_is_refused()
    {
        var (reason, message) = _harness.Refusal(Signed, databaseName: "daily");
        Assert.Equal(RefusalReason.DatabaseMalformed, reason);
        Assert.Contains("tst, not daily", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patched_container_renamed_to_a_signed_one_is_refused() =>
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(Publisher.Cld(First)).Reason);

    [Fact]
    public void An_unsigned_container_renamed_to_a_patched_one_is_refused() =>
        Assert.Equal(RefusalReason.DatabaseSignature, _harness.Refusal(ClamAvPublisher.Cud(First), ContainerKind.Cld).Reason);

    [Fact]
    public void An_unsigned_container_with_a_wrong_signature_is_refused() => Assert.Equal(
        RefusalReason.DatabaseSignature,
        _harness.Refusal(Seal(Stranger.Index(First)), ContainerKind.Cud).Reason);

    [Fact]
    public void Nothing_but_an_md5_is_refused_where_md5_is_not_allowed() => Assert.Equal(
        RefusalReason.DatabaseSignature, _harness.Refusal(Signed, trust: Publisher.Trust() with { AllowsMd5 = false }).Reason);

    [Fact]
    public void Limits_refuse()
    {
        var limits = ContainerLimits.Default;
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxPackedBytes = Signed.Length - 1 }));
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxUnpackedBytes = 4000 }));
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxMembers = 4 }));
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxMembers = 2 }));
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxIndexBytes = Index.Length - 1 }));
        Assert.Equal(RefusalReason.PackageLimit, Of(limits with { MaxLicenceBytes = 8 }));

        RefusalReason Of(ContainerLimits limit) => _harness.Refusal(Signed, limits: limit).Reason;
    }

    [Fact]
    public void A_bomb_is_refused_before_its_end_is_reached()
    {
        var bomb = ClamAvPublisher.Gzip([.. ClamAvPublisher.MemberHeader("x.txt", 300_000_000), .. new byte[300_000_000]]);
        Assert.Equal(
            RefusalReason.PackageLimit,
            _harness.Refusal(Publisher.SealCvd(First, bomb), limits: ContainerLimits.Default with { MaxUnpackedBytes = 1_000_000 }).Reason);
    }

    [Fact]
    public void No_bit_of_the_signed_parts_may_change()
    {
        var plain = Publisher.SealCvd(First, ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, Index)));
        var random = new Random(20261122);
        for (var i = 0; i < 300; i++)
        {
            var changed = plain.ToArray();
            changed[random.Next(ContainerHeader.Size, plain.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Equal(RefusalReason.PackageDigest, _harness.Refusal(changed).Reason);
        }
    }

    private static byte[] Build(string fault) => fault switch
    {
        "empty file" => [],
        "header only" => Signed[..512],
        "other magic" => [(byte)'c', .. Signed[1..]],
        "header with too few fields" => WithHeader("ClamAV-VDB:22 Jun 2021 14-58 -0400:5:5:90:X:X"),
        "header with too many fields" => WithHeader(HeaderText() + ":x"),
        "header with a version that is no number" => WithHeader(HeaderText().Replace(":5:", ":five:", StringComparison.Ordinal)),
        "header with a NUL" => WithHeader(HeaderText().Replace("tester", "tes\0er", StringComparison.Ordinal)),
        "header without signature" => [.. ClamAvPublisher.Header(First, new string('0', 32), "X"), .. Signed[512..]],
        "header without MD5" => [.. ClamAvPublisher.Header(First, "X", new string('b', 171)), .. Signed[512..]],
        "header signed by another" => Stranger.Cvd(First),
        "body changed" => [.. Signed[..^1], (byte)(Signed[^1] ^ 1)],
        "body cut" => Signed[..^1],
        "body grown" => [.. Signed, 0],
        "body no archive" => Seal(Encoding.ASCII.GetBytes("COPYING"), isBody: true),
        "gzip damaged" => Seal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF], isBody: true),
        "header of another release" => OtherHeader(new ClamAvRelease("tst", 6, [.. First.Members]) { Created = First.Created }),
        "header with another count" => OtherHeader(new ClamAvRelease("tst", 5, [.. First.Members.Take(2)])),
        "header with another level" => OtherHeader(new ClamAvRelease("tst", 5, [.. First.Members]) { FunctionalityLevel = 91 }),
        "header with another time" => OtherHeader(new ClamAvRelease("tst", 5, [.. First.Members]) { Created = First.Created.AddSeconds(1) }),
        _ when fault.StartsWith("member", StringComparison.Ordinal) => SealArchive(BuildMember(fault)),
        _ => BuildIndex(fault),
    };

    private static byte[] BuildIndex(string fault)
    {
        var line = $"tst.ndb:{First.Members[2].Content.Length}:{Digest.Of(First.Members[2].Content)}";
        var head = ClamAvPublisher.HeaderLine(First, "X", "X") + "\n";
        return fault switch
        {
            "no index" => SealArchive(ClamAvPublisher.Archive(First.Members)),
            "licence twice" => SealArchive([.. ClamAvPublisher.Archive([("COPYING", [1])]), .. ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, Index))]),
            "index without signature" => Seal(ClamAvPublisher.UnsignedIndex(First)),
            "index signed by another" => Seal(Stranger.Index(First)),
            "index without members" => Seal(Publisher.SignIndex(Text(head))),
            "index without a line end" => Seal(Index[..^1]),
            "index with a blank line" => Seal(Publisher.SignIndex(Text(head + line + "\n\n"))),
            "index with a fourth field" => Seal(Publisher.SignIndex(Text(head + line + ":x\n"))),
            "index with a name twice" => Seal(Publisher.SignIndex(Text(head + line + "\n" + line + "\n"))),
            "index with text behind its signature" => Seal(Text(IndexText + line + "\n")),
            "index with an unsafe name" => SealArchive(ClamAvPublisher.Archive([("..\\x.info", Index), .. First.Members])),
            _ => throw new ArgumentException(fault, nameof(fault)),
        };
    }

    private static byte[] BuildMember(string fault)
    {
        var good = ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, Index));
        var (name, content) = First.Members[2];
        (string, byte[])[] others = [(First.Name + ".info", Index), .. First.Members.Take(2)];
        return fault switch
        {
            "member not listed" => [.. good, .. ClamAvPublisher.Archive([("tst.ldb", Text("x"))])],
            "member missing" => ClamAvPublisher.Archive(others),
            "member twice" => [.. good, .. ClamAvPublisher.Archive([(name, content)])],
            "member twice in another case" => BuildCase(),
            "member changed" => ClamAvPublisher.Archive([.. others, (name, [(byte)'B', .. content[1..]])]),
            "member longer" => ClamAvPublisher.Archive([.. others, (name, [.. content, 10])]),
            "member cut by the end" => [.. ClamAvPublisher.Archive(others), .. ClamAvPublisher.MemberHeader(name, content.Length), .. content[..^1]],
            "member header cut by the end" => [.. good, .. ClamAvPublisher.MemberHeader("x", 0)[..511]],
            "member with a slash" => [.. good, .. ClamAvPublisher.Archive([("a/x.txt", [1])])],
            "member without a name" => [.. good, .. ClamAvPublisher.MemberHeader("", 1), .. new byte[512]],
            "member with an unsafe name" => [.. good, .. ClamAvPublisher.Archive([("-rf .ndb", [1])])],
            "member that is a folder" => [.. good, .. ClamAvPublisher.MemberHeader("x", 0, (byte)'5')],
            "member that is a link" => [.. good, .. ClamAvPublisher.MemberHeader("x.ndb", 0, (byte)'2')],
            "member of absurd size" => [.. good, .. ClamAvPublisher.MemberHeader("x.txt", (1L << 36) - 1), .. new byte[512]],
            "member without a size" => [.. good, .. NoSize()],
            _ => throw new ArgumentException(fault, nameof(fault)),
        };

        static byte[] NoSize()
        {
            var header = ClamAvPublisher.MemberHeader("x.txt", 0);
            header[124] = (byte)'9';
            return header;
        }
    }

    private static byte[] BuildCase()
    {
        var release = new ClamAvRelease("tst", 5, ("tst.hdb", [.. First.Members[1].Content]), ("tst.HDB", [.. First.Members[1].Content]), First.Members[2]);
        var index = Encoding.ASCII.GetString(ClamAvPublisher.UnsignedIndex(release));
        index = index.Replace(ClamAvPublisher.HeaderLine(release, "X", "X"), ClamAvPublisher.HeaderLine(First, "X", "X"), StringComparison.Ordinal);
        return ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(release, Publisher.SignIndex(Text(index))));
    }

    private static string HeaderText() => ClamAvPublisher.HeaderLine(First, new string('0', 32), new string('b', 171));

    private static byte[] WithHeader(string line) => [.. Text(line.PadRight(512)), .. Signed[512..]];

    private static byte[] OtherHeader(ClamAvRelease header) =>
        Publisher.SealCvd(header, ClamAvPublisher.Gzip(ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, Index))));

    private static byte[] SealArchive(byte[] archive) => Publisher.SealCvd(First, archive);

    private static byte[] Seal(byte[] index, bool isBody = false) => Publisher.SealCvd(
        First, isBody ? index : ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, index)));
}
