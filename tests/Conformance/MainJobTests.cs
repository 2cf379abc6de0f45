using System.Net;
using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>The straight line: a signed channel over loopback HTTP, the program as a process, and everything it answers.</summary>
public sealed class MainJobTests
{
    private static readonly string V1 = Scenario.V1;
    private static readonly string V2 = Scenario.V2;
    private static readonly string V3 = Scenario.Version(1000);

    [Fact]
    [Trait("req", "M-181")]
    [Trait("req", "M-189")]
    [Trait("req", "M-216")]
    public async Task From_a_signed_channel_to_served_scans_and_back_again()
    {
        await using var scenario = await Scenario.CreateAsync();
        var publisher = scenario.Publisher;
        string firstGeneration;

        await using (var service = await scenario.StartAsync())
        {
            await Scans_are_answered_on_every_way_inAsync(service, scenario.Folder);
            firstGeneration = (string)(await service.GetAsync("v1/version"))["generation"]!;

            publisher.Publish("core", V2, Samples.BothFile);
            var forced = await service.UpdateAsync();
            Assert.Equal("activated", (string?)forced["outcome"]);
            Assert.Equal(V2, (string?)forced["version"]);
            await Every_version_answer_saysAsync(service, V2);
            Assert.Equal("EC_AV_INFECTED", (string?)(await service.ScanAsync(Samples.Second))["status"]);

            Assert.Equal("already_current", (string?)(await service.UpdateAsync())["outcome"]);
            await Rollback_holds_and_survives_a_restartAsync(service, firstGeneration);
            Assert.Equal(0, await service.StopAsync());
        }

        await using (var service = await scenario.StartAsync())
        {
            Assert.Equal("held", (string?)(await service.UpdateAsync())["outcome"]);
            Assert.Equal("EC_AV_CLEAN", (string?)(await service.ScanAsync(Samples.Second))["status"]);

            publisher.Publish("core", V3, Samples.BothFile);
            Assert.Equal("activated", (string?)(await service.UpdateAsync())["outcome"]);
            await Every_version_answer_saysAsync(service, V3);
            Assert.Equal(0, await service.StopAsync());
        }

        Assert.Empty(scenario.Entries("staging"));
    }

    [Fact]
    [Trait("req", "M-032")]
    public async Task A_scheduled_update_brings_a_new_version_without_anybody_asking()
    {
        // The shortest interval that the configuration allows.
        await using var scenario = await Scenario.CreateAsync(interval: "00:01:00");
        await using var service = await scenario.StartAsync();
        scenario.Publisher.Publish("core", V2, Samples.BothFile);
        await service.UntilVersionAsync(V2, TimeSpan.FromSeconds(150));
        var run = (await service.GetAsync("v1/runs")).AsArray()[0]!;
        Assert.Equal("schedule", (string?)run["trigger"]);
    }

