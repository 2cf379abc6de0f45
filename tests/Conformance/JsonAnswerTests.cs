using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>Whoever asks for JSON gets a document, whatever went wrong.</summary>
public sealed class JsonAnswerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("signatures lint empty", "No signature files in ")]
    [InlineData("signatures lint none.ndb", "No such file")]
    [InlineData("compile bad.ndb --output x.image", "bad.ndb:1:", "signature_malformed")]
    [InlineData("compile empty --output x.image", "No signatures in ")]
    [InlineData("inspect bad.ndb", "bad.ndb: ")]
    [InlineData("history --limit abc", "--limit is a number")]
    [InlineData("nonsense", "there is no command")]
    [InlineData("update --source nobody", "There is no source named")]
    [InlineData("status --set colour=1", "colour = 1")]
    [InlineData("scan --profile nobody bad.ndb", "There is no profile")]
    [InlineData("publish verify nowhere --root none.json", "")]
    public async Task A_run_that_fails_says_why(string line, string error, string? reason = null)
    {
        Directory.CreateDirectory(_folder.Path("empty"));
        _folder.Write("bad.ndb", "bad\n");
        var outcome = await UpdaterProgram.RunAsync([.. line.Split(' '), "--json"], workingDirectory: _folder.Root);
        Assert.True(outcome.ExitCode is 1 or 2, outcome.ToString());
        var answer = JsonNode.Parse(outcome.Output)!;
        Assert.Contains(error, (string)answer["error"]!, StringComparison.Ordinal);
        Assert.Equal(reason, (string?)answer["reason"]);
        Assert.NotEqual("", outcome.Errors);
    }

    [Theory]
    [InlineData("check --warn abc", "state")]
    [InlineData("config check --set colour=1", "problems")]
    [InlineData("version", "product")]
    [InlineData("scan empty.txt", "path")]
    public async Task Those_with_a_document_of_their_own_keep_it(string line, string member)
    {
        _folder.Write("empty.txt", "");
        var outcome = await UpdaterProgram.RunAsync([.. line.Split(' '), "--json"], workingDirectory: _folder.Root);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.NotNull(JsonNode.Parse(outcome.Output)![member]);
    }
}
