using System.Text.Json.Nodes;
using Testing;
using Testing.ClamAv;

namespace Conformance;

/// <summary><c>signatures lint</c> on containers.</summary>
public sealed class ContainerLintTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_the_lines_of_members_and_applies_their_ignore_lists()
    {
        var container = _folder.Write("own.cud", ClamAvPublisher.Cud(new ClamAvRelease(
            "own", 1, ("own.ndb", "Good:0:*:414243\nListed:0:*:414243\nBad:0:*:41zz\n"u8.ToArray()), ("own.ign2", "Listed\n"u8.ToArray()))));
        var lint = await UpdaterProgram.RunAsync(["signatures", "lint", "--json", "--verbose", _folder.Root]);
        Assert.True(lint.ExitCode == 1, lint.ToString());
        Assert.Equal(
            [
                $"loads {container}!own.ndb 1", $"finding {container}!own.ndb 2 IMG006", $"finding {container}!own.ndb 3 SIG030",
                $"file {container}!own.ndb", $"loads {container}!own.ign2 1", $"file {container}!own.ign2", "summary",
            ],
            lint.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Short));
    }

    [Fact]
    public async Task Tells_why_a_container_is_not_used()
    {
        var release = PublisherFiles.Release("tst", 4, "marker");
        var foreign = _folder.Write("tst.cvd", ClamAvPublisher.Default.Cvd(release));
        var damaged = _folder.Write("damaged.cud", ClamAvPublisher.Cud(release).AsSpan()[..^20]);
        var lint = await UpdaterProgram.RunAsync(["signatures", "lint", foreign, damaged]);
        Assert.True(lint.ExitCode == 1, lint.ToString());
        Assert.Contains($"{foreign}:0:0: error IMG007: The container is not used: database_signature: ", lint.Output, StringComparison.Ordinal);
        Assert.Contains($"{damaged}:0:0: error IMG007: The container is not used: database_malformed: ", lint.Output, StringComparison.Ordinal);
        Assert.Contains("2 files: 0 lines, 0 load, 0 skipped, 2 malformed", lint.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Believes_the_publishers_of_configured_sources()
    {
        var release = PublisherFiles.Release("tst", 4, "marker");
        var signed = _folder.Write("tst.cvd", ClamAvPublisher.Default.Cvd(release));
        var sample = _folder.Write("sample", "a marker");
        var keys = _folder.Write("keys.json", ClamAvPublisher.Default.KeysJson());
        var configuration = _folder.Write("updater.json", new JsonObject
        {
            ["sources"] = new JsonArray(new JsonObject
            {
                ["name"] = "private",
                ["kind"] = "clamav",
                ["urls"] = new JsonArray("https://mirror.example/"),
                ["databases"] = new JsonArray("tst"),
                ["publicKeys"] = keys,
            }),
        }.ToJsonString());
        var lint = await UpdaterProgram.RunAsync(["signatures", "lint", "--config", configuration, signed]);
        Assert.True(lint.ExitCode == 0, lint.ToString());
        Assert.Contains($"{signed}!tst.ndb: 1 lines, 1 load", lint.Output, StringComparison.Ordinal);
        var scan = await UpdaterProgram.RunAsync(["scan", "--config", configuration, "--database", signed, "--no-summary", sample]);
        Assert.Equal($"{sample}: Test.marker FOUND\n", scan.Output);
    }

    private static string Short(string line)
    {
        var item = JsonNode.Parse(line)!;
        return string.Join(' ', new[] { "type", "file", "line", "code" }.Select(name => item[name]?.ToString()).Where(text => text is not null));
    }
}
