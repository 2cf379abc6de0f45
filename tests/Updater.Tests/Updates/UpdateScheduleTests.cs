using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Updater.Configuration;
using Updater.Status;
using Updater.Updates;

namespace Updater.Tests.Updates;

public sealed class UpdateScheduleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    [Fact]
    [Trait("req", "M-032")]
    public async Task Fires_at_start_then_every_interval_and_survives_a_broken_run()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var runs = 0;
        var board = new StatusBoard();
        using var fired = new SemaphoreSlim(0);
        await using var coordinator = new UpdateCoordinator(
            (_, _) =>
            {
                runs++;
                fired.Release();
                throw new InvalidOperationException("a bug in a run");
            },
            time,
            NullLogger<UpdateCoordinator>.Instance);
        await using var schedule = new UpdateSchedule(
            coordinator, new UpdatesOptions { JitterPercent = 0 }, Interval, new StatusKeeper(board, time), time, new Random(1),
            NullLoggerFactory.Instance);
        await schedule.StartAsync(hasNoDefinitions: true, lastAttempt: null, TestContext.Current.CancellationToken);
        await WaitAsync(fired, time, TimeSpan.Zero);
        Assert.Equal(1, runs);
        for (var more = 2; more <= 4; more++)
        {
            await NextRunAsync(board, time);
            await WaitAsync(fired, time, TimeSpan.FromMinutes(10));
            Assert.Equal(more, runs);
        }
    }

    [Fact]
    [Trait("req", "M-032")]
    [Trait("req", "M-280")]
    public async Task A_machine_that_slept_through_ten_runs_makes_up_for_one()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var runs = 0;
        var board = new StatusBoard();
        using var fired = new SemaphoreSlim(0);
        await using var coordinator = new UpdateCoordinator(
            (_, _) =>
            {
                runs++;
                fired.Release();
                throw new InvalidOperationException("how the run ends does not matter here");
            },
            time,
            NullLogger<UpdateCoordinator>.Instance);
        await using var schedule = new UpdateSchedule(
            coordinator, new UpdatesOptions { JitterPercent = 0 }, Interval, new StatusKeeper(board, time), time, new Random(1),
            NullLoggerFactory.Instance);
        var started = time.GetUtcNow();
        await schedule.StartAsync(hasNoDefinitions: false, lastAttempt: started, TestContext.Current.CancellationToken);
        Assert.Equal(started + Interval, board.Current.NextRun);

        time.Advance(Interval * 10);
        await WaitAsync(fired, time, TimeSpan.Zero);
        await NextRunAsync(board, time);

        Assert.Equal(1, runs);
        Assert.True(board.Current.NextRun >= started + Interval * 11);
    }

    [Fact]
    [Trait("req", "M-032")]
    public async Task Never_fires_by_itself_with_interval_zero()
    {
        var time = new FakeTimeProvider();
        var board = new StatusBoard();
        await using var coordinator = new UpdateCoordinator(
            (_, _) => throw new InvalidOperationException(), time, NullLogger<UpdateCoordinator>.Instance);
        await using var schedule = new UpdateSchedule(
            coordinator, new UpdatesOptions(), TimeSpan.Zero, new StatusKeeper(board, time), time, new Random(1),
            NullLoggerFactory.Instance);
        await schedule.StartAsync(hasNoDefinitions: true, lastAttempt: null, TestContext.Current.CancellationToken);
        Assert.Null(board.Current.NextRun);
        Assert.Null(coordinator.Running);
    }

    [Fact]
    [Trait("req", "M-200")]
    public async Task Stays_within_the_jitter()
    {
        var time = new FakeTimeProvider();
        await using var coordinator = new UpdateCoordinator(
            (_, _) => throw new InvalidOperationException(), time, NullLogger<UpdateCoordinator>.Instance);
        await using var schedule = new UpdateSchedule(
            coordinator, new UpdatesOptions { JitterPercent = 10 }, Interval, new StatusKeeper(new StatusBoard(), time), time, new Random(1),
            NullLoggerFactory.Instance);
        var waits = Enumerable.Range(0, 1000).Select(_ => schedule.Jittered()).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, Interval * 0.9, Interval * 1.1));
        Assert.True(waits.Max() - waits.Min() > Interval * 0.15);
    }

    private static async Task NextRunAsync(StatusBoard board, FakeTimeProvider time)
    {
        while (board.Current.NextRun is not { } next || next <= time.GetUtcNow())
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The scheduler's own thread has to notice: the clock moves in steps until it did.</summary>
    private static async Task WaitAsync(SemaphoreSlim fired, FakeTimeProvider time, TimeSpan step)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (await fired.WaitAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken))
            {
                return;
            }

            time.Advance(step + TimeSpan.FromSeconds(1));
        }

        Assert.Fail("The schedule did not fire.");
    }
}
