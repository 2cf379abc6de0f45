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

    [Theory]
    [InlineData("version --data /no/such/folder", 1)]
    [InlineData("check --data /no/such/folder", 2)]
    [InlineData("check --warn 3d --crit 1d", 3)]
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
