using Testing;

namespace Definitions.Tests.Formats;

/// <summary>How short a bare literal of <c>.ndb</c> may be (clamav-formats.md §3.6), and clamscan where it is installed.</summary>
public sealed class LiteralLengthTests
{
    private static readonly string[] _offsets =
    [
        "*", "0", "1", "0,5", "0,0", "EOF-4", "EOF-4,2", "EP+0", "EP-1,5", "S0+0", "SL+0", "SE0", "SE0,5", "VI", "VI,5", "$0$",
    ];

    [Theory]
    [InlineData("A:0:*:4d5a", true)]
    [InlineData("A:0:0,5:4d5a", true)]
    [InlineData("A:0:$0$:4d5a", false)]
    [InlineData("A:1:*:4d5a", false)]
    [InlineData("A:1:0:4d5a", true)]
    [InlineData("A:1:SE0:4883", true)]
    [InlineData("A:1:EP+0:4883", true)]
    [InlineData("A:1:EP+0,0:4883", false)]
    [InlineData("A:1:VI:4883", false)]
    [InlineData("A:1:$0$:4883", false)]
    [InlineData("A:1:0:4d5a90", false)]
    [InlineData("A:1:0:4d5a*5051", false)]
    [InlineData("A:6:0:7f45", false)]
    [InlineData("A:6:EP+0:7f45", false)]
    public void Two_bytes_are_too_short_where_a_literal_is_searched_for_by_three(string line, bool isMalformed)
    {
        var parsed = ParsedSignatures.Of("t.ndb", line + "\n");
        Assert.Equal(isMalformed, parsed.IsMalformed);
        Assert.Equal(isMalformed, parsed.Diagnostics.Any(diagnostic => diagnostic.Code == "SIG042"));
    }

    [Fact]
    public void Loads_what_the_reference_engine_loads()
    {
        var clamScan = ClamScan.Find();
        Assert.SkipWhen(clamScan is null, ClamScan.MissingReason);
        using var folder = new TempFolder();
        var sample = folder.Write("sample", "nothing at all");
        var differences = new List<string>();
        foreach (var target in new[] { 0, 1, 6, 7 })
        {
            foreach (var offset in _offsets)
            {
                foreach (var hex in new[] { "4d5a", "4d5a90" })
                {
                    var line = $"A:{target}:{offset}:{hex}\n";
                    if (clamScan!.Scan(folder.Write("t.ndb", line), sample).IsMalformed != ParsedSignatures.Of("t.ndb", line).IsMalformed)
                    {
                        differences.Add(line);
                    }
                }
            }
        }

        Assert.Empty(differences);
    }
}
