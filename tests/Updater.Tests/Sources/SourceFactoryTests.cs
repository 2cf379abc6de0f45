using Microsoft.Extensions.Time.Testing;
using Testing;
using Updater.Configuration;
using Updater.Sources;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Sources;

public sealed class SourceFactoryTests : IDisposable
{
    private readonly SourceFactory _factory = new(new UpdatesOptions(), TimeProvider.System);

    public void Dispose() => _factory.Dispose();

    [Theory]
    [InlineData("https://definitions.example/channel", "https://definitions.example/channel/")]
    [InlineData("http://definitions.example/channel/", "http://definitions.example/channel/")]
    [InlineData("file:///srv/a%20b", "file:///srv/a%20b/")]
    [InlineData("/srv/a b/", "file:///srv/a%20b/")]
    public void The_url_decides_the_kind_of_source(string url, string shown) =>
        Assert.Equal(shown, _factory.CreateSource(new SourceOptions { Name = "x", Url = url }).DisplayUrl);

    [Theory]
    [InlineData("")]
    [InlineData("ftp://host/x")]
    [InlineData("http://")]
    [InlineData("file://server/share")]
    public void Another_url_is_a_mistake_in_the_configuration(string url) =>
        Assert.Equal(
            FailureReason.Configuration,
            Assert.Throws<SourceException>(
                () => _factory.CreateSource(new SourceOptions { Name = "x", Url = url })).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("A")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void A_source_name_never_chooses_a_folder(string name) =>
        Assert.Equal(
            FailureReason.Configuration,
            Assert.Throws<SourceException>(() => _factory.CreateChannel(
                new SourceOptions { Name = name, Url = "/srv" }, new DataFolders("data"))).Reason);

    [Fact]
    public async Task A_configured_channel_keeps_its_trust_in_a_folder_of_its_name()
    {
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        using var folder = new TempFolder();
        var repository = new TrustRepository(now);
        foreach (var (path, bytes) in repository.Files)
        {
            folder.Write("channel/" + path, bytes);
        }

        using var factory = new SourceFactory(new UpdatesOptions(), new FakeTimeProvider(now));
        var channel = factory.CreateChannel(
            new SourceOptions
            {
                Name = "certified",
                Url = folder.Path("channel"),
                Root = folder.Path("channel", "metadata", "1.root.json"),
            },
            new DataFolders(folder.Path("data")));

        await channel.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.True(File.Exists(folder.Path("data", "trust", "certified", "timestamp.json")));
    }
}
