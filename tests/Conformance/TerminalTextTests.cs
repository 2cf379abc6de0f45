using Testing;

namespace Conformance;

/// <summary>Names and lines from outside reach a terminal without their control characters.</summary>
public sealed class TerminalTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_signatures_and_files_in_every_human_output()
    {
        var rules = _folder.Write("rules.ndb", "Evil\u001b[31m\u0007:0:*:736563726574\n");
        var sample = _folder.Write("a\u001b]0;title\u0007.txt", "a secret");
        foreach (var arguments in (string[][])
            [
                ["scan", "--database", rules, sample],
                ["scan", "--all-match", "--database", rules, sample],
                ["scan", "--database", sample, sample],
                ["signatures", "lint", "--verbose", rules],
                ["signatures", "lint", sample],
                ["compile", sample, "--output", _folder.Path("x\u001b.image")],
                ["compile", rules, "--weak", "5", "--output", _folder.Path("x\u001b.image")],
                ["inspect", sample],
                ["update", "--source", "\u001b[2J"],
                ["nothing\u001b[2J"],
                ["status", "--data", _folder.Path("\u001b[2J")],
            ])
        {
            var outcome = await UpdaterProgram.RunAsync(arguments, workingDirectory: _folder.Root);
            Assert.DoesNotContain(outcome.Output + outcome.Errors, c => char.IsControl(c) && c is not ('\n' or '\t'));
        }

        var found = await UpdaterProgram.RunAsync(["scan", "--no-summary", "--database", rules, sample]);
        Assert.EndsWith("Evil\\x1b[31m\\x07.UNOFFICIAL FOUND\n", found.Output, StringComparison.Ordinal);
        var json = await UpdaterProgram.RunAsync(["scan", "--json", "--database", rules, sample]);
        Assert.Equal("Evil\u001b[31m\u0007.UNOFFICIAL", (string?)System.Text.Json.Nodes.JsonNode.Parse(json.Output)!["threat"]);
    }
}
