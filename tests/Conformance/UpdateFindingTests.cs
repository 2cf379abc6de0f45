using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>An update tells what lint tells: code, line, column and hint, of lenient files and of strict ones.</summary>
public sealed class UpdateFindingTests : IDisposable
{
    private const string Bad = "Good:0:*:414243\nBad:0:*:41zz\n\nShort:0:*:4142\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_lenient_files_in_its_answer_in_status_and_in_both_logs()
    {
        var local = _folder.Write("data/local/own.ndb", Bad);
        var theirs = _folder.Write("lists/their.ndb", Bad);
        var configuration = _folder.Write("updater.json", new JsonObject
        {
            ["sources"] = new JsonArray(new JsonObject { ["name"] = "lists", ["kind"] = "files", ["urls"] = new JsonArray(theirs) }),
            ["updates"] = new JsonObject { ["minFreeBytes"] = 0 },
        }.ToJsonString());
        string[] common = ["--config", configuration, "--data", _folder.Path("data")];

        var update = await UpdaterProgram.RunAsync(["update", "--json", .. common]);
        Assert.True(update.ExitCode == 0, update.ToString());
        var told = JsonNode.Parse(update.Output)!["findings"]!.AsArray().Where(found => (string)found!["severity"]! == "error").ToList();
        foreach (var (package, file) in new[] { ("local", local), ("lists", theirs) })
        {
            var lint = await UpdaterProgram.RunAsync(["signatures", "lint", "--json", file]);
            Assert.Equal(
                lint.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
                    .Where(item => (string)item["type"]! == "finding").Select(Text),
                told.Where(found => (string)found!["package"]! == package).Select(found => Text(found!)));
        }

        Assert.Equal(6, told.Count);
        Assert.All(told, found => Assert.Equal("lenient", (string)found!["load"]!));
        var log = await File.ReadAllTextAsync(_folder.Path("data", "logs", "update.log"), TestContext.Current.CancellationToken);
        Assert.Contains("Left out: own.ndb:2:11: SIG030: ", log, StringComparison.Ordinal);
        Assert.Contains("Left out: lists/their.ndb:3:0: SIG002: ", log, StringComparison.Ordinal);
        Assert.Contains("; lenient: lists, local", log, StringComparison.Ordinal);
        var machine = (await File.ReadAllLinesAsync(_folder.Path("data", "logs", "updater.json"), TestContext.Current.CancellationToken))
            .Select(line => JsonNode.Parse(line)!["finding"]).Where(finding => finding is not null && (string)finding["severity"]! == "error").ToList();
        Assert.Equal(
            told.Select(found => $"{found!["package"]} {found["file"]}:{found["line"]}:{found["column"]} {found["code"]} {found["hint"]}"),
            machine.Select(found => $"{found!["package"]} {found["file"]}:{found["line"]}:{found["column"]} {found["code"]} {found["hint"]}"));

        var status = await UpdaterProgram.RunAsync(["status", .. common]);
        Assert.Matches("Left out: .*lists: 3 malformed lines left out in 1 file; first: their.ndb:2:11: SIG030: .*Write text as hexadecimal", status.Output);
        Assert.Contains("local: 3 malformed lines left out in 1 file; first: own.ndb:2:11: SIG030: ", status.Output, StringComparison.Ordinal);

        File.AppendAllText(local, "#\n");
        var plain = await UpdaterProgram.RunAsync(["update", .. common]);
        Assert.Contains("local/own.ndb:2:11: SIG030: ", plain.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: Write text as hexadecimal digits", plain.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_fails_is_told_beside_what_is_activated()
    {
        var good = _folder.Write("lists/good.ndb", "Good:0:*:414243\n");
        var gone = _folder.Path("lists", "gone.ndb");
        var configuration = _folder.Write("updater.json", new JsonObject
        {
            ["sources"] = new JsonArray(new JsonObject { ["name"] = "lists", ["kind"] = "files", ["urls"] = new JsonArray(good, gone) }),
            ["updates"] = new JsonObject { ["minFreeBytes"] = 0 },
        }.ToJsonString());
        string[] common = ["--config", configuration, "--data", _folder.Path("data")];

        var update = await UpdaterProgram.RunAsync(["update", "--json", "--quiet", .. common]);
        Assert.True(update.ExitCode == 0, update.ToString());
        var problem = Assert.Single(JsonNode.Parse(update.Output)!["problems"]!.AsArray())!;
        Assert.Equal($"lists {gone} failed source_answer", $"{problem["source"]} {problem["part"]} {problem["outcome"]} {problem["reason"]}");
        Assert.Contains($"updater: lists: source_answer: ", update.Errors, StringComparison.Ordinal);
        Assert.Contains(gone, update.Errors, StringComparison.Ordinal);

        var history = await UpdaterProgram.RunAsync(["history", "--json", .. common]);
        Assert.Equal(gone, (string?)JsonNode.Parse(history.Output)!["runs"]![0]!["problems"]![0]!["part"]);
        Assert.Contains("is active. Without lists: source_answer: ", (await UpdaterProgram.RunAsync(["history", .. common])).Output, StringComparison.Ordinal);
        Assert.StartsWith("DEFINITIONS WARNING", (await UpdaterProgram.RunAsync(["check", .. common])).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_this_engine_skips_is_told_where_it_is_used()
    {
        _folder.Write("data/local/rules.yar", "rule a { strings: $a = \"abcdef\" condition: $a }\nrule b { condition: filesize > 1 and pe.entry_point == 1 }\n");
        _folder.Write("data/local/own.ldb", "Own.Regex;Target:0;0&1;616263646566;0/(?|a|b)\\Kx/\nOwn.Good;Target:0;0;616263646566\n");
        _folder.Write("data/local/unwanted.hdu", "44d88612fea8a8f36de82e1278abb02f:68:PUA.Tool.One\n");
        _folder.Write("data/local/code.cbc", "ClamBC\n");
        var configuration = _folder.Write("updater.json", new JsonObject
        {
            ["sources"] = new JsonArray(),
            ["updates"] = new JsonObject { ["minFreeBytes"] = 0 },
        }.ToJsonString());
        string[] common = ["--config", configuration, "--data", _folder.Path("data")];

        var update = await UpdaterProgram.RunAsync(["update", .. common]);
        Assert.True(update.ExitCode == 0, update.ToString());
        var status = await UpdaterProgram.RunAsync(["status", "--json", .. common]);
        var leftOut = (string)JsonNode.Parse(status.Output)!["left_out"]!;
        Assert.StartsWith("local: 4 skipped (SIG008 1, SIG065 1, SIG133 1, SIG15", leftOut, StringComparison.Ordinal);
        foreach (var text in new[] { leftOut, "local/unwanted.hdu:0:0: SIG008: ", "local/own.ldb:1:", "local/code.cbc:0:0: SIG133: ", "local/rules.yar:2:", "engine.detectPua" })
        {
            Assert.Contains(text, update.Errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("updater:", (await UpdaterProgram.RunAsync(["update", "--quiet", .. common])).Errors, StringComparison.Ordinal);

        var scan = await UpdaterProgram.RunAsync(["scan", "--database", _folder.Path("data", "local"), configuration, .. common]);
        Assert.True(scan.ExitCode == 0, scan.ToString());
        Assert.Contains("rules.yar: 1 line is left out: rules.yar:2:", scan.Errors, StringComparison.Ordinal);
        Assert.Contains("own.ldb: 1 line is left out: own.ldb:1:", scan.Errors, StringComparison.Ordinal);
        Assert.Contains("unwanted.hdu is left out: unwanted.hdu:0:0: SIG008: ", scan.Errors, StringComparison.Ordinal);
        Assert.Contains("see: updater signatures lint", scan.Errors, StringComparison.Ordinal);
        Assert.Equal("", (await UpdaterProgram.RunAsync(["scan", "--quiet", "--database", _folder.Path("data", "local"), configuration, .. common])).Errors);
    }

    [Fact]
    public async Task Of_many_bad_lines_in_many_files_the_true_count_and_each_file()
    {
        var lines = string.Concat(Enumerable.Repeat("not a signature\n", 20_000));
        _folder.Write("data/local/a.ndb", "Good:0:*:414243\n" + lines);
        _folder.Write("data/local/b.ndb", "Good:0:*:414244\n" + lines);
        _folder.Write("data/local/c.ndb", "Good:0:*:414245\nbad\n");
        var configuration = _folder.Write("updater.json", """{ "sources": [], "updates": { "minFreeBytes": 0 } }""");
        string[] common = ["--config", configuration, "--data", _folder.Path("data")];
        var update = await UpdaterProgram.RunAsync(["update", "--json", .. common]);
        Assert.True(update.ExitCode == 0, update.ToString());
        var answer = JsonNode.Parse(update.Output)!;
        Assert.StartsWith("local: 40001 malformed lines left out in 3 files; first: a.ndb:2:", (string)answer["left_out"]!, StringComparison.Ordinal);
        var errors = answer["findings"]!.AsArray().Where(found => (string)found!["severity"]! == "error").ToList();
        Assert.Equal(20, errors.Count);
        Assert.Equal(["a.ndb", "b.ndb", "c.ndb"], errors.Select(found => (string)found!["file"]!).Distinct());
        Assert.Equal(40001 - 20, (long)answer["more_findings"]! - Math.Max(0, answer["findings"]!.AsArray().Count(found => (string)found!["severity"]! != "error") - 20));
    }

    [Theory]
    [InlineData("a.txt", "x", "; files are read by their extension")]
    [InlineData("a.ndb", "# comment only\n", ": there are only comments.")]
    [InlineData("a.ndb", "Later:0:*:414243:500\n", ": all 1 are for other functionality levels")]
    [InlineData("a.hdu", "44d88612fea8a8f36de82e1278abb02f:68:PUA.Tool.One\n", ": a.hdu:0:0: SIG008: ")]
    public async Task Nothing_to_scan_with_has_its_own_reason(string name, string content, string reason)
    {
        var file = _folder.Write(name, content);
        var scan = await UpdaterProgram.RunAsync(["scan", "--database", file, file]);
        Assert.True(scan.ExitCode == 2, scan.ToString());
        Assert.Contains($"No signatures in {file}{reason}", scan.Errors, StringComparison.Ordinal);
        Assert.Equal(name == "a.hdu", scan.Errors.Contains("engine.detectPua", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lint_of_a_folder_tells_what_it_does_not_look_at()
    {
        _folder.Write("set/a.ndb", "Good:0:*:414243\n");
        _folder.Write("set/a.hdu", "44d88612fea8a8f36de82e1278abb02f:68:PUA.Tool.One\n");
        foreach (var other in (string[])["my.nbd", "x.ndb.gz", "more/b.ndb", ".git/x"])
        {
            _folder.Write("set/" + other, "x");
        }

        var lint = await UpdaterProgram.RunAsync(["signatures", "lint", "set"], workingDirectory: _folder.Root);
        Assert.True(lint.ExitCode == 0, lint.ToString());
        foreach (var text in (string[])["set/my.nbd:0:0: skipped SIG009: ", "set/x.ndb.gz:0:0: skipped SIG009: ", "set/more:0:0: skipped SIG009: A folder", "set/a.hdu: 0 lines, 0 load, 1 skipped,"])
        {
            Assert.Contains(text, lint.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(".git", lint.Output, StringComparison.Ordinal);
        Assert.Contains("2 files: 1 lines, 1 load, 1 skipped, 0 malformed", lint.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_file_is_the_same_finding_everywhere()
    {
        var file = _folder.Path("packed.ndb");
        await using (var packed = new System.IO.Compression.GZipStream(File.Create(file), System.IO.Compression.CompressionLevel.Fastest))
        {
            packed.Write("Good:0:*:414243\n"u8);
        }

        foreach (var arguments in (string[][])[["signatures", "lint", file], ["scan", "--database", file, file], ["compile", file, "--output", _folder.Path("an.image")]])
        {
            var outcome = await UpdaterProgram.RunAsync(arguments);
            Assert.Contains("SIG014: ", outcome.Output + outcome.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("SIG005", outcome.Output + outcome.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_a_strict_set_with_the_first_line_and_its_hint()
    {
        var file = _folder.Write("own.ndb", Bad);
        var compile = await UpdaterProgram.RunAsync(["compile", file, "--output", _folder.Path("an.image")]);
        Assert.True(compile.ExitCode == 1, compile.ToString());
        Assert.Contains("own.ndb:2:11: SIG030: ", compile.Errors, StringComparison.Ordinal);
        Assert.Contains("(2 more malformed lines) Write text as hexadecimal digits", compile.Errors, StringComparison.Ordinal);
    }

    private static string Text(JsonNode found) => $"{found["line"]}:{found["column"]} {found["code"]} {found["message"]} {found["hint"]}";
}
