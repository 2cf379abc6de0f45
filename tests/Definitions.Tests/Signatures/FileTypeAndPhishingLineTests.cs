using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>Lines of .ftm, .pdb, .wdb and .gdb (clamav-formats.md §3.9, §4.1), and what the reference engine makes of the same.</summary>
public sealed class FileTypeAndPhishingLineTests
{
    private const string Hash = "d22d396c1aa5e36e1b39ab7ac7fb0bbb0a0ed2a2f4d2f7a9c9b9bfb9ed46c6c1";

    public static TheoryData<string, string, string?> Lines => new()
    {
        { "a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", null },
        { "a.ftm", "0:0::ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", null },
        { "a.ftm", "0:5000:504b0304::CL_TYPE_ANY:CL_TYPE_ANY:", null },
        { "a.ftm", "1:*:5261:SFX:CL_TYPE_ANY:CL_TYPE_RARSFX", null },
        { "a.ftm", "1:EOF-512:6b6f6c79:DMG:CL_TYPE_ANY:CL_TYPE_DMG", null },
        { "a.ftm", "4:0:4552:APM:CL_TYPE_PART_ANY:CL_TYPE_APM", null },
        { "a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_FOO", "SIG081" },
        { "a.ftm", "0:0:504b0304:ZIP:CL_TYPE_FOO:CL_TYPE_ZIP", "SIG081" },
        { "a.ftm", "x:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", "SIG080" },
        { "a.ftm", "0:*:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", "SIG082" },
        { "a.ftm", "0:EOF-4:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", "SIG082" },
        { "a.ftm", "0:0:504b??04:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", "SIG083" },
        { "a.ftm", "0:0:504:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP", "SIG083" },
        { "a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY", "SIG004" },
        { "a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP:x", "SIG007" },
        { "a.ftm", "1:*:52:SFX:CL_TYPE_ANY:CL_TYPE_RARSFX", "SIG040" },
        { "a.ftm", "1:0:52??61:SFX:CL_TYPE_ANY:CL_TYPE_RARSFX", "SIG041" },
        { "a.ftm", "1:EP+0:526172:SFX:CL_TYPE_ANY:CL_TYPE_RARSFX", "SIG023" },
        { "a.ftm", "1:x:526172:SFX:CL_TYPE_ANY:CL_TYPE_RARSFX", "SIG021" },
        { "a.pdb", "H:bank.test:17-", null },
        { "a.pdb", @"R:.+\.bank\.(com|de)([/?].*)?:1-300", null },
        { "a.pdb", "# a comment\n\nH:bank.test", null },
        { "a.pdb", "Q:x", "SIG085" },
        { "a.pdb", "H", "SIG085" },
        { "a.pdb", "H:", "SIG085" },
        { "a.pdb", "R:(", "SIG087" },
        { "a.pdb", "R:[", "SIG087" },
        { "a.wdb", "M:evil.test:www.bank.test", null },
        { "a.wdb", @"X:.+evil\.test([/?].*)?:.+bank\.test([/?].*)?", null },
        { "a.wdb", "Z:a:b", "SIG085" },
        { "a.gdb", "S:F:" + Hash, null },
        { "a.gdb", "S1:F:" + Hash + ":17-", null },
        { "a.gdb", "T:F:" + Hash, "SIG088" },
        { "a.gdb", "S:Q:" + Hash, "SIG088" },
        { "a.gdb", "S:F:xx", "SIG089" },
    };

    [Theory, MemberData(nameof(Lines))]
    public void A_line_loads_or_is_refused(string file, string line, string? code)
    {
        var parsed = ParsedSignatures.Of(file, line + "\n", computeLineMd5: true);
        Assert.Equal(code is null ? [] : [code], parsed.Diagnostics.Select(d => d.Code));
        Assert.Equal(code is null ? 1 : 0, parsed.Signatures.Count);
    }

    [Theory, MemberData(nameof(Lines))]
    public void The_reference_engine_refuses_the_same(string file, string line, string? code)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();

        // One line that loads beside it: a set without any is refused for that.
        folder.Write(Path.Combine("db", file), (file == "a.ftm" ? "0:0:7a7a7a:x:CL_TYPE_ANY:CL_TYPE_ZIP\n" : "") + line + "\n");
        folder.Write(Path.Combine("db", "b.ndb"), "T:0:*:7a7a7a7a7a\n");
        folder.Write("x", "nothing");
        Assert.Equal(code is not null, clamscan.Scan(folder.Path("db"), folder.Path("x")).ExitCode == 2);
    }

    [Theory]
    [InlineData("a.ftm", "2:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP")]
    [InlineData("a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_FOO:999")]
    [InlineData("a.ftm", "0:0:504b0304:ZIP:CL_TYPE_ANY:CL_TYPE_ZIP:1:100")]
    [InlineData("a.pdb", "H:bank.test:300-")]
    [InlineData("a.wdb", "Y:x")]
    [InlineData("a.gdb", "S:P:d22d396c")]
    public void What_is_for_other_engines_is_left_out(string file, string line)
    {
        var parsed = ParsedSignatures.Of(file, line + "\n");
        Assert.Empty(parsed.Signatures);
        Assert.False(parsed.IsMalformed);
        Assert.Equal(1, parsed.Summary.Skipped);
    }

    [Fact]
    public void The_levels_are_no_part_of_a_rule()
    {
        var rules = ParsedSignatures.Of("a.wdb", "X:a.b:c.d:17-\nM:a:b:1-300\nM:a:b-c\n").Signatures.Cast<PhishingRule>().ToList();
        Assert.Equal(["a.b:c.d", "a:b", "a:b-c"], rules.Select(rule => rule.Text));
        Assert.Equal([PhishingRuleKind.AllowedPattern, PhishingRuleKind.AllowedHosts, PhishingRuleKind.AllowedHosts], rules.Select(rule => rule.Kind));
    }

    [Theory]
    [InlineData(@"a\.b", "a.b/", true)]
    [InlineData(@"a\.b", "axb/", false)]
    [InlineData("a[.]b|x{2}", "xx/", true)]
    [InlineData(@"[\]+", @"\/", true)]
    [InlineData("[[:digit:]]+x", "12x/", true)]
    [InlineData(@"\d", "5/", false)]
    [InlineData("a{", "a{/", true)]
    public void Expressions_are_of_the_posix_dialect(string pattern, string text, bool isMatch)
    {
        Assert.Null(PosixPattern.Check(pattern));
        Assert.Equal(isMatch, PosixPattern.ToSuffix(pattern).IsMatch(text));
    }
}
