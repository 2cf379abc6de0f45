using Definitions;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>Plain files that an operator lays into <c>local/</c>, and what becomes of bad ones.</summary>
public sealed class LocalFileTests
{
    [Fact]
    public async Task A_file_that_turns_to_something_else_keeps_its_last_content()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "a.ndb", UpdateHarness.Ndb("x", "Own.A", "text-a").Content);
        await LayAsync(harness, "b.ndb", UpdateHarness.Ndb("x", "Own.B", "text-b").Content);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        var generation = harness.Status.Active!.Id;

        await LayAsync(harness, "a.ndb", "Service unavailable\n");
        for (var i = 0; i < 2; i++)
        {
            var refused = Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync(force: i == 1)).Outcome);
            Assert.Equal(RefusalReason.SignatureMalformed, refused.Reason);
            Assert.StartsWith("a.ndb in local", refused.Message, StringComparison.Ordinal);
            Assert.Equal(generation, harness.Status.Active!.Id);
        }

        await LayAsync(harness, "b.ndb", UpdateHarness.Ndb("x", "Own.New", "text-new").Content);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Own.A.UNOFFICIAL", harness.Scan("text-a"));
        Assert.Equal("Own.New.UNOFFICIAL", harness.Scan("text-new"));
        Assert.IsType<UpdateOutcome.Refused>((await harness.UpdateAsync()).Outcome);

        await LayAsync(harness, "a.ndb", UpdateHarness.Ndb("x", "Own.Mended", "text-mended").Content);
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Null(harness.Scan("text-a"));
        Assert.Equal("Own.Mended.UNOFFICIAL", harness.Scan("text-mended"));
    }

    [Fact]
    public async Task A_file_that_never_was_any_good_keeps_nothing_else_out()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "a.ndb", "not a signature\n");
        await LayAsync(harness, "b.ndb", UpdateHarness.Ndb("x", "Own.B", "text-b").Content);
        var report = await harness.UpdateAsync();
        Assert.IsType<UpdateOutcome.Activated>(report.Outcome);
        Assert.NotNull(report.LeftOut);
        Assert.Equal("Own.B.UNOFFICIAL", harness.Scan("text-b"));
    }

    [Fact]
    public async Task What_is_not_read_is_told()
    {
        await using var harness = new UpdateHarness { HasSource = false };
        await harness.StartAsync();
        await LayAsync(harness, "a.ndb", UpdateHarness.Ndb("x", "Own.A", "text-a").Content);
        await LayAsync(harness, "my.nbd", "x");
        await LayAsync(harness, "x.ndb.gz", "x");
        await LayAsync(harness, "half.ndb.part", "x");
        await LayAsync(harness, ".hidden", "x");
        Directory.CreateDirectory(Path.Combine(harness.Folders.Local, "more"));
        for (var i = 0; i < 2; i++)
        {
            var report = await harness.UpdateAsync();
            Assert.True(report.Outcome.IsSuccess());
            Assert.Collection(
                report.LocalLeftOut,
                line => Assert.StartsWith("local: more/ is a folder", line, StringComparison.Ordinal),
                line => Assert.StartsWith("local: my.nbd is left out", line, StringComparison.Ordinal),
                line => Assert.StartsWith("local: x.ndb.gz is left out", line, StringComparison.Ordinal));
        }
    }

    private static async Task LayAsync(UpdateHarness harness, string name, string content) =>
        await File.WriteAllTextAsync(Path.Combine(harness.Folders.Local, name), content, TestContext.Current.CancellationToken);
}
