using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>Mistakes and broken surroundings of a call: one clear line, and a status that is never taken for a verdict.</summary>
public sealed class CommandLineTests
{
    private const string Rule = "Test.Rule:0:*:6d61726b6572\n";

    [Theory]
    [InlineData("scan", "--nope")]
    [InlineData("scan", "--all-macth")]
    [InlineData("compile", "-x")]
    public async Task An_unknown_option_is_a_usage_error_and_no_path(string verb, string option)
    {
        using var folder = new TempFolder();
        var outcome = await UpdaterProgram.RunAsync([verb, option, folder.Write("a.ndb", Rule), "--data", folder.Path("data")]);

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains($"updater: there is no option {option}", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains($"Try: updater {verb} --help", outcome.Errors, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_scan_without_definitions_has_an_object_with_a_code_for_each_path()
    {
        using var folder = new TempFolder();
        var outcome = await UpdaterProgram.RunAsync(
            ["scan", "--json", "--data", folder.Path("data"), folder.Write("a", "x"), folder.Write("b", "y")]);

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains("No definitions", outcome.Errors, StringComparison.Ordinal);
        var answers = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([folder.Path("a"), folder.Path("b")], answers.Select(answer => (string)answer["path"]!));
        Assert.All(answers, answer => Assert.Equal(
            ("EC_AV_ERROR", "AVS_RESULT_DEFINITIONS_MISSING"), ((string)answer["status"]!, (string)answer["code"]!)));
    }

    [Fact]
    public async Task Behind_two_dashes_a_dash_begins_a_path()
    {
        using var folder = new TempFolder();
        var rules = folder.Write("a.ndb", Rule);
        folder.Write("-x", "a marker");
        var outcome = await UpdaterProgram.RunAsync(["scan", "--database", rules, "--no-summary", "--", "-x"], workingDirectory: folder.Root);

        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        Assert.Equal("-x: Test.Rule.UNOFFICIAL FOUND\n", outcome.Output);
    }

    [Fact]
    public async Task An_unknown_command_is_named_together_with_those_that_exist()
    {
        var outcome = await UpdaterProgram.RunAsync(["whatever"]);
        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("updater: there is no command 'whatever'; there are: run, update, status,", outcome.Errors, StringComparison.Ordinal);
        Assert.EndsWith("Try: updater --help\n", outcome.Errors, StringComparison.Ordinal);

        var nested = await UpdaterProgram.RunAsync(["publish", "nonsense"]);
        Assert.Equal(2, nested.ExitCode);
        Assert.EndsWith("Try: updater publish --help\n", nested.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("version")]
    [InlineData("update")]
    [InlineData("scan", "/etc/hostname")]
    public async Task A_data_folder_that_is_a_file_is_a_usage_error(params string[] command)
    {
        using var folder = new TempFolder();
        var outcome = await UpdaterProgram.RunAsync([.. command, "--data", folder.Write("file", "")]);

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains("it is a file. Choose another with --data", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_a_usage_error()
    {
        var outcome = await UpdaterProgram.RunAsync(["update", "--data", "/proc/updater-data"]);

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains("The data folder /proc/updater-data cannot be used", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scan --database \"$RULES\" \"$RULES\"")]
    [InlineData("scan --json --database \"$RULES\" \"$RULES\"")]
    [InlineData("status --data \"$DATA\"")]
    [InlineData("config show")]
    [InlineData("--help")]
    public async Task Results_that_cannot_be_written_are_an_error_that_blames_the_output(string arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        var outcome = await ShellAsync($"\"$UPDATER\" {arguments} > /dev/full");

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains("updater: standard output cannot be written", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_output_is_an_error()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Closed descriptors are recognised on Linux.");
        var outcome = await ShellAsync("\"$UPDATER\" scan --database \"$RULES\" \"$RULES\" >&-");

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains("standard output is closed", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_input_is_an_error_for_a_scan_of_it_and_for_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Closed descriptors are recognised on Linux.");
        var scan = await ShellAsync("\"$UPDATER\" scan --database \"$RULES\" - <&-");
        Assert.True(scan.ExitCode == 2, scan.ToString());
        Assert.Contains("standard input is closed", scan.Errors, StringComparison.Ordinal);

        var files = await ShellAsync("\"$UPDATER\" scan --database \"$RULES\" --no-summary /dev/null <&-");
        Assert.DoesNotContain("standard input", files.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_a_scan_that_waits_for_input_and_the_status_is_no_verdict()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Signals by name need a shell.");
        using var folder = new TempFolder();
        using var process = UpdaterProgram.Start(["scan", "--database", folder.Write("a.ndb", Rule), folder.Write("b.txt", "harmless text"), "-"]);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        // More than a pipe holds: when it is written, the scan is reading its input.
        await process.StandardInput.BaseStream.WriteAsync(new byte[1 << 20], timeout.Token);
        await process.StandardInput.BaseStream.FlushAsync(timeout.Token);
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(timeout.Token);
        }

        await process.WaitForExitAsync(timeout.Token);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("stopped", await process.StandardError.ReadToEndAsync(timeout.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_generation_is_told_as_damage_and_not_as_a_first_start()
    {
        await using var scenario = await Scenario.CreateAsync();
        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine(scenario.Settings.Data, "generations")), d => char.IsAsciiDigit(Path.GetFileName(d)[0]));
        Directory.Delete(folder, recursive: true);

        var status = await scenario.RunAsync("status");
        Assert.Contains($"generations/{Path.GetFileName(folder)} is missing", status.Output, StringComparison.Ordinal);
        var scan = await scenario.RunAsync("scan", scenario.Settings.ConfigFile);
        Assert.True(scan.ExitCode == 2, scan.ToString());
        Assert.Contains("is missing or damaged", scan.Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await scenario.RunAsync("update")).ExitCode);
        Assert.Equal(0, (await scenario.RunAsync("scan", scenario.Settings.ConfigFile)).ExitCode);
    }

    [Fact]
    public async Task An_image_is_not_written_into_a_folder_that_is_not_there()
    {
        using var folder = new TempFolder();
        var outcome = await UpdaterProgram.RunAsync(["compile", folder.Write("a.ndb", Rule), "--output", folder.Path("none", "a.image")]);

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.Contains(folder.Path("none"), outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Path("none")));
    }

    [Fact]
    public async Task A_control_request_with_a_key_that_does_not_exist_is_refused()
    {
        await using var scenario = await Scenario.CreateAsync();
        await using var service = await scenario.StartAsync();
        foreach (var (path, body) in new[]
        {
            ("v1/updates", """{"froce":true}"""), ("v1/rollback", """{"too":"1"}"""), ("v1/pin", """{"versoin":"1"}"""),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await service.Http.PostAsync(path, content);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task A_name_that_is_not_utf_8_is_an_error_and_never_another_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "File names are bytes on Linux.");
        var outcome = await ShellAsync("""
            mkdir d && printf 'a marker' > "d/$(printf 'x\377')" && printf 'harmless' > "d/$(printf 'x\357\277\275')"
            mkdir "d/$(printf 'y\377')" && printf 'a marker' > "d/$(printf 'y\377')/z"
            "$UPDATER" scan --no-summary --database "$RULES" d; echo "status $?"
            "$UPDATER" scan --no-summary --database "$RULES" "d/$(printf 'x\377')"; echo "status $?"
            rm -r d
            """);

        Assert.DoesNotContain("OK", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(2, outcome.Output.Split("status 2").Length - 1);
        Assert.Contains("The name is not UTF-8 ERROR", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scan --database pipe \"$RULES\"", 2)]
    [InlineData("scan --database folder \"$RULES\"", 2)]
    [InlineData("compile folder --output x.image", 2)]
    [InlineData("inspect pipe", 1)]
    [InlineData("publish build channel --package p --version 20261122.001 --files folder", 1)]
    public async Task A_pipe_is_refused_where_a_file_is_needed(string arguments, int status)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are made by mkfifo.");
        var outcome = await ShellAsync($"mkfifo pipe; mkdir folder; mkfifo folder/a.ndb; \"$UPDATER\" {arguments}");

        Assert.True(outcome.ExitCode == status, outcome.ToString());
        Assert.Contains("regular file", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_that_cannot_be_read_is_an_error_and_no_verdict()
    {
        var outcome = await ShellAsync("\"$UPDATER\" scan --no-summary --database \"$RULES\" - < /");

        Assert.True(outcome.ExitCode == 2, outcome.ToString());
        Assert.StartsWith("stdin: Can't read standard input", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_never_replaces_what_it_is_made_from()
    {
        var outcome = await ShellAsync("""
            cp "$RULES" r.ndb && ln -s r.ndb l.ndb && mkdir f && cp r.ndb f/
            "$UPDATER" compile r.ndb --output r.ndb; echo "status $?"
            "$UPDATER" compile r.ndb --output l.ndb; echo "status $?"
            "$UPDATER" compile f --output f/r.ndb; echo "status $?"
            cmp "$RULES" r.ndb && cmp "$RULES" f/r.ndb && echo whole
            """);

        Assert.Equal("status 2\nstatus 2\nstatus 2\nwhole\n", outcome.Output);
    }

    [Fact]
    public async Task What_costs_scans_most_is_listed()
    {
        var outcome = await ShellAsync("""
            printf 'Zeros:0:*:0000000000\nRare:0:*:93d7b16e0755aa\n' > r.ndb
            "$UPDATER" compile r.ndb --output r.image --weak 10; echo "status $?"
            "$UPDATER" compile r.ndb --output r.image --quiet --json; echo "status $?"
            """);

        Assert.Matches(@"2 signatures, [0-9]+ bytes, 0 lines skipped\n0+  [0-9.]+ per MiB  1 patterns  Zeros\nstatus 0\n", outcome.Output);
        Assert.Contains("r.ndb:1:0: IMG008: ", outcome.Errors, StringComparison.Ordinal);
        Assert.Matches("\"anchors\":{\"weak_signatures\":1,\"hottest\":\\[{\"window\":\"0+\",", outcome.Output);
    }

    [Fact]
    public async Task A_table_of_grams_is_counted_from_folders()
    {
        var outcome = await ShellAsync("""
            mkdir -p f/g && printf 'some harmless text' > f/a && printf 'more of it' > f/g/b && ln -s / f/link
            "$UPDATER" grams build f --output grams.model --json; echo "status $?"
            head -c 8 grams.model; echo
            "$UPDATER" grams build none --output x.model; echo "status $?"
            mkdir empty; "$UPDATER" grams build empty --output x.model; echo "status $?"
            ls
            """);

        Assert.Matches("\"files\":2,\"counted_bytes\":28,\"unreadable\":0}\nstatus 0\nUPDGRAMS\nstatus 2\nstatus 2\n", outcome.Output);
        Assert.DoesNotContain("x.model\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_every_client_would_refuse_is_not_built()
    {
        var outcome = await ShellAsync("""
            mkdir bad good linked && echo 'garbage;;;' > bad/x.ndb && cp "$RULES" good/x.ndb && ln -s /etc/hostname linked/x.ndb
            "$UPDATER" publish init channel --keys keys > init.txt; echo "status $?"
            "$UPDATER" publish build channel --package p --version 20261122.001 --files bad; echo "status $?"
            "$UPDATER" publish build channel --package p --version 99991231.999 --files good; echo "status $?"
            "$UPDATER" publish build channel --package p --version 20261122.001 --files linked; echo "status $?"
            """);

        Assert.Equal("status 0\nstatus 1\nstatus 1\nstatus 1\n", outcome.Output);
        Assert.Contains("signature_malformed: ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("version_future: ", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("is a link", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Odd_files_of_the_operator_are_left_out_and_stop_no_update()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes with names are made by mkfifo.");
        await using var scenario = await Scenario.CreateAsync();
        var local = Path.Combine(scenario.Settings.Data, "local");
        Directory.CreateDirectory(local);
        using var make = UpdaterProgram.StartProgram(
            "/bin/sh", ["-c", "mkfifo pipe.ndb && printf 'A:0:*:5858585858\\n' > \"$(printf '\\377.ndb')\""], workingDirectory: local);
        await UpdaterProgram.FinishAsync(make);
        await File.WriteAllTextAsync(Path.Combine(local, "own.ndb"), Rule);

        try
        {
            var update = await scenario.RunAsync("update");
            Assert.True(update.ExitCode == 0, update.ToString());
            var log = await File.ReadAllTextAsync(Path.Combine(scenario.Settings.Data, "logs", "update.log"));
            Assert.Contains("pipe.ndb is no regular file", log, StringComparison.Ordinal);
            Assert.Contains("has a name that is not UTF-8", log, StringComparison.Ordinal);
            Assert.Equal(1, (await scenario.RunAsync("scan", scenario.Folder.Write("m.txt", "a marker"))).ExitCode);
        }
        finally
        {
            // The base library cannot remove what it cannot name.
            using var clear = UpdaterProgram.StartProgram("/bin/sh", ["-c", "rm -r \"$1\"", "sh", local]);
            await UpdaterProgram.FinishAsync(clear);
        }
    }

    private static async Task<CommandOutcome> ShellAsync(string script)
    {
        using var folder = new TempFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["UPDATER"] = UpdaterProgram.FileName,
            ["RULES"] = folder.Write("a.ndb", Rule),
            ["DATA"] = folder.Path("data"),
        };
        using var process = UpdaterProgram.StartProgram("/bin/sh", ["-c", script], environment, folder.Root);
        return await UpdaterProgram.FinishAsync(process, limit: TimeSpan.FromMinutes(1));
    }
}
