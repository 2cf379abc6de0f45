using Engine.Images;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Updater.Store;
using Updater.Updates;

namespace Updater.Tests.Updates;

/// <summary>
/// The data folder is copied at the moment a stage is entered: exactly what a killed process leaves behind. Recovery on
/// the copy must find the old or the new generation, whole, and nothing else (M-213).
/// </summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(nameof(UpdateStage.Checking), 1)]
    [InlineData(nameof(UpdateStage.Downloading), 1)]
    [InlineData(nameof(UpdateStage.Verifying), 1)]
    [InlineData(nameof(UpdateStage.Unpacking), 1)]
    [InlineData(nameof(UpdateStage.Incoming), 1)]
    [InlineData(nameof(UpdateStage.Compiling), 1)]
    [InlineData(nameof(UpdateStage.Validating), 1)]
    [InlineData(nameof(UpdateStage.Installing), 1)]
    [InlineData(nameof(UpdateStage.Activating), 1)]
    [InlineData(nameof(UpdateStage.Swapping), 2)]
    [InlineData(nameof(UpdateStage.Recording), 2)]
    [InlineData(nameof(UpdateStage.Done), 2)]
    [Trait("req", "M-213")]
    public async Task Finds_the_old_or_the_new_generation_after_a_kill(string stageName, long expected)
    {
        var stage = Enum.Parse<UpdateStage>(stageName);
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        using var crashed = new TempFolder();
        harness.OnStage = entered =>
        {
            if (entered == stage)
            {
                Copy(harness.Folders.Root, crashed.Root);
            }
        };
        Assert.IsType<UpdateOutcome.Activated>((await harness.UpdateAsync()).Outcome);

        var folders = new DataFolders(crashed.Root);
        var store = new GenerationStore(folders);
        var pointer = new ActivePointer(folders);
        var recovery = new Recovery(folders, store, pointer, NullLogger<Recovery>.Instance);
        var state = await recovery.RunAsync(TestContext.Current.CancellationToken);
        using var generation = Assert.IsType<StoredGeneration>(state.Generation);
        Assert.Equal(expected, generation.Record.Id.Number);
        Assert.All(store.ImageFiles(generation.Record), file => Image.Verify(file, TestContext.Current.CancellationToken));
        Assert.Empty(UpdateHarness.FilesIn(folders.Staging));
        Assert.Equal(expected, Directory.GetDirectories(store.PackagesFolder).Length);
        Assert.Equal(expected, Directory.GetFiles(store.ImagesFolder, "*.image").Length);
        Assert.Equal(Enumerable.Range(1, (int)expected).Reverse(), store.List().Select(record => (int)record.Id.Number));
    }

    [Fact]
    [Trait("req", "M-213")]
    public async Task Serves_the_newest_whole_generation_when_the_active_one_is_gone()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        harness.Publish("20261122.002", "Demo.Two", "demo-program-two");
        await harness.UpdateAsync();
        await harness.Service.DisposeAsync();
        File.Delete(harness.Store.ImageFiles(harness.Store.List()[0]).First());
        await harness.RestartAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Fact]
    [Trait("req", "M-213")]
    public async Task Makes_a_lost_image_again_from_the_stored_packages()
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        await harness.Service.DisposeAsync();
        File.WriteAllBytes(harness.Store.ImageFiles(harness.Store.List()[0]).First(), [1, 2, 3]);
        await harness.RestartAsync();
        Assert.Equal(Updater.Status.DefinitionsState.NoDefinitions, harness.Status.State);
        var report = await harness.UpdateAsync();
        Assert.True(report.Outcome is UpdateOutcome.Activated, report.Outcome.Describe());
        Assert.Equal(0, report.DownloadedBytes);
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("9-0000000000000000\n9\n")]
    [InlineData("../../etc\n1\n")]
    public async Task Finds_a_generation_behind_a_damaged_pointer(string text)
    {
        await using var harness = new UpdateHarness();
        harness.Publish("20261122.001");
        await harness.StartAsync();
        await harness.UpdateAsync();
        await harness.Service.DisposeAsync();
        await File.WriteAllTextAsync(
            Path.Combine(harness.Folders.Generations, "current"), text, TestContext.Current.CancellationToken);
        await harness.RestartAsync();
        Assert.Equal("Demo.One", harness.Scan("demo-program-one"));
    }

    [Fact]
    public async Task Lets_only_one_process_own_the_folder()
    {
        await using var harness = new UpdateHarness();
        await harness.StartAsync();
        Assert.Null(OwnerLock.TryTake(harness.Folders));
        await harness.Service.DisposeAsync();
        using var owner = OwnerLock.TryTake(harness.Folders);
        Assert.NotNull(owner);
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        // The lock, the catalog and the logs are open; recovery of the generations needs none of them.
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)
                && !file.EndsWith(".db", StringComparison.Ordinal)
                && !file.Contains("/logs/", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
