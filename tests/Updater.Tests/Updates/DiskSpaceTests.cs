using Testing;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Updates;

public sealed class DiskSpaceTests
{
    [Theory]
    [InlineData(1000, 0, 1000)]
    [InlineData(1000, 2000, 2000)]
    [InlineData(3_221_225_472, 1, 3_221_225_472)]
    [Trait("req", "M-207")]
    public void Passes_with_exactly_enough_and_fails_with_one_byte_less(long floor, long computed, long need)
    {
        using var temp = new TempFolder();
        var folders = new DataFolders(temp.Root);
        new FreeSpace(floor, _ => need).Demand(folders, computed, "x");
        var e = Assert.Throws<UpdateFailedException>(() => new FreeSpace(floor, _ => need - 1).Demand(folders, computed, "x"));
        Assert.Equal(FailureReason.DiskSpace, e.Reason);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 2)]
    [InlineData(100, 200, 0, 330)]
    [InlineData(100, 200, 1, 332)]
    public void Adds_a_tenth_rounded_up(long packed, long unpacked, long deltaBase, long need) =>
        Assert.Equal(need, FreeSpace.Need(packed, unpacked, deltaBase));

    [Fact]
    [Trait("req", "M-207")]
    public void Looks_at_every_volume()
    {
        using var temp = new TempFolder();
        var folders = new DataFolders(temp.Root);
        var space = new FreeSpace(10, folder => folder == folders.Generations ? 9 : 10);
        Assert.Throws<UpdateFailedException>(() => space.Demand(folders, 0, "x"));
    }

    [Fact]
    [Trait("req", "M-208")]
    public async Task Tells_disk_space_everywhere_and_leaves_nothing_behind()
    {
        await using var harness = new UpdateHarness { FreeBytes = 3_221_225_471, Options = new() { JitterPercent = 0 } };
        harness.Publish("20261122.001");
        await harness.StartAsync();
        var report = await harness.UpdateAsync();
        Assert.Equal(FailureReason.DiskSpace, Assert.IsType<UpdateOutcome.Failed>(report.Outcome).Reason);
        Assert.Equal("disk_space", harness.Status.LastFailureReason);
        Assert.Contains("reason=disk_space", harness.UpdateLogText(), StringComparison.Ordinal);
        Assert.Equal(1, harness.Service.Metrics.FailuresByReason["disk_space"]);
        Assert.Empty(UpdateHarness.FilesIn(harness.Folders.Staging));
        Assert.Empty(UpdateHarness.FilesIn(harness.Folders.Incoming));
        Assert.Empty(UpdateHarness.FilesIn(harness.Folders.Generations));

        harness.FreeBytes = 3_221_225_472;
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
    }

    [Theory]
    [InlineData(nameof(UpdateStage.Downloading))]
    [InlineData(nameof(UpdateStage.Verifying))]
    [InlineData(nameof(UpdateStage.Unpacking))]
    [InlineData(nameof(UpdateStage.Incoming))]
    [InlineData(nameof(UpdateStage.Compiling))]
    [InlineData(nameof(UpdateStage.Validating))]
    [InlineData(nameof(UpdateStage.Installing))]
    [InlineData(nameof(UpdateStage.Activating))]
    [InlineData(nameof(UpdateStage.Swapping))]
    [Trait("req", "M-208")]
    public async Task Serves_the_old_generation_when_the_disk_fills_at_any_stage_and_recovers(string stageName)
    {
        var full = Enum.Parse<UpdateStage>(stageName);
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        harness.OnStage = stage =>
        {
            if (stage == full)
            {
                throw DiskFull.Simulated("No space left on device");
            }
        };
        var report = await harness.UpdateAsync();
        Assert.Equal(FailureReason.DiskSpace, Assert.IsType<UpdateOutcome.Failed>(report.Outcome).Reason);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.Empty(UpdateHarness.FilesIn(harness.Folders.Staging));
        Assert.Single(harness.Store.List());

        harness.OnStage = null;
        await harness.RestartAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);
        Assert.Equal("Demo.Two", harness.Scan("demo-program-two"));
    }
}
