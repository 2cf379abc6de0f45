using Testing;

namespace Conformance;

/// <summary>The seeds of the fuzzer, and with them every input it ever tripped over, are harmless now.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly string _corpus = Path.Combine(Fixture.RepositoryRoot, "fixtures", "fuzz");

    public static TheoryData<string> Targets => [.. Directory.GetDirectories(_corpus).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task No_seed_escapes(string target)
    {
        var folder = Path.Combine(_corpus, target);
        using var process = UpdaterProgram.StartProgram(UpdaterProgram.Fuzz, [target, folder]);
        var outcome = await UpdaterProgram.FinishAsync(process, limit: TimeSpan.FromMinutes(1));

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Equal(Directory.GetFiles(folder).Length, outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Every_parser_has_seeds()
    {
        using var process = UpdaterProgram.StartProgram(UpdaterProgram.Fuzz, []);
        var outcome = await UpdaterProgram.FinishAsync(process, limit: TimeSpan.FromMinutes(1));
        var names = outcome.Errors.Split(' ')[2].Split('|').Order(StringComparer.Ordinal);
        Assert.Equal(names, Directory.GetDirectories(_corpus).Where(folder => Directory.GetFiles(folder).Length > 0)
            .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));
    }
}
