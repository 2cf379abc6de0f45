using Definitions.Formats.ClamAv.Containers;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>Good containers of each kind.</summary>
public sealed class ContainerReaderTests : IDisposable
{
    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_signed_container_is_unpacked()
    {
        var database = _harness.Unpack(Publisher.Cvd(First), databaseName: "tst");
        Assert.Equal(("tst", 5L, ContainerKind.Cvd, true), (database.Name, database.Header.Version, database.Kind, database.IsOfficial));
        Assert.Equal(First.Members.Select(member => member.Name), database.Members.Select(member => member.Name));
        AssertHolds(database, First);
        Assert.Equal(Digest.Of(Publisher.Cvd(First)), database.ContainerDigest);
    }

    [Fact]
    public void A_patched_container_is_unpacked() =>
        AssertHolds(_harness.Unpack(Publisher.Cld(First), ContainerKind.Cld), First);

    [Fact]
    public void An_unsigned_container_is_unpacked_and_not_official()
    {
        var database = _harness.Unpack(ClamAvPublisher.Cud(First), ContainerKind.Cud);
        Assert.False(database.IsOfficial);
        Assert.Equal(3, database.Members.Length);
    }

    [Fact]
    public void An_archive_of_another_tool_is_unpacked()
    {
        var archive = ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(First, Publisher.Index(First)));
        AssertHolds(_harness.Unpack(Publisher.SealCvd(First, [.. archive, .. new byte[10240]])), First);
    }

    [Fact]
    public void Any_order_of_members_is_unpacked()
    {
        var members = ClamAvPublisher.AllMembers(First, Publisher.Index(First)).Reverse();
        AssertHolds(_harness.Unpack(Publisher.SealCvd(First, ClamAvPublisher.Gzip(ClamAvPublisher.Archive(members)))), First);
    }

    [Fact]
    public void Unknown_members_and_a_second_index_are_left_out()
    {
        var members = ClamAvPublisher.AllMembers(First, Publisher.Index(First)).Concat([("README.txt", Text("hi")), ("zz.info", Text("hi"))]);
        AssertHolds(_harness.Unpack(Publisher.SealCvd(First, ClamAvPublisher.Archive(members))), First);
    }

    [Fact]
    public void A_listed_member_of_an_unknown_kind_is_kept()
    {
        var release = new ClamAvRelease("tst", 5, [.. First.Members, ("tst.xyz", Text("new kind"))]);
        AssertHolds(_harness.Unpack(Publisher.Cvd(release)), release);
    }

    [Fact]
    public void A_written_patched_container_is_the_publishers()
    {
        var database = _harness.Unpack(Publisher.Cvd(First));
        var written = new MemoryStream();
        ContainerWriter.WriteCld(database, written);
        Assert.Equal(Publisher.Cld(First), written.ToArray());
        AssertHolds(_harness.Unpack(written.ToArray(), ContainerKind.Cld), First);
    }

    private static void AssertHolds(UnpackedDatabase database, ClamAvRelease release)
    {
        var expected = ClamAvPublisher.AllMembers(release, Publisher.Index(release))
            .ToDictionary(member => member.Name, member => System.Text.Encoding.Latin1.GetString(member.Content));
        Assert.Equal(expected, Content(database.Folder));
    }
}
