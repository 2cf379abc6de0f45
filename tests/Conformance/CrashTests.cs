using System.Text.Json.Nodes;

namespace Conformance;

/// <summary>The process is killed (SIGKILL) when a stage of an update is entered; then it is started again.</summary>
public sealed class CrashTests
{
    private static readonly string V2 = Scenario.V2;

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
        await using var scenario = await Scenario.CreateAsync();
        var first = await scenario.RunAsync("update");
        Assert.True(first.ExitCode == 0, first.ToString());

        scenario.Publisher.Publish("core", V2, Samples.BothFile);
        var killed = await UpdaterProgram.RunAsync(
            ["update", "--config", scenario.Settings.ConfigFile, "--force"],
            new Dictionary<string, string> { ["UPDATER_FAULT_KILL"] = stage });
        Assert.True(killed.ExitCode == 137, killed.ToString());

        await using var service = await ServiceProcess.StartAsync(scenario.Settings);
        await service.UntilAsync("it is ready", async () => (await service.Http.GetAsync("healthz/ready")).IsSuccessStatusCode);
        var version = (string?)(await service.GetAsync("v1/version"))["definitions_version"];
        Assert.Contains(version, new[] { Scenario.V1, V2 });
        Assert.Equal("Test.First", (string?)(await service.ScanAsync(Samples.First))["threat"]);
        var second = (string?)(await service.ScanAsync(Samples.Second))["status"];
        Assert.Equal(version == V2 ? "EC_AV_INFECTED" : "EC_AV_CLEAN", second);

        Assert.Contains((string?)(await service.UpdateAsync())["outcome"], new[] { "activated", "already_current" });
        Assert.Equal(V2, (string?)(await service.GetAsync("v1/version"))["definitions_version"]);
        Assert.Equal("Test.Second", (string?)(await service.ScanAsync(Samples.Second))["threat"]);
        Assert.Empty(scenario.Entries("staging"));
        Assert.Empty(scenario.Entries("incoming"));
        Assert.Equal(0, await service.StopAsync());
    }

    [Fact]
    [Trait("req", "M-271")]
    public async Task A_killed_update_stands_in_the_history_as_interrupted()
    {
        await using var scenario = await Scenario.CreateAsync();
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        scenario.Publisher.Publish("core", V2, Samples.BothFile);
        var killed = await UpdaterProgram.RunAsync(
            ["update", "--config", scenario.Settings.ConfigFile], new Dictionary<string, string> { ["UPDATER_FAULT_KILL"] = "Compiling" });
        Assert.True(killed.ExitCode == 137, killed.ToString());

        Assert.Equal(["interrupted", "activated"], await OutcomesAsync(scenario));
        var check = await scenario.RunAsync("check", "--warn", "24h", "--crit", "72h");
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        Assert.Equal(["activated", "interrupted", "activated"], await OutcomesAsync(scenario));
        var log = Assert.Single(Directory.GetFiles(Path.Combine(scenario.Settings.Data, "logs"), "update*.log"));
        Assert.Single(await File.ReadAllLinesAsync(log), line => line.Contains(" - interrupted: Update ", StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<string>> OutcomesAsync(Scenario scenario)
    {
        var history = await scenario.RunAsync("history", "--json");
        Assert.True(history.ExitCode == 0, history.ToString());
        return JsonNode.Parse(history.Output)!["runs"]!.AsArray().Select(run => (string)run!["outcome"]!);
    }
}
