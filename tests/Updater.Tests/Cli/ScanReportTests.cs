using Definitions;
using Engine;
using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class ScanReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 15, 27, 35, TimeSpan.Zero);

    [Fact]
    public void Lines_and_summary_have_the_exact_form()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new ScanReport(output, isJson: false, allMatches: false);

        report.Add(new ScanOutcome("a/clean", Result(ScanStatus.Clean), null));
        report.Add(new ScanOutcome("a/bad", Result(ScanStatus.Infected, "Test.A", bytes: 3_145_728), null));
        report.Add(new ScanOutcome("a/deep.zip", Result(ScanStatus.Unscannable, code: ScanCode.DecMaximumDepthReached), null));
        report.Add(new ScanOutcome("none", null, "No such file or directory"));
        report.WriteSummary(3, 1, Start, Start.AddMilliseconds(61_016), TimeZoneInfo.Utc);

        Assert.Equal(
            """
            a/clean: OK
            a/bad: Test.A FOUND
            a/deep.zip: DEC_RESULT_MAXIMUM_DEPTH_REACHED ERROR
            none: No such file or directory ERROR

            ----------- SCAN SUMMARY -----------
            Known viruses: 3
            Engine version: 1.0.0.0
            Scanned directories: 1
            Scanned files: 3
            Infected files: 1
            Total errors: 2
            Data scanned: 3.00 MB
            Data read: 3.00 MB (ratio 1.00:1)
            Time: 61.016 sec (1 m 1 s)
            Start Date: 2026:11:22 15:27:35
            End Date:   2026:11:22 15:28:36

            """,
            output.ToString());
    }

    [Fact]
    public void All_matches_give_a_line_a_name()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new ScanReport(output, isJson: false, allMatches: true);

        report.Add(new ScanOutcome("x", Result(ScanStatus.Infected, "A", matches: ["A", "B", "A"]), null));

        Assert.Equal("x: A FOUND\nx: B FOUND\n", output.ToString());
    }

    [Fact]
    public void Json_has_exactly_the_fields_of_the_contract()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new ScanReport(output, isJson: true, allMatches: false);

        report.Add(new ScanOutcome("x", Result(ScanStatus.Infected, "A", bytes: 5, matches: ["A"]), null));
        report.Add(new ScanOutcome("none", null, "No such file or directory"));

        Assert.Equal(
            """
            {"path":"x","status":"EC_AV_INFECTED","threat":"A","detected_by":null,"code":null,"codes":[{"code":"AVS_RESULT_VIRUS_FOUND","node":"x!y","count":2}],"matches":[{"signature":"A","package":"p","version":"20260101.001","node":"x!y","offset":7}],"generation":null,"sha256":null,"bytes":5,"nodes":1,"elapsed_ms":1.5,"degraded":false}
            {"path":"none","status":"EC_AV_ERROR","threat":"No such file or directory","detected_by":null,"code":null,"codes":[],"matches":[],"generation":null,"sha256":null,"bytes":0,"nodes":0,"elapsed_ms":0,"degraded":false}

            """,
            output.ToString());
    }

    [Fact]
    public void A_file_name_with_a_line_end_cannot_forge_a_line()
    {
        using var output = new StringWriter { NewLine = "\n" };

        new ScanReport(output, isJson: false, allMatches: false).Add(new ScanOutcome("a\n/etc/passwd: OK", Result(ScanStatus.Infected, "A"), null));

        Assert.Equal("a\\x0a/etc/passwd: OK: A FOUND\n", output.ToString());
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("c", 0)]
    [InlineData("ci", 1)]
    [InlineData("ie", 1)]
    [InlineData("ce", 2)]
    [InlineData("cu", 2)]
    [InlineData("um", 2)]
    [InlineData("m", 2)]
    public void Exit_status_prefers_a_find_over_errors(string outcomes, int status)
    {
        var report = new ScanReport(TextWriter.Null, isJson: false, allMatches: false);
        foreach (var outcome in outcomes)
        {
            report.Add(outcome switch
            {
                'c' => new ScanOutcome("x", Result(ScanStatus.Clean), null),
                'i' => new ScanOutcome("x", Result(ScanStatus.Infected, "A"), null),
                'e' => new ScanOutcome("x", Result(ScanStatus.Error), null),
                'u' => new ScanOutcome("x", Result(ScanStatus.Unscannable), null),
                _ => new ScanOutcome("x", null, "No such file or directory"),
            });
        }

        Assert.Equal(status, (int)report.Status);
    }

    private static ScanResult Result(
        ScanStatus status, string? threat = null, ScanCode? code = null, long bytes = 0, string[]? matches = null)
    {
        var package = new PackageId("p", DefinitionsVersion.Parse("20260101.001"));
        return new ScanResult
        {
            Status = status,
            Threat = threat,
            Code = code,
            Codes = matches is null ? [] : [new NodeCode(ScanCode.AvsVirusFound, "x!y", 2)],
            Matches = [.. (matches ?? []).Select(m => new NodeMatch(m, package, "x!y", 7))],
            Bytes = bytes,
            Nodes = 1,
            Elapsed = TimeSpan.FromMilliseconds(1.5),
        };
    }
}
