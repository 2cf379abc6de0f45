using System.Diagnostics;
using Testing;

namespace Conformance;

/// <summary>
/// Whatever goes wrong, the old generation serves, and the reason word stands in log, status, exit code and metric.
/// </summary>
public sealed class RefusalTests
{
    private static readonly string V2 = Scenario.V2;

    public static TheoryData<string, string, int> Faults { get; } = new()
    {
        { "tampered package", "package_digest", 1 },
        { "truncated package", "package_truncated", 1 },
        { "lengthened package", "package_too_long", 1 },
        { "expired timestamp", "metadata_expired", 1 },
        { "wrong key", "signature_threshold", 1 },
        { "timestamp rollback", "metadata_rollback", 1 },
        { "snapshot rollback", "metadata_rollback", 1 },
        { "malformed signature", "signature_malformed", 4 },
        { "no such disk space", "disk_space", 1 },
        { "server error", "source_answer", 1 },
        { "rate limit", "rate_limited", 1 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    [Trait("req", "M-208")]
    [Trait("req", "M-313")]
    public async Task The_old_generation_serves_and_the_reason_is_told_everywhere(string fault, string word, int exitCode)
    {
        await using var scenario = await Scenario.CreateAsync();
        var environment = fault == "no such disk space"
            ? new Dictionary<string, string> { ["UPDATER_FAULT_NOSPACE"] = "Unpacking" }
            : [];
        await using (var first = await scenario.StartAsync())
        {
            await first.StopAsync();
        }

        await using var service = await scenario.StartAsync(environment);
        Break(fault, scenario.Publisher, scenario.Channel);

        var update = await scenario.RunAsync("update", "--force");

        Assert.True(update.ExitCode == exitCode, update.ToString());
        Assert.Contains(word, update.Output + update.Errors, StringComparison.Ordinal);
        await OldGenerationServesAsync(service);
        Assert.Equal(word, (string?)(await service.GetAsync("v1/status"))["last_failure_reason"]);
        Assert.Contains(word, await File.ReadAllTextAsync(Path.Combine(scenario.Settings.Data, "logs", "update.log")), StringComparison.Ordinal);
        Assert.Contains(word, await File.ReadAllTextAsync(Path.Combine(scenario.Settings.Data, "logs", "updater.json")), StringComparison.Ordinal);
        Assert.Matches(
            $"(?m)^updater_update[a-z_]*\\{{[^}}]*reason=\"{word}\"[^}}]*\\}} [1-9]", await service.Http.GetStringAsync("metrics"));
        Assert.Empty(scenario.Entries("staging"));
        var status = await scenario.RunAsync("status");
        Assert.True(status.ExitCode == 0, status.ToString());
        Assert.Contains(word, status.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("req", "M-207")]
    public async Task A_volume_that_really_is_full_leaves_the_old_generation_serving()
    {
        using var folder = new TempFolder();
        var data = folder.Path("volume");
        Directory.CreateDirectory(data);
        if (!await MountAsync("-t", "tmpfs", "-o", "size=24m", "tmpfs", data))
        {
            Assert.Skip("Mounting a small tmpfs needs root and mount(8).");
        }

        try
        {
            await using var scenario = await Scenario.CreateAsync(data: Path.Combine(data, "data"));
            await using (var service = await scenario.StartAsync())
            {
                scenario.Publisher.Publish("core", V2, Samples.BothFile);
                FillUp(data);
                var run = await service.UpdateAsync();
                Assert.Equal("failed", (string?)run["outcome"]);
                Assert.Equal("disk_space", (string?)run["reason"]);
                await OldGenerationServesAsync(service);

                File.Delete(Path.Combine(data, "filler"));
                Assert.Equal("activated", (string?)(await service.UpdateAsync())["outcome"]);
                await service.StopAsync();
            }
        }
        finally
        {
            await RunToolAsync("umount", "-l", data);
        }
    }

    private static void Break(string fault, SimulatedPublisher publisher, ChannelServer channel)
    {
        var id = fault is "expired timestamp" or "wrong key" or "timestamp rollback" or "snapshot rollback"
            ? null
            : publisher.Publish("core", V2, fault == "malformed signature" ? ("test.ndb", "Broken:0:*:4142zz\n") : Samples.BothFile);
        switch (fault)
        {
            case "tampered package":
                publisher.TamperPackage(id!);
                break;
            case "truncated package":
                publisher.TruncatePackage(id!);
                break;
            case "lengthened package":
                publisher.LengthenPackage(id!);
                break;
            case "expired timestamp":
                publisher.ExpireTimestamp();
                break;
            case "wrong key":
                publisher.Refresh();
                publisher.SignTimestampWithWrongKey();
                break;
            case "timestamp rollback":
                publisher.RollBackTimestamp();
                break;
            case "snapshot rollback":
                publisher.RollBackSnapshot();
                break;
            case "server error":
                channel.Fail("timestamp.json", new ServerFault { Status = 500 });
                break;
            case "rate limit":
                channel.Fail("timestamp.json", new ServerFault { Status = 429, RetryAfter = "120" });
                break;
        }
    }

    private static async Task OldGenerationServesAsync(ServiceProcess service)
    {
        Assert.Equal(Scenario.V1, (string?)(await service.GetAsync("v1/version"))["definitions_version"]);
        Assert.Equal("Test.First", (string?)(await service.ScanAsync(Samples.First))["threat"]);
        Assert.Equal("EC_AV_CLEAN", (string?)(await service.ScanAsync(Samples.Second))["status"]);
        Assert.Equal("stream: Test.First FOUND\0", await service.Clamd.StreamAsync(Samples.First));
    }

    private static void FillUp(string volume)
    {
        using var filler = new FileStream(Path.Combine(volume, "filler"), FileMode.Create);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    private static async Task<bool> MountAsync(params string[] arguments) =>
        Environment.UserName == "root" && await RunToolAsync("mount", arguments) == 0;

    private static async Task<int> RunToolAsync(string tool, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
