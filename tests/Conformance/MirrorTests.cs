using System.Text.Json.Nodes;
using Definitions;
using Testing;
using Testing.ClamAv;

namespace Conformance;

/// <summary>A mirror of ClamAV databases from the outside: the program as a process, a loopback mirror with test keys.</summary>
public sealed class MirrorTests
{
    private static readonly DateTimeOffset Today = TimeProvider.System.GetUtcNow().AddHours(-1);

    [Fact]
    public async Task Databases_come_whole_then_by_patches_and_their_names_are_official()
    {
        await using var mirror = await MirrorServer.StartAsync();
        using var folder = new TempFolder();
        var settings = Configure(folder, mirror.Url);
        var first = Publish(mirror, 101, "first");
        await ExpectAsync(0, settings, "update");
        var infected = folder.Write("first.bin", TestProgram.Elf("first"));
        Assert.Contains($"{infected}: Test.first FOUND", (await ExpectAsync(1, settings, "scan", "--no-summary", infected)).Output, StringComparison.Ordinal);

        mirror.ClearRequests();
        var second = Publish(mirror, 102, "second");
        mirror.Put("daily-102.cdiff", ClamAvPublisher.Default.Cdiff(first, second));
        await ExpectAsync(0, settings, "update");
        Assert.Equal(["/daily.cvd 206", "/daily-102.cdiff 200"], mirror.Requests);
        await ExpectAsync(0, settings, "scan", "--no-summary", infected);
        var packages = JsonNode.Parse((await ExpectAsync(0, settings, "version", "--json")).Output)!["packages"]!;
        Assert.Equal("daily", (string?)packages[0]!["name"]);
        Assert.Equal(102, (long)packages[0]!["sequence"]!);

        await ExpectAsync(0, settings, "rollback");
        await ExpectAsync(1, settings, "scan", "--no-summary", infected);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(settings.Data, "staging")));
    }

    [Fact]
    [Trait("req", "M-208")]
    [Trait("req", "M-313")]
    public async Task Whatever_the_mirror_does_the_old_generation_serves_and_the_reason_is_told_everywhere()
    {
        await using var mirror = await MirrorServer.StartAsync();
        using var folder = new TempFolder();
        var settings = Configure(folder, mirror.Url);
        Publish(mirror, 101, "first");
        await using var service = await ServiceProcess.StartAsync(settings);
        await service.UntilVersionAsync(new DefinitionsVersion(DateOnly.FromDateTime(Today.UtcDateTime), 101).ToString());
        var good = ClamAvPublisher.Default.Cvd(Release(102, "second"));
        var flipped = (byte[])good.Clone();
        flipped[600] ^= 1;
        (byte[] Bytes, int? Status, string Word)[] faults =
        [
            (good[..^30], null, "package_digest"),
            (flipped, null, "package_digest"),
            (new ClamAvPublisher("somebody else").Cvd(Release(102, "second")), null, "database_signature"),
            (ClamAvPublisher.Default.Cvd(Release(100, "zero")), null, "sequence_rollback"),
            (good, 500, "source_answer"),
            (good, 429, "rate_limited"),
        ];
        foreach (var (bytes, status, word) in faults)
        {
            mirror.Put("daily.cvd", bytes, TimeProvider.System.GetUtcNow());
            if (status is { } code)
            {
                mirror.Fail("daily", new ServerFault { Status = code });
            }

            var update = await ExpectAsync(1, settings, "update");
            mirror.Heal();
            Assert.Contains(word, update.Output + update.Errors, StringComparison.Ordinal);
            Assert.Equal("Test.first", (string?)(await service.ScanAsync(TestProgram.Elf("first")))["threat"]);
            Assert.Equal("EC_AV_CLEAN", (string?)(await service.ScanAsync(TestProgram.Elf("second")))["status"]);
            Assert.Equal(word, (string?)(await service.GetAsync("v1/status"))["last_failure_reason"]);
            Assert.Contains(word, await File.ReadAllTextAsync(Path.Combine(settings.Data, "logs", "update.log")), StringComparison.Ordinal);
            Assert.Matches($"(?m)^updater_update[a-z_]*\\{{[^}}]*reason=\"{word}\"[^}}]*\\}} [1-9]", await service.Http.GetStringAsync("metrics"));
        }

        await service.StopAsync();
    }

    [Fact]
    [Trait("req", "M-316")]
    public async Task A_cool_down_outlives_the_process_and_is_shown()
    {
        await using var mirror = await MirrorServer.StartAsync();
        using var folder = new TempFolder();
        var settings = Configure(folder, mirror.Url);
        Publish(mirror, 101, "first");
        mirror.Fail("daily", new ServerFault { Status = 403 });
        await ExpectAsync(1, settings, "update");
        mirror.Heal();
        mirror.ClearRequests();

        var forced = await ExpectAsync(1, settings, "update", "--force");

        Assert.Contains("left alone until", forced.Errors, StringComparison.Ordinal);
        Assert.Contains("rate_limited", forced.Errors, StringComparison.Ordinal);
        Assert.Empty(mirror.Requests);
        Assert.Contains($"Mirror {mirror.Url} is left alone until", (await ExpectAsync(0, settings, "status")).Output, StringComparison.Ordinal);
        var source = JsonNode.Parse((await ExpectAsync(0, settings, "status", "--json")).Output)!["sources"]![0]!;
        var until = DateTimeOffset.Parse((string)source["mirrors"]![0]!["cool_down_until"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(until - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.NotNull(source["cool_down_until"]);
        Assert.Contains("403", (string?)source["mirrors"]![0]!["reason"], StringComparison.Ordinal);
    }

    private static ClamAvRelease Release(long version, params string[] texts)
    {
        var release = PublisherFiles.Release("daily", version, texts);
        return new ClamAvRelease(release.Name, version, [.. release.Members]) { Created = Today.AddMinutes(version - 101) };
    }

    private static ClamAvRelease Publish(MirrorServer mirror, long version, params string[] texts)
    {
        var release = Release(version, texts);
        mirror.Put("daily.cvd", ClamAvPublisher.Default.Cvd(release), release.Created);
        return release;
    }

    /// <summary>A service's settings with the mirror as its only source.</summary>
    private static ServiceSettings Configure(TempFolder folder, string url)
    {
        var settings = ServiceSettings.Create(folder.Root, url, "none", "1.00:00:00", folder.Path("data"));
        var config = JsonNode.Parse(File.ReadAllText(settings.ConfigFile))!;
        config["sources"] = new JsonArray(new JsonObject
        {
            ["name"] = "vendor",
            ["kind"] = "clamav",
            ["urls"] = new JsonArray(url),
            ["databases"] = new JsonArray("daily"),
            ["publicKeys"] = folder.Write("keys.json", ClamAvPublisher.Default.KeysJson()),
        });
        File.WriteAllText(settings.ConfigFile, config.ToJsonString());
        return settings;
    }

    private static async Task<CommandOutcome> ExpectAsync(int exitCode, ServiceSettings settings, string verb, params string[] arguments)
    {
        var outcome = await UpdaterProgram.RunAsync([verb, "--config", settings.ConfigFile, .. arguments]);
        Assert.True(outcome.ExitCode == exitCode, $"{verb} {string.Join(' ', arguments)}: {outcome}");
        return outcome;
    }
}
