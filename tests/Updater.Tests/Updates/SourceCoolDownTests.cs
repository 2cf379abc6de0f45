using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Updater.Status;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Updates;

public sealed class SourceCoolDownTests
{
    [Fact]
    [Trait("req", "M-316")]
    public async Task Leaves_a_source_alone_for_as_long_as_it_asked_also_after_a_restart()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await using var server = await ChannelServer.StartAsync(harness.Publisher.ChannelFolder);
        harness.Url = server.Url;
        await harness.StartAsync();
        server.Fail("timestamp.json", new ServerFault { Status = 429, RetryAfter = "600" });
        Assert.Equal(FailureReason.RateLimited, Reason(await harness.UpdateAsync()));
        Assert.Equal(harness.Time.GetUtcNow().AddSeconds(600), harness.Status.Sources[0].CoolDownUntil);

        server.Heal();
        server.ClearRequests();
        await harness.RestartAsync();
        harness.Time.Advance(TimeSpan.FromSeconds(599));
        Assert.Equal(FailureReason.RateLimited, Reason(await harness.UpdateAsync()));
        Assert.Empty(server.Requests);

        harness.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Status.Sources[0].CoolDownUntil);
    }

    [Fact]
    [Trait("req", "M-204")]
    public async Task Asks_during_the_cool_down_only_when_forced_and_says_so()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await using var server = await ChannelServer.StartAsync(harness.Publisher.ChannelFolder);
        harness.Url = server.Url;
        await harness.StartAsync();
        server.Fail("timestamp.json", new ServerFault { Status = 429, RetryAfter = "600" });
        await harness.UpdateAsync();
        server.Heal();
        var forced = await harness.UpdateAsync(force: true);
        Assert.IsType<UpdateOutcome.Activated>(forced.Outcome);
        Assert.Contains(forced.Steps, step => step.Message.Contains("forced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asks_a_source_by_itself_only_when_its_interval_has_passed()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync(trigger: UpdateTrigger.Schedule)).Outcome);
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        harness.Time.Advance(TimeSpan.FromHours(23));
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync(trigger: UpdateTrigger.Local)).Outcome);
        harness.Time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync(trigger: UpdateTrigger.Schedule)).Outcome);
    }

    [Fact]
    [Trait("req", "M-210")]
    public async Task Requests_a_run_when_a_change_in_local_was_seen_twice()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        using var generations = new GenerationSwitch(
            harness.Folders, harness.Store, new ActivePointer(harness.Folders), harness.Active, NullLogger<GenerationSwitch>.Instance);
        await using var watch = new FolderWatch(
            harness.Folders, harness.Service.Coordinator, new DropFolder(harness.Folders, harness.Time), generations,
            new StatusKeeper(harness.Board, harness.Time), harness.Time, NullLogger<FolderWatch>.Instance);
        await watch.BeginAsync(TestContext.Current.CancellationToken);
        Assert.Null(watch.Look());
        Assert.Null(watch.Look());
        await File.WriteAllTextAsync(
            Path.Combine(harness.Folders.Local, "own.ndb"),
            UpdateHarness.Ndb("x", "Own.One", "own-program").Content,
            TestContext.Current.CancellationToken);
        Assert.Null(watch.Look());
        var run = Assert.IsType<UpdateRun>(watch.Look());
        Assert.Equal(UpdateTrigger.Local, run.Request.Trigger);
        Assert.IsType<UpdateOutcome.Activated>((await run.Completion).Outcome);
        Assert.Null(watch.Look());
    }

    private static FailureReason Reason(UpdateReport report) => Assert.IsType<UpdateOutcome.Failed>(report.Outcome).Reason;
}
