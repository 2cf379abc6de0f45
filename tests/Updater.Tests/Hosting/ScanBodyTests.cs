using Testing;
using Updater.Hosting;

namespace Updater.Tests.Hosting;

public sealed class ScanBodyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ScanBody.MemoryBytes)]
    [InlineData(ScanBody.MemoryBytes + 1)]
    [InlineData(3 * ScanBody.MemoryBytes)]
    public async Task Gives_back_what_it_got_and_leaves_nothing_behind(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        await using (var body = new ScanBody(_folder.Path("scratch"), length))
        {
            Assert.True(await body.TryAppendAsync(new MemoryStream(bytes), CancellationToken.None));
            Assert.False(await body.TryAppendAsync(new byte[1], CancellationToken.None));
            var content = await body.CompleteAsync(CancellationToken.None);

            Assert.Equal(length, content.Length);
            Assert.True(bytes.AsSpan().SequenceEqual(content.Window(0, length)));
            Assert.Equal(length > ScanBody.MemoryBytes, Directory.Exists(_folder.Path("scratch")));
        }

        Assert.True(!Directory.Exists(_folder.Path("scratch")) || !Directory.EnumerateFiles(_folder.Path("scratch")).Any());
    }

    [Fact]
    public void A_walk_is_ordered_and_does_not_follow_links()
    {
        _folder.Write("w/b.txt", "");
        _folder.Write("w/a/z.txt", "");
        _folder.Write("out/secret.txt", "");
        Directory.CreateSymbolicLink(_folder.Path("w", "link"), _folder.Path("out"));
        File.CreateSymbolicLink(_folder.Path("w", "a", "up"), _folder.Path("w"));

        var seen = FolderWalk.Walk(_folder.Path("w"), 15).Select(e => (Path.GetRelativePath(_folder.Root, e.Path), e.Kind));

        Assert.Equal(
            [("w", WalkKind.Folder), ("w/b.txt", WalkKind.File), ("w/link", WalkKind.Link), ("w/a", WalkKind.Folder), ("w/a/up", WalkKind.Link), ("w/a/z.txt", WalkKind.File)],
            seen);
    }

    [Fact]
    public void Tells_apart_why_a_path_cannot_be_scanned()
    {
        Assert.Null(FileScan.TryOpen(_folder.Path("none"), out var missing));
        Assert.Null(FileScan.TryOpen(_folder.Root, out var folder));
        Assert.Null(FileScan.TryOpen("/dev/null", out var device));

        Assert.Equal((FileFault.NotFound, FileFault.NotRegular, FileFault.NotRegular), (missing, folder, device));
    }

    public void Dispose() => _folder.Dispose();
}
