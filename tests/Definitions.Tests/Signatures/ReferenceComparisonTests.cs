using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>Parser and oracle against the reference engine itself, where that is installed.</summary>
public sealed class ReferenceComparisonTests
{
    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory, MemberData(nameof(Seeds))]
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

    [Fact]
    public void Damaged_signatures_load_or_fail_as_in_the_reference_engine()
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var empty = folder.Write("empty", "");
        var random = new Random(1);
        var lines = Enumerable.Range(0, 300).Select(_ => DamagedLine(random)).ToList();
        var loading = lines.Where(line => !ParsedSignatures.Of("t.ndb", line).IsMalformed).ToList();
        Assert.InRange(loading.Count, 30, 270);

        var together = clamscan!.Scan(folder.Write("loading.ndb", string.Join('\n', loading)), empty);
        Assert.False(together.IsMalformed, together.Output);
        Assert.All(lines.Except(loading, StringComparer.Ordinal).Take(100), line =>
        {
            // Half bytes and distances are where the reference engine is laxer (docs/differences.md).
            var code = ParsedSignatures.Of("t.ndb", line).Diagnostics[^1].Code;
            var isLaxThere = code is "SIG031" or "SIG038";
            Assert.True(isLaxThere || clamscan.Scan(folder.Write("one.ndb", line), empty).IsMalformed, line);
        });
    }

    private static string DamagedLine(Random random)
    {
        const string characters = "0123456789abcdef??**{}[]()||!BLW-";
        var hex = new PatternGenerator(random).Pattern(isForReference: true);
        var at = random.Next(hex.Length);
        var character = characters[random.Next(characters.Length)].ToString();
        var damaged = random.Next(3) switch
        {
            0 => hex.Remove(at, 1),
            1 => hex.Insert(at, character),
            _ => hex.Remove(at, 1).Insert(at, character),
        };
        return $"T:{random.Next(3)}:*:{damaged}";
    }
}
