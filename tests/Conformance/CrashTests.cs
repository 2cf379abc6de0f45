using Testing;

namespace Conformance;

/// <summary>The process is killed (SIGKILL) when a stage of an update is entered; then it is started again.</summary>
public sealed class CrashTests
{
    private const string V1 = "20261122.001";
    private const string V2 = "20261122.002";

    /// <summary>The named fault points of an update that changes something, in order.</summary>
    public static TheoryData<string> Stages { get; } =
    [
        "Checking", "Downloading", "Verifying", "Unpacking", "Incoming", "Compiling", "Validating", "Installing",
        "Activating", "Swapping", "Recording",
    ];

    [Theory]
    [MemberData(nameof(Stages))]
    [Trait("req", "M-213")]
    public async Task Killed_at_a_stage_it_serves_the_old_or_the_new_generation_and_leaves_nothing_behind(string stage)
    {
        using var folder = new TempFolder();
        using var publisher = new SimulatedPublisher();
        publisher.Publish("core", V1, Samples.FirstFile);
        await using var channel = await ChannelServer.StartAsync(publisher.ChannelFolder);
        var settings = ServiceSettings.Create(folder.Root, channel.Url, publisher.InitialRootPath);
        var first = await UpdaterProgram.RunAsync(["update", "--config", settings.ConfigFile]);
        Assert.True(first.ExitCode == 0, first.ToString());

        publisher.Publish("core", V2, Samples.BothFile);
        var killed = await UpdaterProgram.RunAsync(
            ["update", "--config", settings.ConfigFile, "--force"],
            new Dictionary<string, string> { ["UPDATER_FAULT_KILL"] = stage });
        Assert.True(killed.ExitCode == 137, killed.ToString());

        await using var service = await ServiceProcess.StartAsync(settings);
        await service.UntilAsync("it is ready", async () => (await service.Http.GetAsync("healthz/ready")).IsSuccessStatusCode);
        var version = (string?)(await service.GetAsync("v1/version"))["definitions_version"];
        Assert.Contains(version, new[] { V1, V2 });
        Assert.Equal("Test.First", (string?)(await service.ScanAsync(Samples.First))["threat"]);
        var second = (string?)(await service.ScanAsync(Samples.Second))["status"];
        Assert.Equal(version == V2 ? "EC_AV_INFECTED" : "EC_AV_CLEAN", second);

        Assert.Contains((string?)(await service.UpdateAsync())["outcome"], new[] { "activated", "already_current" });
        Assert.Equal(V2, (string?)(await service.GetAsync("v1/version"))["definitions_version"]);
        Assert.Equal("Test.Second", (string?)(await service.ScanAsync(Samples.Second))["threat"]);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(settings.Data, "staging")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(settings.Data, "incoming")));
        Assert.Equal(0, await service.StopAsync());
    }
}
