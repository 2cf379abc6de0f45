using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Conformance;

/// <summary>Several processes want one data folder: they take turns, and nobody calls that a mistake of the user's.</summary>
public sealed class FolderTurnTests
{
    [Fact]
    [Trait("req", "M-189")]
    public async Task Updates_that_start_while_another_process_works_wait_for_it_and_find_everything_current()
    {
        await using var scenario = await Scenario.CreateAsync();
        var waiting = new List<Process>();
        using (Occupy(scenario))
        {
            for (var i = 0; i < 3; i++)
            {
                waiting.Add(UpdaterProgram.Start(["update", "--json", "--config", scenario.Settings.ConfigFile]));
                await UntilItWaitsAsync(waiting[^1]);
            }
        }

        var outcomes = await Task.WhenAll(waiting.Select(process => UpdaterProgram.FinishAsync(process)));
        Assert.All(outcomes, outcome => Assert.True(outcome.ExitCode == 0, outcome.ToString()));
        Assert.Equal(
            ["activated", "already_current", "already_current"],
            outcomes.Select(outcome => (string)JsonNode.Parse(outcome.Output)!["outcome"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_update_that_waits_in_vain_ends_with_the_status_for_that()
    {
        await using var scenario = await Scenario.CreateAsync();
        using var owner = Occupy(scenario);

        var outcome = await scenario.RunAsync("update", "--timeout", "1s");

        Assert.True(outcome.ExitCode == 3, outcome.ToString());
        Assert.Contains("not finished after 1s", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_that_waits_hands_over_to_a_service_that_has_come_up()
    {
        await using var scenario = await Scenario.CreateAsync();
        Process waiting;
        Task<ServiceProcess> starting;
        using (Occupy(scenario))
        {
            waiting = UpdaterProgram.Start(["update", "--config", scenario.Settings.ConfigFile]);
            await UntilItWaitsAsync(waiting);
            starting = ServiceProcess.StartAsync(scenario.Settings);
        }

        await using var service = await starting;
        var outcome = await UpdaterProgram.FinishAsync(waiting);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        await service.UntilVersionAsync(Scenario.V1);

        var second = await scenario.RunAsync("run");
        Assert.True(second.ExitCode == 2, second.ToString());
        Assert.Contains("A service runs on the data folder", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_waits_for_the_update_that_works()
    {
        await using var scenario = await Scenario.CreateAsync();
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        scenario.Publisher.Publish("core", Scenario.V2, Samples.BothFile);
        Assert.Equal(0, (await scenario.RunAsync("update", "--force")).ExitCode);
        Process waiting;
        using (Occupy(scenario))
        {
            waiting = UpdaterProgram.Start(["rollback", "--config", scenario.Settings.ConfigFile]);
            await UntilItWaitsAsync(waiting);
        }

        var outcome = await UpdaterProgram.FinishAsync(waiting);
        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains(Scenario.V1, outcome.Output, StringComparison.Ordinal);
    }

    /// <summary>What a process that works on the data folder does: it holds the lock file open.</summary>
    private static FileStream Occupy(Scenario scenario)
    {
        Directory.CreateDirectory(scenario.Settings.Data);
        return new FileStream(
            Path.Combine(scenario.Settings.Data, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    private static async Task UntilItWaitsAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var line = await process.StandardError.ReadLineAsync(timeout.Token);
        Assert.Contains("Another updater uses the data folder", line, StringComparison.Ordinal);
        Assert.EndsWith("Waiting for it.", line, StringComparison.Ordinal);
    }
}