    [Fact]
    [Trait("req", "M-189")]
    public async Task Many_callers_who_force_at_once_cause_one_download()
    {
        await using var scenario = await Scenario.CreateAsync();
        var (publisher, channel) = (scenario.Publisher, scenario.Channel);
        await using var service = await scenario.StartAsync();

        publisher.Publish("core", V2, Samples.BothFile);
        channel.ClearRequests();
        var gate = new TaskCompletionSource();
        channel.Fail("timestamp.json", new ServerFault { Until = gate.Task });
        var callers = Enumerable.Range(0, 20).Select(_ => service.UpdateAsync()).ToList();
        await service.UntilAsync("the run asks for the timestamp", () =>
            Task.FromResult(channel.Requests.Any(r => r.EndsWith("timestamp.json", StringComparison.Ordinal))));
        await Task.WhenAny(Task.WhenAll(callers), Task.Delay(500));
        gate.SetResult();

        var runs = await Task.WhenAll(callers);
        Assert.Single(runs.Select(r => (string)r["id"]!).Distinct());
        Assert.Single(channel.Requests, r => r.EndsWith(".tar.zst", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operators_own_files_become_part_of_the_next_generation()
    {
        await using var scenario = await Scenario.CreateAsync();
        await using var service = await scenario.StartAsync();

        Directory.CreateDirectory(Path.Combine(scenario.Settings.Data, "local"));
        await File.WriteAllTextAsync(
            Path.Combine(scenario.Settings.Data, "local", "own.ndb"), Samples.Line("Own.Marker", "updater-conformance-marker-second"));
        await service.UntilAsync("the local signature serves", async () =>
            (string?)(await service.ScanAsync(Samples.Second))["threat"] == "Own.Marker.UNOFFICIAL");
        Assert.Equal("Test.First", (string?)(await service.ScanAsync(Samples.First))["threat"]);
    }

    private static async Task Scans_are_answered_on_every_way_inAsync(ServiceProcess service, TempFolder folder)
    {
        var infected = await service.ScanAsync(Samples.First);
        Assert.Equal("EC_AV_INFECTED", (string?)infected["status"]);
        Assert.Equal("Test.First", (string?)infected["threat"]);
        Assert.Equal("AVS_RESULT_VIRUS_FOUND", (string?)infected["code"]);
        Assert.Equal("core", (string?)infected["matches"]![0]!["package"]);
        var clean = await service.ScanAsync(Samples.Clean);
        Assert.Equal("EC_AV_CLEAN", (string?)clean["status"]);
        Assert.Equal((string?)infected["generation"], (string?)clean["generation"]);

        var bad = folder.Write("files/bad.bin", Samples.First);
        var good = folder.Write("files/good.bin", Samples.Clean);
        foreach (var clamd in new[] { service.Clamd, ClamdClient.Unix(Path.Combine(service.Settings.Data, "clamd.sock")) })
        {
            Assert.Equal("PONG\0", await clamd.SendAsync("zPING\0"));
            Assert.Equal("PONG\n", await clamd.SendAsync("nPING\n"));
            Assert.Equal($"{bad}: Test.First FOUND\0", await clamd.SendAsync($"zSCAN {bad}\0"));
            Assert.Equal($"{good}: OK\n", await clamd.SendAsync($"nSCAN {good}\n"));
            Assert.Equal($"{bad}: Test.First FOUND\0", await clamd.SendAsync($"zCONTSCAN {folder.Path("files")}\0"));
            Assert.Equal("stream: Test.First FOUND\0", await clamd.StreamAsync(Samples.First, chunk: 7));
            Assert.Equal("stream: OK\0", await clamd.StreamAsync(Samples.Clean));
        }

        var command = await UpdaterProgram.RunAsync(["scan", "--config", service.Settings.ConfigFile, bad, good]);
        Assert.True(command.ExitCode == 1, command.ToString());
        Assert.Contains($"{bad}: Test.First FOUND", command.Output, StringComparison.Ordinal);
        Assert.Contains($"{good}: OK", command.Output, StringComparison.Ordinal);
        var json = await UpdaterProgram.RunAsync(["scan", "--config", service.Settings.ConfigFile, "--json", good]);
        Assert.True(json.ExitCode == 0, json.ToString());
        Assert.Equal("EC_AV_CLEAN", (string?)JsonNode.Parse(json.Output)!["status"]);
    }

    private static async Task Every_version_answer_saysAsync(ServiceProcess service, string version)
    {
        Assert.Equal(version, (string?)(await service.GetAsync("v1/version"))["definitions_version"]);
        var text = await UpdaterProgram.RunAsync(["version", "--config", service.Settings.ConfigFile]);
        Assert.True(text.ExitCode == 0, text.ToString());
        var lines = text.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal($"AV definitions version: {version}", lines[2]);
        Assert.Equal("Up to date", lines[3]);
        Assert.Matches("^[^/]+/[0-9]+/[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}\n$", await service.Clamd.SendAsync("nVERSION\n"));
        Assert.Contains($"version=\"{version}\"", await service.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("healthz/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("healthz/fresh")).StatusCode);
        var check = await UpdaterProgram.RunAsync(
            ["check", "--config", service.Settings.ConfigFile, "--warn", "24h", "--crit", "72h"]);
        Assert.True(check.ExitCode == 0, check.ToString());
        Assert.Contains('|', check.Output);
    }

    private static async Task Rollback_holds_and_survives_a_restartAsync(ServiceProcess service, string firstGeneration)
    {
        var rollback = await UpdaterProgram.RunAsync(
            ["rollback", "--config", service.Settings.ConfigFile, "--hold", "24h"]);
        Assert.True(rollback.ExitCode == 0, rollback.ToString());
        var version = await service.GetAsync("v1/version");
        Assert.Equal(firstGeneration, (string?)version["generation"]);
        Assert.Equal("Rolled back", (string?)version["state"]);
        Assert.Equal("EC_AV_CLEAN", (string?)(await service.ScanAsync(Samples.Second))["status"]);

        var update = await UpdaterProgram.RunAsync(["update", "--config", service.Settings.ConfigFile, "--force"]);
        Assert.True(update.ExitCode == 4, update.ToString());

        var history = await UpdaterProgram.RunAsync(["history", "--config", service.Settings.ConfigFile, "--json"]);
        Assert.True(history.ExitCode == 0, history.ToString());
        Assert.Equal(2, JsonNode.Parse(history.Output)!["generations"]!.AsArray().Count);
    }
}
