using System.Text.Json;
using Definitions.Signatures;
using Engine.Images;
using Testing;
using Updater.Cli;

namespace Updater.Tests.Cli;

public sealed class LintReportTests
{
    [Fact]
    public void Findings_and_sums_have_the_exact_form()
    {
        Assert.Equal(
            """
            own.ndb:5:8: error SIG030: 'z' has no place here.
                hint: H
            own.ndb: 6 lines, 3 load, 1 skipped, 1 malformed, 0 warnings
            1 file: 6 lines, 3 load, 1 skipped, 1 malformed, 0 warnings; 2.00 s, 3 lines/s
            Lenient: the malformed lines are left out, as in local/ and in sources that nobody signed; a signed package is refused.

            """.ReplaceLineEndings("\n"),
            Write(isJson: false, isVerbose: false, isStrict: false));
    }

    [Fact]
    public void Strict_refuses_the_whole_set_and_verbose_names_what_loads()
    {
        var text = Write(isJson: false, isVerbose: true, isStrict: true);
        Assert.Contains("own.ndb:2: loads Good\n", text, StringComparison.Ordinal);
        Assert.EndsWith("Strict: the whole set is refused, as in a signed package.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        var objects = Write(isJson: true, isVerbose: true, isStrict: true).TrimEnd('\n').Split('\n')
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["loads", "finding", "file", "summary"], objects.Select(o => o.GetProperty("type").GetString()!), StringComparer.Ordinal);
        Assert.Equal("SIG030", objects[1].GetProperty("code").GetString());
        Assert.Equal(8, objects[1].GetProperty("column").GetInt32());
        Assert.Equal("H", objects[1].GetProperty("hint").GetString());
        Assert.Equal((0, true, 3), (objects[3].GetProperty("loaded").GetInt32(), objects[3].GetProperty("refused").GetBoolean(), objects[3].GetProperty("lines_per_second").GetInt32()));
    }

    [Theory]
    [InlineData(false, "own.ndb: 6 more findings; --max-findings 0 prints all\n")]
    [InlineData(true, "{\"type\":\"more\",\"file\":\"own.ndb\",\"findings\":6}\n")]
    public void More_findings_of_a_severity_than_asked_for_are_counted(bool isJson, string more)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new LintReport(new Terminal(output, TextWriter.Null, isJson, isQuiet: false, isPlain: true), isVerbose: false, isStrict: false, maxFindings: 2);
        for (var line = 1; line <= 5; line++)
        {
            report.Found("own.ndb", new Diagnostic("SIG130", DiagnosticSeverity.Skipped, "For others.", "own.ndb", line, 0));
            report.Found("own.ndb", new Diagnostic("SIG030", DiagnosticSeverity.Error, "Bad.", "own.ndb", line, 0));
        }

        report.EndFile("own.ndb", new LintCounts(10, 0, 5, 0, 5));
        report.Found("other.ndb", new Diagnostic("SIG030", DiagnosticSeverity.Error, "Bad.", "other.ndb", 1, 0));
        var text = output.ToString();
        Assert.Contains(more, text, StringComparison.Ordinal);
        Assert.Equal((2, 3), (Count(text, "SIG130"), Count(text, "SIG030")));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Write(bool isJson, bool isVerbose, bool isStrict)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var report = new LintReport(new Terminal(output, TextWriter.Null, isJson, isQuiet: false, isPlain: true), isVerbose, isStrict, maxFindings: 1000);
        report.Loads("own.ndb", ParsedSignatures.Of("own.ndb", "#c\nGood:0:*:414243\n").Signatures[0]);
        report.Found("own.ndb", new Diagnostic("SIG030", DiagnosticSeverity.Error, "'z' has no place here.", "own.ndb", 5, 8) { Hint = "H" });
        report.EndFile("own.ndb", new LintCounts(6, 3, 1, 0, 1));
        report.End(1, TimeSpan.FromSeconds(2));
        Assert.Equal(1, report.Errors);
        return output.ToString();
    }
}
