using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;
using Testing.Executables;

namespace Engine.Tests.Matching;

/// <summary>Offsets in executables, section digests and import digests against the reference engine, where that is installed.</summary>
public sealed class ReferenceExecutableTests
{
    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory, MemberData(nameof(Seeds))]
    public void Generated_executables_hit_as_in_the_reference_engine(int seed)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var cases = ExecutableCases.Generate(seed, 150);
        foreach (var (name, text) in cases.Databases)
        {
            folder.Write(Path.Combine("db", name), text);
        }

        foreach (var (name, content) in cases.Files)
        {
            folder.Write(Path.Combine("files", name), content);
        }

        var report = clamscan!.Scan(folder.Path("db"), folder.Path("files"));

        Assert.False(report.IsMalformed, report.Output);
        using var image = new CompiledImage(isOfficial: false, isLenient: false, [.. cases.Databases.Select(d => (d.Key, d.Value))]);
        var differences = new List<string>();
        var hits = 0;
        foreach (var (name, data) in cases.Files)
        {
            var type = TypeDetector.Detect(data.AsSpan(0, Math.Min(data.Length, TypeDetector.HeadBytes)));
            var expected = report.NamesByPath[folder.Path("files", name)];
            var actual = image.Match(data, type).Select(h => h.Signature).ToHashSet(StringComparer.Ordinal);
            hits += expected.Count;
            differences.AddRange(expected.Except(actual, StringComparer.Ordinal).Select(n => $"missed in {name}: {LineOf(cases, n)}"));
            differences.AddRange(actual.Except(expected, StringComparer.Ordinal).Select(n => $"wrong in {name}: {LineOf(cases, n)}"));
        }

        Assert.True(hits > 150, $"Only {hits} hits: the generator makes too few.");
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static string LineOf(ExecutableCases cases, string name) =>
        cases.Databases.Values.SelectMany(text => text.Split('\n'))
            .First(line => line.Contains(name.Replace(".UNOFFICIAL", "", StringComparison.Ordinal), StringComparison.Ordinal));
}
