using System.Text.RegularExpressions;
using Testing;

namespace Conformance;

/// <summary>
/// Every command in the README is run, in order, in one folder; each line of output that the README shows must come
/// out again, but for numbers, times and digests.
/// </summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Every_command_works_and_prints_what_the_readme_shows()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "The README's commands are written for a shell.");
        using var folder = new TempFolder();
        var search = $"{Path.GetDirectoryName(UpdaterProgram.FileName)}:{Environment.GetEnvironmentVariable("PATH")}";
        var examples = Read(await File.ReadAllLinesAsync(Path.Combine(Fixture.RepositoryRoot, "README.md")));
        Assert.True(examples.Count >= 8, $"{examples.Count} commands found");
        foreach (var example in examples)
        {
            using var process = UpdaterProgram.StartProgram(
                "/bin/bash", ["-c", example.Command], new Dictionary<string, string> { ["PATH"] = search }, folder.Root);
            var outcome = await UpdaterProgram.FinishAsync(process);
            var shown = Shape(outcome.Output + outcome.Errors);
            Assert.True(outcome.ExitCode == example.ExitCode, $"$ {example.Command}\n{outcome}");
            foreach (var line in example.Output)
            {
                Assert.True(
                    shown.Contains(Shape(line), StringComparison.Ordinal),
                    $"$ {example.Command}\nThe README shows: {line}\n{outcome}");
            }
        }
    }

    /// <summary>Lines <c>$ command</c> in <c>console</c> blocks, with the output below; <c># exit N</c> ends a command that does not end in 0.</summary>
    private static List<Example> Read(string[] lines)
    {
        var examples = new List<Example>();
        var isInside = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isInside = line == "```console";
            }
            else if (isInside && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                var parts = line[2..].Split("  # exit ");
                examples.Add(new Example(parts[0], parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0, []));
            }
            else if (isInside && line.Length > 0)
            {
                examples[^1].Output.Add(line);
            }
        }

        return examples;
    }

    /// <summary>Digests, numbers, ages and runs of blanks differ from run to run.</summary>
    private static string Shape(string text) =>
        Blanks().Replace(Numbers().Replace(Ages().Replace(Digests().Replace(text, "#"), "0 ago"), "0"), " ").Trim();

    [GeneratedRegex("[0-9a-f]{16,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digests();

    [GeneratedRegex("[0-9]+ (second|minute|hour|day)s? ago", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ages();

    [GeneratedRegex("[0-9]+([.:][0-9]+)*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"[ \t─━]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();

    private sealed record Example(string Command, int ExitCode, List<string> Output);
}
