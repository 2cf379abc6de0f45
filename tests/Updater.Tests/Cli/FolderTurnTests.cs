using Microsoft.Extensions.Time.Testing;
using Updater.Cli;
using Updater.Store;

namespace Updater.Tests.Cli;

public sealed class FolderTurnTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _notes = [];

    [Fact]
    public async Task Waits_until_the_folder_is_free_and_says_so_once()
    {
        var attempts = 0;
        var answer = await DriveAsync(() => ++attempts < 5 ? throw DataFolderException.Busy("/data") : Task.FromResult(7));

        Assert.Equal(7, await answer);
        Assert.Equal(5, attempts);
        Assert.Equal("Another updater uses the data folder /data. Waiting for it.", Assert.Single(_notes));
    }

    [Fact]
    public async Task Gives_up_after_its_patience()
    {
        var answer = await DriveAsync(() => throw DataFolderException.Busy("/data"));

        Assert.True((await Assert.ThrowsAsync<DataFolderException>(() => answer)).IsBusy);
        Assert.InRange(_time.GetUtcNow() - _time.Start, FolderTurn.Patience, FolderTurn.Patience + 2 * FolderTurn.Pause);
    }

    [Fact]
    public async Task A_folder_that_a_service_has_is_not_waited_for()
    {
        var answer = await DriveAsync(() => throw DataFolderException.Served("/data"));

        await Assert.ThrowsAsync<DataFolderException>(() => answer);
        Assert.Empty(_notes);
        Assert.Equal(_time.Start, _time.GetUtcNow());
    }

    /// <summary>Lets time pass until the turn is over, one way or the other.</summary>
    private async Task<Task<int>> DriveAsync(Func<Task<int>> attempt)
    {
        var turn = new FolderTurn(_notes.Add, _time).TakeAsync(attempt, FolderTurn.Patience, TestContext.Current.CancellationToken);
        while (!turn.IsCompleted)
        {
            _time.Advance(FolderTurn.Pause);
            await Task.Yield();
        }

        return turn;
    }
}
