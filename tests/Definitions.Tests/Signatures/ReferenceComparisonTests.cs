using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>The oracle against the reference engine itself, where that is installed.</summary>
public sealed class ReferenceComparisonTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Generated_signatures_hit_the_same_files_as_in_the_reference_engine(int seed)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var cases = ClamCases.Generate(seed, 250);
        cases.Write(folder);

        var report = clamscan!.Scan(folder.Path("db"), folder.Path("files"));

        Assert.False(report.IsMalformed, report.Output);
        var naive = new NaiveScan(cases.Databases);
        var differences = new List<string>();
        var hits = 0;
        foreach (var (name, data) in cases.Files)
        {
            var expected = report.NamesByPath[folder.Path("files", name)];
            var actual = naive.Names(data);
            hits += expected.Count;
            differences.AddRange(expected.Except(actual, StringComparer.Ordinal).Select(n => Describe("missed", n, data)));
            differences.AddRange(actual.Except(expected, StringComparer.Ordinal).Select(n => Describe("wrong", n, data)));
        }

        Assert.True(hits > 50, $"Only {hits} hits: the generator makes too few.");
        Assert.True(differences.Count == 0, string.Join('\n', differences));

        string Describe(string what, string name, byte[] data) =>
            $"{what} {cases.Databases.Values.SelectMany(text => text.Split('\n'))
                .First(line => line.Contains(name.Replace(".UNOFFICIAL", "", StringComparison.Ordinal), StringComparison.Ordinal))} on {Convert.ToHexString(data)}";
    }
}
