using System.Globalization;
using System.Text.RegularExpressions;
using Testing;

namespace Engine.Tests.Verdicts;

public sealed partial class ScanCodesTests
{
    // Counts of csapi.md §4.
    private const int Matcher = 7;
    private const int Decomposer = 42;
    private const int Generic = 10;
    private const int Licence = 7;

    [Fact]
    public void There_are_66_in_four_tables()
    {
        Assert.Equal(66, ScanCodes.All.Count);
        Assert.Equal(66, Enum.GetValues<ScanCode>().Length);
        int[] counts = [Matcher, Decomposer, Generic, Licence];
        Assert.Equal(counts, Enum.GetValues<ScanCodeCategory>().Select(c => ScanCodes.All.Count(code => code.Category() == c)));
    }

    [Fact, Trait("req", "M-174")]
    public void Numbers_are_the_positions_in_the_tables()
    {
        foreach (var group in ScanCodes.All.GroupBy(code => code.Category()))
        {
            Assert.Equal(Enumerable.Range(0, group.Count()), group.Select(code => code.Position()));
            Assert.All(group, (code, i) => Assert.Equal(((int)group.Key << 8) + i, (int)code));
        }

        // The one number that a log of the original shows.
        Assert.Equal(0xA, ScanCode.DecMalformedContainerDetected.Position());
        Assert.Equal(0, (int)ScanCode.AvsScannerNotInitialized);
        Assert.Equal(1, (int)ScanCode.AvsVirusFound);
        Assert.Equal(0x129, (int)ScanCode.DecFailedInsertingNotificationInEmptyBodyMime);
        Assert.Equal(0x209, (int)ScanCode.GenAvscannerInScanningorderNotInitialized);
        Assert.Equal(0x306, (int)ScanCode.LicInvalidAvUpdatesLicense);
    }

    [Fact, Trait("req", "M-173"), Trait("req", "M-174")]
    public void Names_are_the_contract()
    {
        Assert.Equal("AVS_RESULT_VIRUS_FOUND", ScanCode.AvsVirusFound.ToName());
        Assert.Equal("DEC_RESULT_MAXIMUM_DEPTH_REACHED", ScanCode.DecMaximumDepthReached.ToName());
        foreach (var code in ScanCodes.All)
        {
            Assert.True(ScanCodes.TryParse(code.ToName(), out var parsed));
            Assert.Equal(code, parsed);
            Assert.Equal(code.ToString(), code.ToName().Replace("_RESULT", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
            var prefix = code.Category() switch
            {
                ScanCodeCategory.Matcher => "AVS_",
                ScanCodeCategory.Decomposer => "DEC_",
                ScanCodeCategory.Generic => "GEN_",
                ScanCodeCategory.Licence => "LIC_",
            };
            Assert.StartsWith(prefix, code.ToName(), StringComparison.Ordinal);
        }

        Assert.False(ScanCodes.TryParse("DEC_RESULT_NONE", out _));
    }

    [Fact]
    public void The_page_tells_the_truth()
    {
        var page = File.ReadAllText(Path.Combine(Fixture.RepositoryRoot, "docs", "scan-codes.md"));
        var rows = Row().Matches(page).ToDictionary(m => m.Groups["name"].Value, m => m, StringComparer.Ordinal);
        Assert.Equal(string.Join(' ', ScanCodes.All.Select(code => code.ToName())), string.Join(' ', rows.Keys));
        var raised = RaisedInSource();
        foreach (var code in ScanCodes.All)
        {
            var row = rows[code.ToName()];
            Assert.Equal(code.Position().ToString(CultureInfo.InvariantCulture), row.Groups["position"].Value);
            Assert.Equal(code.Class().ToString(), row.Groups["class"].Value);
            Assert.Equal(Engine.Verdicts.CodeRanking.Status([code]).ToName()["EC_AV_".Length..], row.Groups["status"].Value);
            var isRaised = !row.Groups["when"].Value.StartsWith("*not yet*", StringComparison.Ordinal);
            Assert.True(isRaised == raised.Contains(code.ToString(), StringComparer.Ordinal), $"{code.ToName()}: the page says raised = {isRaised}.");
        }
    }

    /// <summary>Codes that the engine's source names outside of the tables.</summary>
    private static HashSet<string> RaisedInSource()
    {
        string[] tables = ["ScanCode.cs", "ScanCodeTable.cs", "CodeRanking.cs"];
        return Directory.EnumerateFiles(Path.Combine(Fixture.RepositoryRoot, "src", "Engine"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !tables.Contains(Path.GetFileName(file), StringComparer.Ordinal))
            .SelectMany(file => Use().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["code"].Value)
            .ToHashSet(StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| (?<position>\d+) \| `(?<name>[A-Z_]+)` \| (?<class>\w+) \| (?<status>[A-Z]+) \| (?<when>.*) \|\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"ScanCode\.(?<code>(Avs|Dec|Gen|Lic)\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Use();
}
