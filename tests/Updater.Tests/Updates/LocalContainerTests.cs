using System.Text;
using Testing.ClamAv;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>Containers that an operator lays into <c>local/</c>.</summary>
public sealed class LocalContainerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_like_their_member_files()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "own.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 1, "marker")));
        await LayAsync(harness, "own.ndb", Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", "Own.One", "own-program").Content));
        var report = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Equal("Test.marker.UNOFFICIAL", harness.Scan("a marker"));
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        Assert.Null(report.LeftOut);
        Assert.IsType<UpdateOutcome.AlreadyCurrent>((await harness.UpdateAsync()).Outcome);

        // Kept, verified and compiled again beside another change.
        await harness.RestartAsync();
        harness.Engine = new EngineOptions { DetectPua = true };
        await harness.RestartAsync();
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Test.marker.UNOFFICIAL", harness.Scan("a marker"));

        await LayAsync(harness, "own.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 2, "other")));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Scan("a marker"));
        Assert.Equal("Test.other.UNOFFICIAL", harness.Scan("another one"));
    }

    [Fact]
    public async Task That_do_not_verify_are_told_and_keep_nothing_else_out()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "own.ndb", Encoding.ASCII.GetBytes(UpdateHarness.Ndb("x", "Own.One", "own-program").Content));
        await LayAsync(harness, "tst.cvd", ClamAvPublisher.Default.Cvd(PublisherFiles.Release("tst", 4, "marker")));
        var report = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Null(harness.Scan("a marker"));
        Assert.Equal("Own.One.UNOFFICIAL", harness.Scan("own-program"));
        const string told = "local: 1 container not used; first: tst.cvd:0:0: IMG007: The container is not used: database_signature: ";
        Assert.StartsWith(told, report.LeftOut, StringComparison.Ordinal);
        Assert.Contains(report.Steps, step => step.Message.StartsWith("Left out: tst.cvd:0:0: IMG007:", StringComparison.Ordinal));

        // The reason stays while the container does, also when something else changes.
        harness.Engine = new EngineOptions { DetectPua = true };
        await harness.RestartAsync();
        Assert.StartsWith(told, (await harness.UpdateAsync()).LeftOut, StringComparison.Ordinal);
        Assert.StartsWith(told, harness.Status.Active?.LeftOut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_private_publisher_are_believed_where_a_source_names_the_keys()
    {
        await using var harness = new UpdateHarness();
        var keys = Path.Combine(harness.Folders.Root, "keys.json");
        Directory.CreateDirectory(harness.Folders.Root);
        await File.WriteAllTextAsync(keys, ClamAvPublisher.Default.KeysJson(), Token);
        harness.Sources =
        [
            new SourceOptions
            {
                Name = "private", Kind = SourceKinds.ClamAv, Urls = [harness.Publisher.ChannelFolder], Enabled = false,
                Mirror = new MirrorOptions { Databases = ["tst"], PublicKeys = keys },
            },
        ];
        await harness.StartAsync();
        await LayAsync(harness, "tst.cvd", ClamAvPublisher.Default.Cvd(PublisherFiles.Release("tst", 4, "marker")));
        var report = await harness.UpdateAsync(trigger: UpdateTrigger.Local);
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Equal("Test.marker.UNOFFICIAL", harness.Scan("a marker"));
    }

    [Fact]
    public async Task Whose_stored_members_were_damaged_are_not_compiled_from_them()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "own.cud", ClamAvPublisher.Cud(PublisherFiles.Release("own", 1, "marker")));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync(trigger: UpdateTrigger.Local)).Outcome);
        var member = Assert.Single(UpdateHarness.FilesIn(harness.Folders.Generations), file => file.EndsWith("own.cud!own.ndb", StringComparison.Ordinal));
        await File.AppendAllTextAsync(member, "Fake:0:*:66616b65\n", Token);
        harness.Engine = new EngineOptions { DetectPua = true };
        await harness.RestartAsync();
        Assert.IsType<UpdateOutcome.Failed>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Scan("a fake"));
    }

    private static async Task LayAsync(UpdateHarness harness, string name, byte[] content) =>
        await File.WriteAllBytesAsync(Path.Combine(harness.Folders.Local, name), content, Token);
}
