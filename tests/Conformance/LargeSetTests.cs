using System.Text.Json.Nodes;
using Testing;

namespace Conformance;

/// <summary>A folder of 300,000 mixed lines: every one of them loads, in bounded memory, and the program says what it took.</summary>
public sealed class LargeSetTests(ITestOutputHelper output)
{
    private const int Lines = 300_000;
    private const long MemoryLimit = 400L << 20;

    [Fact]
    public async Task Loads_in_bounded_memory_and_reports_lines_a_second_and_peak_memory()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.Path("set"));
        LargeSet.Write(folder, "set", Lines);

        var compile = await UpdaterProgram.RunAsync(["compile", folder.Path("set"), "--output", folder.Path("set.image"), "--json"]);

        Assert.True(compile.ExitCode == 0, compile.ToString());
        var answer = JsonNode.Parse(compile.Output)!;
        Assert.Equal(Lines, (long)answer["lines"]!);
        Assert.Equal(Lines, (long)answer["signatures"]!);
        Assert.Equal(6, answer["accepted"]!.AsObject().Count);
        Assert.True((double)answer["seconds"]! > 0);
        Assert.InRange((long)answer["peak_memory_bytes"]!, 1, MemoryLimit);
        output.WriteLine(compile.Output);

        var lint = await UpdaterProgram.RunAsync(["signatures", "lint", folder.Path("set")]);
        Assert.True(lint.ExitCode == 0, lint.ToString());
    }
}
