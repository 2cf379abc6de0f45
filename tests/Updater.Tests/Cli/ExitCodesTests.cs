using System.CommandLine;
using System.CommandLine.Help;
using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData("activated", "", 0)]
    [InlineData("already_current", "", 0)]
    [InlineData("failed", "disk_space", 1)]
    [InlineData("failed", "source_unreachable", 1)]
    [InlineData("failed", "configuration", 2)]
    [InlineData("refused", "package_digest", 1)]
    [InlineData("refused", "metadata_expired", 1)]
    [InlineData("refused", "probe_missed", 4)]
    [InlineData("refused", "trial_load_failed", 4)]
    [InlineData("refused", "no_signatures", 4)]
    [InlineData("refused", "signature_malformed", 4)]
    [InlineData("held", "", 4)]
    [InlineData("cancelled", "", 1)]
    public void An_updates_outcome_has_one_status(string outcome, string reason, int status) =>
        Assert.Equal(status, (int)ExitCodes.Of(outcome, reason));

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("no-such-verb")]
    [InlineData("scan")]
    [InlineData("compile a.ndb")]
    [InlineData("history --limit 0")]
    [InlineData("history --limit abc")]
    [InlineData("history --limit 1001")]
    [InlineData("signatures lint --max-findings abc a.ndb")]
    [InlineData("compile --weak -5 -o out.image a.ndb")]
    [InlineData("compile --weak 99 -o out.image a.ndb")]
    [InlineData("update --timeout abc")]
    [InlineData("update --timeout -5")]
    [InlineData("rollback --hold abc")]
    [InlineData("rollback --hold -5")]
    [InlineData("update --timeout soon --set sources=")]
    [InlineData("update --source nobody")]
    [InlineData("status --set colour=1")]
    [InlineData("config check --config /no/such/file.json")]
    [InlineData("scan --database /no/such/file.ndb x")]
    [InlineData("scan --profile nobody x")]
    [InlineData("scan --data /no/such/folder x")]
    [InlineData("status --data /dev/null/folder")]
    [InlineData("history --data /dev/null/folder/below")]
    [InlineData("history --data /proc/no-such-folder")]
    public async Task A_usage_mistake_is_status_2(string line) =>
        Assert.Equal(2, await CommandLine.RunAsync(line.Split(' '), CancellationToken.None));

    public static TheoryData<string, string> TypedOptions
    {
        get
        {
            var options = new TheoryData<string, string>();
            var open = new Queue<(Command Command, string Path)>([(CommandLine.Create(), "")]);
            while (open.TryDequeue(out var next))
            {
                foreach (var option in next.Command.Options.Where(option => option.ValueType != typeof(bool) && option is not (HelpOption or VersionOption)))
                {
                    if (!(option.ValueType == typeof(string) || option.ValueType == typeof(string[])) || option.CompletionSources.Count > 0)
                    {
                        options.Add(next.Path, option.Name);
                    }
                }

                foreach (var below in next.Command.Subcommands)
                {
                    open.Enqueue((below, $"{next.Path} {below.Name}".Trim()));
                }
            }

            return options;
        }
    }

    [Theory]
    [MemberData(nameof(TypedOptions))]
    public async Task A_value_of_the_wrong_type_is_a_usage_mistake(string verb, string option)
    {
        foreach (var value in (string[])["abc", "-5", "99999999999999999999", ""])
        {
            string[] line = [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"{option}={value}"];
            Assert.Contains(CommandLine.Create().Parse(line).Errors, error => error.Message.Contains(option, StringComparison.Ordinal)
                || error.Message.Contains(value, StringComparison.Ordinal));
            Assert.Equal(2, await CommandLine.RunAsync(line, CancellationToken.None));
        }
    }

    [Fact]
    public void The_options_with_a_type_are_looked_for_and_found() =>
        Assert.Superset(
            new HashSet<string> { "--limit", "--max-findings", "--weak", "--threshold", "--max-file-mib", "--algorithm", "--expires" },
            TypedOptions.Select(row => row.Data.Item2).ToHashSet());

    [Theory]
    [InlineData("version --data /no/such/folder", 1)]
    [InlineData("check --data /no/such/folder", 2)]
    [InlineData("check --warn 3d --crit 1d", 3)]
    [InlineData("check --warn abc", 3)]
    [InlineData("check --crit -5", 3)]
    [InlineData("status --data /no/such/folder", 0)]
    [InlineData("history --data /no/such/folder", 0)]
    [InlineData("config check", 0)]
    [InlineData("scan --help", 0)]
    [InlineData("--help", 0)]
    public async Task Without_definitions_the_questions_still_have_their_status(string line, int status) =>
        Assert.Equal(status, await CommandLine.RunAsync(line.Split(' '), CancellationToken.None));

    [Fact]
    public void Every_verb_has_an_example_in_its_help()
    {
        var without = CommandLine.Create().Subcommands
            .Where(c => !c.Hidden && c.Name != "publish" && c is not VerbCommand { Examples.Count: > 0 }).Select(c => c.Name);

        Assert.Empty(without);
    }
}
