using System.Text;
using Definitions.Formats.ClamAv.Containers;
using Testing;
using Testing.ClamAv;

namespace Definitions.Tests.Formats;

public sealed class DatabaseFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public DatabaseFolderTests()
    {
        using var container = new MemoryStream(ClamAvPublisher.Default.Cvd(PublisherFiles.Release("daily", 7, "some-text")));
        ContainerReader.Unpack(
            container, new ContainerSource(ContainerKind.Cvd), _folder.Root, ClamAvPublisher.Default.Trust(), ContainerLimits.Default, CancellationToken.None);
    }

    [Fact]
    public void An_unpacked_database_is_verified_from_its_index()
    {
        var database = Open();
        Assert.Equal(7, database.Header.Version);
        Assert.Equal("daily.ndb", Assert.Single(database.Members).Name);
        Assert.True(database.IsOfficial);
    }

    [Theory]
    [InlineData("changed", RefusalReason.FileDigest)]
    [InlineData("removed", RefusalReason.FileSet)]
    [InlineData("added", RefusalReason.FileSet)]
    [InlineData("no index", RefusalReason.DatabaseMalformed)]
    [InlineData("changed index", RefusalReason.DatabaseSignature)]
    public void What_was_changed_since_is_refused(string change, RefusalReason reason)
    {
        var (file, index) = (_folder.Path("daily.ndb"), _folder.Path("daily.info"));
        switch (change)
        {
            case "changed":
                File.AppendAllText(file, "x");
                break;
            case "removed":
                File.Delete(file);
                break;
            case "added":
                _folder.Write("daily.hdb", "x");
                break;
            case "no index":
                File.Delete(index);
                break;
            default:
                File.WriteAllText(index, File.ReadAllText(index, Encoding.Latin1).Replace(":7:", ":8:", StringComparison.Ordinal), Encoding.Latin1);
                break;
        }

        Assert.Equal(reason, Assert.Throws<RefusedException>(Open).Reason);
    }

    [Fact]
    public void Another_publishers_database_is_refused() => Assert.Equal(
        RefusalReason.DatabaseSignature,
        Assert.Throws<RefusedException>(() => DatabaseFolder.Open(
            _folder.Root, "daily", new ContainerTrust { Now = DateTimeOffset.UnixEpoch }, ContainerLimits.Default, CancellationToken.None)).Reason);

    public void Dispose() => _folder.Dispose();

    private UnpackedDatabase Open() => DatabaseFolder.Open(
        _folder.Root, "daily", ClamAvPublisher.Default.Trust(), ContainerLimits.Default, CancellationToken.None);
}
