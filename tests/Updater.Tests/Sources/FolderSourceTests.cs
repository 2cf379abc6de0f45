using System.Text;
using Testing;
using Updater.Sources;
using Updater.Updates;

namespace Updater.Tests.Sources;

public sealed class FolderSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FolderSource _source;

    public FolderSourceTests()
    {
        _folder.Write("channel/metadata/1.root.json", "root");
        _folder.Write("secret.txt", "secret");
        _source = new FolderSource(_folder.Path("channel"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reads_a_file_below_its_base() => Assert.Equal("root", await Read("metadata/1.root.json"));

    [Fact]
    public async Task Decodes_names_as_a_web_server_would()
    {
        _folder.Write("channel/targets/a b+.bin", "spaced");

        Assert.Equal("spaced", await Read("targets/a%20b%2B.bin"));
    }

    [Theory]
    [InlineData("metadata/2.root.json")]
    [InlineData("nowhere/x")]
    [InlineData("metadata")]
    public async Task A_file_that_does_not_exist_is_no_error(string path) => Assert.Null(await Read(path));

    [Theory]
    [InlineData("")]
    [InlineData("../secret.txt")]
    [InlineData("metadata/../../secret.txt")]
    [InlineData("..%2Fsecret.txt")]
    [InlineData("metadata/..%2f..%2Fsecret.txt")]
    [InlineData("/etc/hostname")]
    [InlineData("%2Fetc/hostname")]
    [InlineData("metadata//1.root.json")]
    [InlineData("./metadata/1.root.json")]
    [InlineData("..\\secret.txt")]
    [InlineData("metadata/a%00b")]
    [InlineData("C:/x")]
    public async Task Refuses_to_leave_its_base(string path) =>
        Assert.Equal(FailureReason.SourceAnswer, (await Assert.ThrowsAsync<SourceException>(() => Read(path))).Reason);

    [Fact]
    public async Task Follows_no_link_below_its_base()
    {
        File.CreateSymbolicLink(_folder.Path("channel", "file"), _folder.Path("secret.txt"));
        Directory.CreateSymbolicLink(_folder.Path("channel", "folder"), _folder.Root);
        File.CreateSymbolicLink(_folder.Path("channel", "dangling"), _folder.Path("nothing"));

        foreach (var path in new[] { "file", "folder/secret.txt", "dangling" })
        {
            Assert.Equal(
                FailureReason.SourceAnswer, (await Assert.ThrowsAsync<SourceException>(() => Read(path))).Reason);
        }
    }

    [Fact]
    public async Task Its_base_itself_may_be_a_link()
    {
        Directory.CreateSymbolicLink(_folder.Path("current"), _folder.Path("channel"));

        Assert.Equal("root", await Read(new FolderSource(_folder.Path("current")), "metadata/1.root.json"));
    }

    [Fact]
    public async Task Stops_at_the_limit_and_leaves_the_destination_as_it_was()
    {
        using var destination = new MemoryStream();

        Assert.True((await Assert.ThrowsAsync<SourceException>(
            () => _source.CopyAsync("metadata/1.root.json", destination, 3, Token))).IsTooLong);
        Assert.Equal(0, destination.Length);
        Assert.Equal(4, (await _source.CopyAsync("metadata/1.root.json", destination, 4, Token))!.Bytes);
    }

    [Fact]
    public async Task A_missing_base_is_an_unreachable_source()
    {
        var source = new FolderSource(_folder.Path("unplugged"));

        Assert.Equal(
            FailureReason.SourceUnreachable, (await Assert.ThrowsAsync<SourceException>(() => Read(source, "x"))).Reason);
        Assert.StartsWith("file:///", source.DisplayUrl, StringComparison.Ordinal);
        Assert.EndsWith("/unplugged/", source.DisplayUrl, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_an_empty_file()
    {
        Assert.SkipUnless(Directory.Exists("/dev"), "No device files here.");

        Assert.Equal("", await Read(new FolderSource("/dev"), "zero"));
    }

    private Task<string?> Read(string path) => Read(_source, path);

    private static async Task<string?> Read(FolderSource source, string path)
    {
        using var destination = new MemoryStream();
        return await source.CopyAsync(path, destination, 1000, Token) is null
            ? null
            : Encoding.ASCII.GetString(destination.ToArray());
    }
}
