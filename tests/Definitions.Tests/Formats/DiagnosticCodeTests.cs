using System.Reflection;
using Definitions.Formats.ClamAv;
using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>Codes, their table, and the golden pairs that show each one.</summary>
public sealed class DiagnosticCodeTests
{
    public static TheoryData<string> Inputs =>
        [.. Directory.GetFiles(Fixture.Path("signatures", "diagnostics"), "*.in").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static List<string> Codes { get; } = [.. typeof(SignatureCodes)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(constant => (string)constant.GetRawConstantValue()!)
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void The_table_lists_exactly_the_codes_of_the_source()
    {
        var table = File.ReadLines(Path.Combine(Fixture.RepositoryRoot, "docs", "diagnostics.md"))
            .Where(line => line.StartsWith("| `SIG", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .ToList();
        Assert.Equal(Codes, table, StringComparer.Ordinal);
    }

    [Fact]
    public void Every_code_has_a_hint() => Assert.All(Codes, code => Assert.NotNull(SignatureHints.Find(code)));

    [Fact]
    public void Every_code_is_used_and_none_is_written_out_beside_the_constants()
    {
        var folder = Path.Combine(Fixture.RepositoryRoot, "src", "Definitions");
        var source = string.Concat(Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != "SignatureCodes.cs")
            .Select(File.ReadAllText));
        Assert.All(
            typeof(SignatureCodes).GetFields(BindingFlags.Static | BindingFlags.Public),
            constant => Assert.Contains($"SignatureCodes.{constant.Name},", source, StringComparison.Ordinal));
        Assert.DoesNotContain("\"SIG", source, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Findings_read_as_recorded(string input)
    {
        var path = Fixture.Path("signatures", "diagnostics", input);
        var file = new SignatureFile(Path.GetFileNameWithoutExtension(input), ParsedSignatures.Package, IsOfficial: false);
        if (input.StartsWith("told.", StringComparison.Ordinal))
        {
            // Lines that are skipped in silence elsewhere.
            file = file with { TellsSkippedLines = true, Unwanted = UnwantedPolicy.Load(["NetTool"], []) };
        }

        var parsed = ParsedSignatures.Of(file, File.ReadAllBytes(path));
        var lines = parsed.Diagnostics.Select(d => $"{d.Severity.ToString().ToLowerInvariant()} {d}")
            .Append($"{parsed.Summary.Signatures} signatures, {parsed.Summary.Skipped} skipped, {parsed.Summary.Errors} errors");
        Golden.Check(Path.ChangeExtension(path, ".out"), string.Join('\n', lines) + "\n");
    }

    [Fact]
    public void Every_code_is_shown_by_a_golden_pair()
    {
        var shown = string.Concat(Directory.GetFiles(Fixture.Path("signatures", "diagnostics"), "*.out").Select(File.ReadAllText));
        Assert.All(Codes, code => Assert.Contains(code + ":", shown, StringComparison.Ordinal));
    }
}
