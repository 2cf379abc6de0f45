using Testing;
using Updater.Store;

namespace Updater.Tests.Store;

[Trait("req", "M-213")]
public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Creates_and_replaces_a_file()
    {
        var path = _folder.Path("a.json");

        await AtomicFile.WriteAsync(path, new byte[] { 1, 2, 3 }, Token);
        await AtomicFile.WriteAsync(path, new byte[] { 4 }, Token);

        Assert.Equal([4], await File.ReadAllBytesAsync(path, Token));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public async Task A_write_that_fails_half_way_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.Write("a.json", "old");

        await Assert.ThrowsAsync<IOException>(() => AtomicFile.WriteAsync(
            path,
            async (stream, token) =>
            {
                await stream.WriteAsync(new byte[100_000], token);
                throw new IOException("No space left on device");
            },
            Token));

        Assert.Equal("old", await File.ReadAllTextAsync(path, Token));
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public async Task While_it_writes_nobody_sees_a_half_file_and_the_temporary_one_is_no_metadata()
    {
        var path = _folder.Path("a.json");

        await AtomicFile.WriteAsync(
            path,
            (_, _) =>
            {
                Assert.EndsWith(AtomicFile.TemporarySuffix, Assert.Single(Directory.GetFiles(_folder.Root)), StringComparison.Ordinal);
                Assert.Empty(Directory.GetFiles(_folder.Root, "*.json"));
                return Task.CompletedTask;
            },
            Token);

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_rename_that_fails_removes_the_temporary_file()
    {
        Directory.CreateDirectory(_folder.Path("taken"));

        await Assert.ThrowsAnyAsync<Exception>(() => AtomicFile.WriteAsync(_folder.Path("taken"), new byte[1], Token));

        Assert.Empty(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void A_folder_is_renamed_only_to_a_free_name()
    {
        _folder.Write("one/x", "1");
        _folder.Write("two/x", "2");

        AtomicFile.RenameFolder(_folder.Path("one"), _folder.Path("three"));

        Assert.True(File.Exists(_folder.Path("three", "x")));
        Assert.Throws<IOException>(() => AtomicFile.RenameFolder(_folder.Path("three"), _folder.Path("two")));
    }

    [Fact]
    public void Flushing_a_folder_that_is_not_there_is_told()
    {
        AtomicFile.FlushFolder(_folder.Root);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Folders are not flushed there.");
        Assert.Throws<IOException>(() => AtomicFile.FlushFolder(_folder.Path("nothing")));
    }
}
