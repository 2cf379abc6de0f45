using Updater.Configuration;
using Updater.Hosting;
using Updater.Status;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>Rollback, hold, pin; the operator's own files; packages dropped by hand; the catalog as mere history.</summary>
public sealed class OperatorTests
{
    [Fact]
    [Trait("req", "M-216")]
    public async Task Rolls_back_holds_over_a_restart_and_resumes_when_the_hold_ends()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var outcome = await harness.Service.Selection.RollbackAsync(
            null, GenerationSelection.DefaultHold, TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.IsType<SelectionOutcome.Selected>(outcome).Generation.Id.Number);
        Assert.Equal(DefinitionsState.RolledBack, harness.Status.State);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));

        await harness.RestartAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.Equal(DefinitionsState.RolledBack, harness.Status.State);
        Assert.IsType<UpdateOutcome.Held>((await harness.UpdateAsync(force: true)).Outcome);

        harness.Time.Advance(GenerationSelection.DefaultHold + TimeSpan.FromSeconds(1));
        var resumed = await harness.UpdateAsync();
        Assert.True(resumed.Outcome is UpdateOutcome.Activated, resumed.Outcome.Describe());
        Assert.Equal(0, resumed.DownloadedBytes);
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
        Assert.Equal(DefinitionsState.UpToDate, harness.Status.State);
    }

    [Fact]
    [Trait("req", "M-216")]
    public async Task Takes_a_higher_release_while_the_hold_lasts()
    {
        await using var harness = await WithTwoGenerationsAsync();
        await harness.Service.Selection.RollbackAsync(null, GenerationSelection.DefaultHold, TestContext.Current.CancellationToken);
        harness.Publish("20261122.003", "Demo.Three", "demo-program-three");
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Demo.Three", harness.Scan("demo-program-three"));
    }

    [Fact]
    public async Task Knows_no_generation_before_the_first_and_none_of_another_name()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var selection = harness.Service.Selection;
        Assert.IsType<SelectionOutcome.NotFound>(await selection.RollbackAsync("77", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.Refused>(await selection.RollbackAsync("20261122.002", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.Selected>(await selection.RollbackAsync("20261122.001", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.NotFound>(await selection.RollbackAsync(null, TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("req", "M-216")]
    public async Task Refuses_a_version_that_several_generations_carry_and_lists_them()
    {
        await using var harness = await WithTwoGenerationsAsync();
        await File.WriteAllTextAsync(
            Path.Combine(harness.Folders.Local, "own.ndb"), UpdateHarness.Ndb("x", "Own.One", "own-program").Content, TestContext.Current.CancellationToken);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        var names = harness.Store.List().Select(record => record.Id.ToString()).ToList();
        var selection = harness.Service.Selection;

        var refused = Assert.IsType<SelectionOutcome.Refused>(
            await selection.RollbackAsync("20261122.002", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.Contains($"{names[0]} (active), {names[1]}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(refused, await selection.PinAsync("20261122.002", TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.Selected>(await selection.RollbackAsync("1", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.Selected>(await selection.RollbackAsync(names[1], TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("req", "M-216")]
    public async Task Takes_the_newest_of_several_generations_with_the_same_content()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        var own = Path.Combine(harness.Folders.Local, "own.ndb");
        await File.WriteAllTextAsync(own, UpdateHarness.Ndb("x", "Own.One", "own-program").Content, TestContext.Current.CancellationToken);
        await harness.UpdateAsync();
        File.Delete(own);
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();
        Assert.Equal([4, 3, 2, 1], harness.Store.List().Select(record => record.Id.Number));
        var selection = harness.Service.Selection;
        Assert.IsType<SelectionOutcome.Refused>(await selection.RollbackAsync("20261122.001", TimeSpan.Zero, TestContext.Current.CancellationToken));

        Directory.Delete(harness.Store.GenerationFolder(harness.Store.List()[2].Id), recursive: true);
        var outcome = await selection.RollbackAsync("20261122.001", TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal(3, Assert.IsType<SelectionOutcome.Selected>(outcome).Generation.Id.Number);
    }

    [Fact]
    [Trait("req", "M-216")]
    public async Task Goes_to_a_newer_generation_only_when_it_is_named_by_number_or_id()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var selection = harness.Service.Selection;
        await selection.RollbackAsync(null, TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.IsType<SelectionOutcome.Refused>(await selection.RollbackAsync("20261122.002", TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.IsType<SelectionOutcome.Selected>(await selection.RollbackAsync("2", TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    [Trait("req", "M-217")]
    public async Task Stays_on_the_pinned_generation_until_it_is_unpinned()
    {
        await using var harness = await WithTwoGenerationsAsync();
        Assert.IsType<SelectionOutcome.Selected>(
            await harness.Service.Selection.PinAsync("20261122.001", TestContext.Current.CancellationToken));
        harness.Publish("20261122.003", "Demo.Three", "demo-program-three");
        await harness.RestartAsync();
        Assert.IsType<UpdateOutcome.Held>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.NotNull(harness.Status.Pinned);
        Assert.True(await harness.Service.Selection.UnpinAsync(TestContext.Current.CancellationToken));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
    }

    [Fact]
    public async Task Another_choice_of_unwanted_programs_makes_a_new_generation_of_the_same_packages()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "own.ndb"), UpdateHarness.Ndb("x", "Own.One", "own-program").Content, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "own.ndu"), UpdateHarness.Ndb("x", "PUA.Win.Game.A", "own-game").Content, TestContext.Current.CancellationToken);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync(trigger: UpdateTrigger.Local)).Outcome);
        Assert.Null(harness.Scan("own-game"));
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);

        harness.Engine = new EngineOptions { DetectPua = true };
        await harness.RestartAsync();
        var report = await harness.UpdateAsync();
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Equal("PUA.Win.Game.A.UNOFFICIAL", harness.Scan("own-game"));
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
    }

    [Fact]
    public async Task Tells_bad_lines_skipped_files_and_hints_in_the_report()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await File.WriteAllTextAsync(
            Path.Combine(harness.Folders.Local, "own.ndb"),
            UpdateHarness.Ndb("x", "Own.One", "own-program").Content + "Own.Typo:0:*:41zz\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "own.cbc"), "ClamBC\n", TestContext.Current.CancellationToken);
        var report = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.IsType<UpdateOutcome.Activated>(report.Outcome);
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        Assert.Contains(report.Steps, step => step.Message.StartsWith("Left out: own.ndb:2:16: SIG030:", StringComparison.Ordinal));
        Assert.Contains(report.Steps, step => step.Message.StartsWith("Skipped: own.cbc:0:0: SIG133:", StringComparison.Ordinal));
        Assert.Contains("own.cbc:0:0: SIG133", harness.UpdateLogText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Makes_generations_of_the_files_in_local_and_leaves_malformed_lines_out()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        var good = Path.Combine(harness.Folders.Local, "own.ndb");
        await File.WriteAllTextAsync(good, UpdateHarness.Ndb("x", "Own.One", "own-program").Content, TestContext.Current.CancellationToken);
        var first = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.True(first.Outcome is UpdateOutcome.Activated, first.Outcome.Describe());
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        Assert.Equal("20261122.001", harness.Status.Active?.Version.ToString());

        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "bad.ndb"), "not a signature\n", TestContext.Current.CancellationToken);
        var second = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.IsType<UpdateOutcome.Activated>(second.Outcome);
        Assert.StartsWith("local: 1 malformed line left out in 1 file; first: bad.ndb:1:", second.LeftOut, StringComparison.Ordinal);
        Assert.Equal(second.LeftOut, harness.Status.Active?.LeftOut);
        Assert.Contains(second.Steps, step => step.Message.Contains("bad.ndb:1", StringComparison.Ordinal));
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        Assert.Equal("20261122.002", harness.Status.Active?.Version.ToString());
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
    }

    [Fact]
    public async Task Leaves_the_local_package_out_when_its_files_are_gone()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var file = Path.Combine(harness.Folders.Local, "own.ndb");
        await File.WriteAllTextAsync(file, UpdateHarness.Ndb("x", "Own.One", "own-program").Content, TestContext.Current.CancellationToken);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        File.Delete(file);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Scan("own-program"));
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
    }

    [Fact]
    [Trait("req", "M-209")]
    public async Task Takes_a_dropped_package_that_the_metadata_names_and_quarantines_another()
    {
        await using var harness = new UpdateHarness();
        var id = harness.Publish("20261122.001");
        var packagePath = harness.Publisher.PackagePath(id);
        var bytes = await File.ReadAllBytesAsync(packagePath, TestContext.Current.CancellationToken);
        File.Delete(packagePath);
        await harness.StartAsync();
        Assert.Equal(FailureReason.SourceAnswer, Assert.IsType<UpdateOutcome.Failed>((await harness.UpdateAsync()).Outcome).Reason);

        Drop(harness, "half.tar.zst.part", bytes[..10]);
        Drop(harness, "by-hand.tar.zst", bytes);
        Drop(harness, "foreign.tar.zst", [.. bytes, 0]);
        Directory.CreateDirectory(Path.Combine(harness.Folders.Incoming, "some-folder"));
        var report = await harness.UpdateAsync();
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Equal(0, report.DownloadedBytes);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.Equal(["half.tar.zst.part"], Directory.GetFileSystemEntries(harness.Folders.Incoming).Select(Path.GetFileName), StringComparer.Ordinal);
        Assert.Equal(["foreign.tar.zst", "some-folder"], harness.Service.Quarantined().Select(entry => entry.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(harness.Service.Quarantined(), entry => Assert.Equal("package_unknown", entry.Reason));
    }

    [Fact]
    [Trait("req", "M-209")]
    public async Task A_file_dropped_a_moment_before_a_command_is_looked_at_by_it_and_told_by_others()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var file = Path.Combine(harness.Folders.Incoming, "x");
        await File.WriteAllTextAsync(file, "junk\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(file, harness.Time.GetUtcNow().UtcDateTime);

        var scheduled = await harness.UpdateAsync(trigger: UpdateTrigger.Schedule);
        Assert.Contains(scheduled.Steps, step => step.Message == "x in incoming is still being written; a later run looks at it.");
        Assert.True(File.Exists(file));

        var command = harness.UpdateAsync();
        while (!command.IsCompleted)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Contains((await command).Steps, step => step.Message.StartsWith("x in incoming was refused: package_unknown:", StringComparison.Ordinal));
        Assert.Equal("x", Assert.Single(harness.Service.Quarantined()).Name);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("req", "M-312")]
    public async Task A_probe_that_the_operators_own_ignore_list_hides_is_refused_with_the_list_named(bool isRealTrial)
    {
        await using var harness = new UpdateHarness { Program = isRealTrial ? Updater.Gates.ProgramStart.Self() : UpdateHarness.QuickTrial };
        harness.Publisher.Publish(
            "demo",
            "20261122.001",
            new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["demo.ndb"] = System.Text.Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", "Demo.One", "demo-program-one").Content) },
            [new Definitions.Packages.DetectionProbe("probe", "demo-program-one"u8.ToArray(), "Demo.One")]);
        await harness.StartAsync();
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "mine.ign2"), "Other.One\nDemo.One\n", TestContext.Current.CancellationToken);

        var refused = Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome);

        Assert.Equal(Definitions.RefusalReason.ProbeMissed, refused.Reason);
        Assert.Contains("mine.ign2:2 of package local leaves that signature out", refused.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(harness.Folders.Local, "mine.ign2"));
        var sample = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("demo-program-one"u8));
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, "mine.fp"), $"{sample}:16:Own.Allowed\n", TestContext.Current.CancellationToken);
        refused = Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome);
        Assert.Contains("in mine.fp of package local", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_whose_packages_were_refused_had_no_success()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20271122.001");
        await harness.StartAsync();
        Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Status.LastSuccess);
        Assert.Null(harness.Status.Sources[0].LastSuccess);
        Assert.NotNull(harness.Status.Sources[0].LastAttempt);

        harness.FreeBytes = 0;
        harness.Publisher.Publish("other", "20261122.001", UpdateHarness.Ndb("x.ndb", "Other.One", "other-program"));
        Assert.IsNotType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Status.Sources[0].LastSuccess);
    }

    [Fact]
    public async Task A_damaged_root_is_named_with_the_way_out()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var trust = Path.Combine(harness.Folders.Trust, UpdateHarness.Source);
        await File.WriteAllTextAsync(Path.Combine(trust, "root.json"), "garbage", TestContext.Current.CancellationToken);

        var refused = Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync(force: true)).Outcome);
        Assert.Equal(Definitions.RefusalReason.RootInvalid, refused.Reason);
        Assert.Contains(Path.Combine(trust, "root.json"), refused.Message, StringComparison.Ordinal);
        Assert.Contains($"Remove the folder '{trust}'", refused.Message, StringComparison.Ordinal);

        Directory.Delete(trust, recursive: true);
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync(force: true)).Outcome);
    }

    [Fact]
    public async Task Gives_a_dropped_package_back_when_the_run_cannot_finish()
    {
        await using var harness = new UpdateHarness();
        var id = harness.Publish("20261122.001");
        await harness.StartAsync();
        Drop(harness, "by-hand.tar.zst", await File.ReadAllBytesAsync(harness.Publisher.PackagePath(id), TestContext.Current.CancellationToken));
        harness.OnStage = stage =>
        {
            if (stage == UpdateStage.Unpacking)
            {
                throw DiskFull.Simulated("No space left on device");
            }
        };
        Assert.IsType<UpdateOutcome.Failed>((await harness.UpdateAsync()).Outcome);
        Assert.True(File.Exists(Path.Combine(harness.Folders.Incoming, "by-hand.tar.zst")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("garbage")]
    [Trait("req", "M-325")]
    public async Task Rebuilds_a_lost_or_damaged_catalog_from_the_folders(string? content)
    {
        await using var harness = await WithTwoGenerationsAsync();
        await harness.Service.DisposeAsync();
        File.Delete(harness.Folders.CatalogFile);
        if (content is not null)
        {
            await File.WriteAllTextAsync(
                harness.Folders.CatalogFile, string.Concat(Enumerable.Repeat(content, 4000)), TestContext.Current.CancellationToken);
        }

        await harness.RestartAsync();
        Assert.Equal(DefinitionsState.UpToDate, harness.Status.State);
        Assert.NotNull(harness.Status.LastSuccess);
        Assert.Equal([2L, 1L], harness.Service.Generations().Select(generation => generation.Record.Id.Number));
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);
        Assert.Single(harness.Service.Runs(10));
    }

    [Fact]
    [Trait("req", "M-213")]
    public async Task Tells_a_damaged_pointer_from_a_first_start_and_repairs_it()
    {
        await using var harness = await WithTwoGenerationsAsync();
        await harness.Service.DisposeAsync();
        var pointer = Path.Combine(harness.Folders.Generations, "current");
        await File.WriteAllTextAsync(pointer, "garbage", TestContext.Current.CancellationToken);
        var status = OfflineStatus.Read(harness.Folders, harness.Store, catalog: null, harness.Options, harness.Time.GetUtcNow());
        Assert.Contains("damaged", status.Damage, StringComparison.Ordinal);
        Assert.Contains(
            "damaged", FreshnessCheck.Evaluate(status, TimeSpan.FromDays(1), TimeSpan.FromDays(2), harness.Time.GetUtcNow()).Line, StringComparison.Ordinal);

        await harness.RestartAsync();
        Assert.Null(new ActivePointer(harness.Folders).Damage);
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
        File.Delete(pointer);
        Assert.Null(new ActivePointer(harness.Folders).Damage);
    }

    [Fact]
    [Trait("req", "M-218")]
    public async Task Remembers_runs_steps_and_sources_over_a_restart()
    {
        await using var harness = await WithTwoGenerationsAsync();
        var before = harness.Service.Runs(10);
        await harness.RestartAsync();
        var after = harness.Service.Runs(10);
        Assert.Equal(before.Select(run => run.Id), after.Select(run => run.Id), StringComparer.Ordinal);
        Assert.NotEmpty(after[0].Steps);
        Assert.Equal(before[0].Finished, after[0].Finished);
        Assert.Equal(UpdateHarness.Source, Assert.Single(harness.Status.Sources).Name);
        Assert.NotNull(harness.Status.Sources[0].LastSuccess);
        Assert.Equal(DefinitionsState.UpToDate, harness.Status.State);
    }

    private static void Drop(UpdateHarness harness, string name, byte[] bytes)
    {
        var path = Path.Combine(harness.Folders.Incoming, name);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, harness.Time.GetUtcNow().UtcDateTime.AddMinutes(-1));
    }

    private static async Task<UpdateHarness> WithTwoGenerationsAsync()
    {
        var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();
        return harness;
    }
}
