using Definitions;
using Definitions.Packages;
using Updater.Gates;
using Updater.Status;
using Updater.Updates;

namespace Updater.Tests.Updates;

public sealed class UpdatePipelineTests
{
    [Fact]
    public async Task Takes_a_first_version_then_nothing_then_a_newer_one()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        Assert.Equal(DefinitionsState.NoDefinitions, harness.Status.State);

        var first = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Activated>(first.Outcome);
        Assert.True(first.DownloadedBytes > 0);
        Assert.Equal("Demo.One", harness.Scan("a demo-program-one b"));
        Assert.Equal(DefinitionsState.UpToDate, harness.Status.State);

        var second = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.AlreadyCurrent>(second.Outcome);
        Assert.Equal(0, second.DownloadedBytes);

        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
        Assert.Equal("20261122.002", harness.Status.Active?.Version.ToString());
        Assert.Empty(Directory.GetFileSystemEntries(harness.Folders.Staging));
        Assert.Empty(Directory.GetFileSystemEntries(harness.Folders.Incoming));
        Assert.Equal(3, harness.Service.Runs(10).Count);
        Assert.Equal(["already_current", "activated"], harness.Service.Runs(10).Skip(1).Select(run => run.Outcome), StringComparer.Ordinal);
    }

    [Fact]
    [Trait("req", "M-211")]
    public async Task Passes_the_real_throw_away_process_with_probes()
    {
        await using var harness = new UpdateHarness { Program = ProgramStart.Self() };
        harness.Publisher.Publish(
            "demo",
            "20261122.001",
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["demo.ndb"] = Line("Demo.One", "demo-program-one") },
            [new DetectionProbe("probe", "xx demo-program-one yy"u8.ToArray(), "Demo.One")]);
        await harness.StartAsync();
        var report = await harness.UpdateAsync();
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
    }

    [Theory]
    [InlineData("tamper", RefusalReason.PackageDigest)]
    [InlineData("truncate", RefusalReason.PackageTruncated)]
    [InlineData("lengthen", RefusalReason.PackageTooLong)]
    [InlineData("expire", RefusalReason.MetadataExpired)]
    [InlineData("wrong key", RefusalReason.SignatureThreshold)]
    [Trait("req", "M-313")]
    public async Task Keeps_the_old_generation_when_a_channel_lies(string damage, RefusalReason reason)
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        var next = harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        switch (damage)
        {
            case "tamper":
                harness.Publisher.TamperPackage(next);
                break;
            case "truncate":
                harness.Publisher.TruncatePackage(next);
                break;
            case "lengthen":
                harness.Publisher.LengthenPackage(next);
                break;
            case "expire":
                harness.Publisher.ExpireTimestamp();
                break;
            default:
                harness.Publisher.SignTimestampWithWrongKey();
                break;
        }

        var report = await harness.UpdateAsync();
        Assert.Equal(reason, Assert.IsType<UpdateOutcome.Refused>(report.Outcome).Reason);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.Equal(DefinitionsState.UpdateFailed, harness.Status.State);
        Assert.Equal(reason.ToWord(), harness.Status.LastFailureReason);
        Assert.Contains($"reason={reason.ToWord()}", harness.UpdateLogText(), StringComparison.Ordinal);
        Assert.Equal(1, harness.Service.Metrics.FailuresByReason[reason.ToWord()]);
        Assert.Equal(reason.ToWord(), harness.Service.Runs(1)[0].Reason);
        Assert.Contains(reason.ToWord(), harness.Status.Sources[0].LastFailure, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(harness.Folders.Staging));

        // The next run meets an honest channel again.
        harness.Publisher.Repair();
        harness.Publisher.Refresh();
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal(DefinitionsState.UpToDate, harness.Status.State);
        Assert.Null(harness.Status.Sources[0].LastFailure);
    }

    [Fact]
    [Trait("req", "M-312")]
    public async Task Refuses_a_set_that_misses_its_probe_and_does_not_fetch_it_again()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publisher.Publish(
            "demo",
            "20261122.002",
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["demo.ndb"] = Line("Demo.Two", "demo-program-two") },
            [new DetectionProbe("probe", "demo-program-one"u8.ToArray(), "Demo.One")]);

        var first = await harness.UpdateAsync();
        Assert.Equal(RefusalReason.ProbeMissed, Assert.IsType<UpdateOutcome.Refused>(first.Outcome).Reason);
        Assert.True(first.DownloadedBytes > 0);
        Assert.Contains("probe_missed", harness.Status.Sources[0].LastFailure, StringComparison.Ordinal);
        var entry = Assert.Single(harness.Service.Quarantined());
        Assert.Equal("probe_missed", entry.Reason);
        Assert.True(Directory.Exists(Path.Combine(entry.Folder, "package")));
        Assert.Empty(Directory.GetFileSystemEntries(harness.Folders.Incoming));

        var second = await harness.UpdateAsync();
        Assert.Equal(RefusalReason.ProbeMissed, Assert.IsType<UpdateOutcome.Refused>(second.Outcome).Reason);
        Assert.Equal(0, second.DownloadedBytes);
        Assert.True((await harness.UpdateAsync(force: true)).DownloadedBytes > 0);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Theory]
    [InlineData("exit 139")]
    [InlineData("exit 0")]
    [InlineData("echo no; exit 1")]
    [InlineData("exec tail -f /dev/null")]
    [Trait("req", "M-211")]
    public async Task Refuses_what_crashes_hangs_or_says_nothing_in_the_throw_away_process(string child)
    {
        await using var harness = new UpdateHarness { TrialTimeout = TimeSpan.FromSeconds(1), Program = UpdateHarness.Shell(child) };
        harness.Publish("20261122.001");
        await harness.StartAsync();
        var report = await harness.UpdateAsync();
        Assert.Equal(RefusalReason.TrialLoadFailed, Assert.IsType<UpdateOutcome.Refused>(report.Outcome).Reason);
        Assert.Null(harness.Active.Generation);
    }

    [Fact]
    [Trait("req", "M-227")]
    public async Task Refuses_a_version_from_the_future_and_takes_one_of_tomorrow()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261124.001");
        await harness.StartAsync();
        var tomorrow = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Activated>(tomorrow.Outcome);
        Assert.Contains(tomorrow.Steps, step => step.Message.Contains("clocks", StringComparison.Ordinal));
        harness.Publish("20261125.001");
        var report = await harness.UpdateAsync();
        Assert.Equal(RefusalReason.VersionFuture, Assert.IsType<UpdateOutcome.Refused>(report.Outcome).Reason);
    }

    [Fact]
    public async Task Refuses_a_package_for_a_newer_engine()
    {
        await using var harness = new UpdateHarness();
        harness.Publisher.Publish(
            "demo",
            "20261122.001",
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["demo.ndb"] = Line("Demo.One", "demo-program-one") },
            minimumEngine: new Version(99, 0, 0, 0));
        await harness.StartAsync();
        var report = await harness.UpdateAsync();
        Assert.Equal(RefusalReason.EngineTooOld, Assert.IsType<UpdateOutcome.Refused>(report.Outcome).Reason);
    }

    [Fact]
    public async Task Carries_unchanged_packages_over_and_leaves_out_withdrawn_sources()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        harness.Publisher.Publish("extra", "20261122.001", UpdateHarness.Ndb("extra.ndb", "Extra.One", "extra-program"));
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();
        Assert.Equal("Extra.One", harness.Scan("extra-program"));
        Assert.Equal(2, harness.Status.Active?.Packages.Count);
        Assert.Equal(3, Directory.GetDirectories(harness.Store.PackagesFolder).Length);
    }

    [Fact]
    public async Task Keeps_so_many_generations_and_nothing_else()
    {
        await using var harness = new UpdateHarness { Options = new() { MinFreeBytes = 0, KeepGenerations = 2, JitterPercent = 0 } };
        await harness.StartAsync();
        for (var revision = 1; revision <= 4; revision++)
        {
            harness.Publish($"20261122.00{revision}", $"Demo.N{revision}", $"demo-program-{revision}");
            Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        }

        Assert.Equal([4L, 3L], harness.Store.List().Select(record => record.Id.Number));
        Assert.Equal(2, Directory.GetDirectories(harness.Store.PackagesFolder).Length);
        Assert.Equal(2, Directory.GetFiles(harness.Store.ImagesFolder, "*.image").Length);
        Assert.Equal(2, harness.Status.KeptGenerations);
    }

    [Fact]
    [Trait("req", "M-189")]
    public async Task Joins_fifty_callers_to_one_run()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        using var entered = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        harness.OnStage = stage =>
        {
            if (stage == UpdateStage.Checking)
            {
                entered.Release();
                goOn.Wait(TestContext.Current.CancellationToken);
            }
        };
        var first = harness.Service.Coordinator.Request(new UpdateRequest(UpdateTrigger.Http));
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        var callers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() =>
            harness.Service.Coordinator.Request(new UpdateRequest(UpdateTrigger.Command, Force: true)))));
        Assert.All(callers, run => Assert.Same(first, run));
        goOn.Release();
        var reports = await Task.WhenAll(callers.Select(run => run.Completion));
        Assert.All(reports, report => Assert.Same(reports[0], report));
        Assert.Single(harness.Service.Runs(100));
        Assert.Same(first, harness.Service.Coordinator.Find(first.Id));
    }

    [Fact]
    public async Task Fails_a_run_for_a_source_that_is_not_configured()
    {
        await using var harness = new UpdateHarness();
        await harness.StartAsync();
        var run = harness.Service.Coordinator.Request(new UpdateRequest(UpdateTrigger.Command, Source: "nobody"));
        var failed = Assert.IsType<UpdateOutcome.Failed>((await run.Completion).Outcome);
        Assert.Equal(FailureReason.Configuration, failed.Reason);
    }

    private static byte[] Line(string name, string text) =>
        System.Text.Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", name, text).Content);
}
