using System.Text.Json.Nodes;
using Testing;
using Testing.ClamAv;

namespace Conformance;

/// <summary>The same files and signature files through the reference engine and through <c>updater scan --database</c>.</summary>
public sealed class ClamScanTests
{
    public static TheoryData<int> Seeds => [.. ReferenceSeeds.All];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Gives_the_verdicts_and_names_of_the_reference_engine(int seed)
    {
        var reference = ClamScan.Find();
        Assert.SkipWhen(reference is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var cases = ClamCases.Generate(seed, count: 100);
        cases.Write(folder);

        var expected = reference!.Scan(folder.Path("db"), folder.Path("files"));
        var ours = await UpdaterProgram.RunAsync(
            ["scan", "--database", folder.Path("db"), "--all-match", "--json", "--data", folder.Path("data"), folder.Path("files")]);

        Assert.Contains(expected.ExitCode, new[] { 0, 1 });
        Assert.True(ours.ExitCode == expected.ExitCode, ours.ToString());
        var differences = new List<string>();
        foreach (var line in ours.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var result = JsonNode.Parse(line)!;
            var path = (string)result["path"]!;
            var names = result["matches"]!.AsArray().Select(m => (string)m!["signature"]!).ToHashSet(StringComparer.Ordinal);
            if (!names.SetEquals(expected.NamesByPath[path]))
            {
                differences.Add($"{path}: reference [{string.Join(", ", expected.NamesByPath[path])}] ours [{string.Join(", ", names)}]");
            }
        }

        Assert.Empty(differences);
        Assert.Equal(cases.Files.Count, ours.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Scans_with_containers_and_folders_of_them()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.Path("db"));
        await File.WriteAllBytesAsync(folder.Path("db", "tst.cud"), ClamAvPublisher.Cud(new ClamAvRelease("tst", 3, ("tst.ndb", "Marker:0:*:6d61726b6572\n"u8.ToArray()))));
        folder.Write(Path.Combine("db", "own.ndb"), "Own:0:*:6f776e\n");
        var sample = folder.Write("m.txt", "a marker of my own");

        var all = await UpdaterProgram.RunAsync(["scan", "--database", folder.Path("db"), "--all-match", "--no-summary", sample]);
        Assert.True(all.ExitCode == 1, all.ToString());
        Assert.Equal(
            [$"{sample}: Marker.UNOFFICIAL FOUND", $"{sample}: Own.UNOFFICIAL FOUND"],
            all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

        // Signed, but by nobody whose key is published: nothing of it is used.
        await File.WriteAllBytesAsync(folder.Path("db", "tst.cvd"), ClamAvPublisher.Default.Cvd(new ClamAvRelease("tst", 4, ("tst.ndb", "Marker:0:*:6d61726b6572\n"u8.ToArray()))));
        var refused = await UpdaterProgram.RunAsync(["scan", "--database", folder.Path("db", "tst.cvd"), "--no-summary", sample]);
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains("tst.cvd", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }
}
