using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>Generated logical signatures against the reference engine, where it is installed: 120 × 30 cases a seed.</summary>
public sealed class LogicalReferenceTests
{
    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory, MemberData(nameof(Seeds))]
    public void Generated_signatures_hit_the_same_files_as_in_the_reference_engine(int seed)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var cases = LogicalCases.Generate(seed, 120, 30);
        var empty = folder.Write("empty", "");
        var lines = Loading(clamscan!, folder, empty, cases.Lines);
        Assert.InRange(lines.Count, 100, 120);
        var database = "# generated\n" + string.Join('\n', lines) + "\n";
        foreach (var (name, data) in cases.Files)
        {
            folder.Write(Path.Combine("files", name), data);
        }

        var report = clamscan!.Scan(folder.Write("cases.ldb", database), folder.Path("files"));

        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("cases.ldb", database));
        var differences = new List<string>();
        var hits = 0;
        foreach (var (name, data) in cases.Files)
        {
            var expected = report.NamesByPath[folder.Path("files", name)];
            var actual = image.Match(data, ObjectType.Binary).Select(hit => hit.Signature).ToHashSet(StringComparer.Ordinal);
            hits += expected.Count;
            differences.AddRange(expected.Except(actual, StringComparer.Ordinal).Select(n => Describe("missed", n, data)));
            differences.AddRange(actual.Except(expected, StringComparer.Ordinal).Select(n => Describe("wrong", n, data)));
        }

        Assert.True(hits > 100, $"Only {hits} hits: the generator makes too few.");
        Assert.True(differences.Count == 0, string.Join('\n', differences));

        string Describe(string what, string name, byte[] data) =>
            $"{what} {lines.First(line => line.StartsWith(name.Replace(".UNOFFICIAL", ";", StringComparison.Ordinal), StringComparison.Ordinal))} on {Convert.ToHexString(data)}";
    }

    /// <summary>The lines that the reference engine takes; the rest is told apart by halves.</summary>
    private static List<string> Loading(ClamScan clamscan, TempFolder folder, string empty, IReadOnlyList<string> lines)
    {
        if (!clamscan.Scan(folder.Write("some.ldb", string.Join('\n', lines) + "\n"), empty).IsMalformed)
        {
            return [.. lines];
        }

        var half = lines.Count / 2;
        return half == 0
            ? []
            : [.. Loading(clamscan, folder, empty, [.. lines.Take(half)]), .. Loading(clamscan, folder, empty, [.. lines.Skip(half)])];
    }
}
