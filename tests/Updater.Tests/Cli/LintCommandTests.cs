using Testing;
using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class LintCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Good:0:*:414243\n", 0)]
    [InlineData("Good:0:*:414243\nOther:0:*:414243:300\n", 0)]
    [InlineData("Good:0:*:414243\nBad:0:*:41zz\n", 1)]
    public async Task The_status_tells_whether_a_line_is_malformed(string content, int status)
    {
        var file = _folder.Write("own.ndb", content);
        Assert.Equal(status, await RunAsync(file));
        Assert.Equal(status, await RunAsync("--strict", file));
        Assert.Equal(status, await RunAsync("--json", "--verbose", _folder.Root));
    }

    [Fact]
    public async Task What_cannot_be_read_and_nothing_at_all_are_usage_errors()
    {
        Assert.Equal(2, await RunAsync(_folder.Path("none.ndb")));
        Assert.Equal(2, await RunAsync());
    }

    [Fact]
    public async Task Nothing_to_look_at_is_no_success()
    {
        Assert.Equal(1, await RunAsync(_folder.Root));
        Assert.Equal(1, await RunAsync(_folder.Write("own.ndb.gz", "x")));
        File.CreateSymbolicLink(_folder.Path("a.ndb"), _folder.Path("nowhere"));
        File.CreateSymbolicLink(_folder.Path("b.ndb"), _folder.Path("b.ndb"));
        Assert.Equal(2, await RunAsync(_folder.Path("a.ndb")));
        Assert.Equal(2, await RunAsync(_folder.Path("b.ndb")));
        Assert.Equal(2, await RunAsync(""));
    }

    private static Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(["signatures", "lint", .. arguments], TestContext.Current.CancellationToken);
}
