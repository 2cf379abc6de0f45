using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>What hex signature text becomes (clamav-formats.md §3.6) and what the reference engine will not load.</summary>
public sealed class HexPatternParserTests
{
    [Fact]
    public void Small_exact_gaps_stay_inside_a_part_until_the_first_range()
    {
        Assert.Single(ParsedSignatures.Pattern("4142{127}43").Parts);
        Assert.Equal([PatternGap.None, new PatternGap(128, 128)], Gaps("4142{128}4344"));
        Assert.Equal([PatternGap.None, PatternGap.Unbounded], Gaps("4142{3}*{2}4344"));
        Assert.Equal(
            [PatternGap.None, new PatternGap(1, 2), new PatternGap(3, 3), PatternGap.Unbounded, new PatternGap(2, 2)],
            Gaps("4142{1-2}4344{3}4546*4748{2}4950"));
    }

    [Theory]
    [InlineData("*", 0, null)]
    [InlineData("{0}", 0, null)]
    [InlineData("{}", 0, null)]
    [InlineData("{-}", 0, null)]
    [InlineData("{-0}", 0, null)]
    [InlineData("{0-}", 0, null)]
    [InlineData("{0-0}", 0, null)]
    [InlineData("{-4}", 0, 4)]
    [InlineData("{4-}", 4, null)]
    [InlineData("{2-4}", 2, 4)]
    [InlineData("{2-2}", 2, 2)]
    [InlineData("{4-2}", 4, 2)]
    public void Every_spelling_of_a_gap_is_a_range(string gap, int minimum, int? maximum) =>
        Assert.Equal(new PatternGap(minimum, maximum), ParsedSignatures.Pattern($"4142{gap}4344").Parts[1].Gap);

    [Fact]
    public void Boundaries_at_the_ends_of_a_part_consume_nothing_and_others_do()
    {
        var pattern = ParsedSignatures.Pattern("(B)4142(W)4344!(L)*(B)4546(L)*4748!(W)");
        Assert.Equal(new PatternBoundary(BoundaryKind.Word, Negated: false), pattern.Left);
        Assert.Equal(new PatternBoundary(BoundaryKind.NonAlphanumeric, Negated: true), pattern.Right);
        Assert.IsType<BoundaryItem>(pattern.Parts[0].Items[2]);
        Assert.Equal(new PatternBoundary(BoundaryKind.Line, Negated: true), pattern.Parts[0].Right);
        Assert.Equal(new PatternBoundary(BoundaryKind.Word, Negated: false), pattern.Parts[1].Left);
        Assert.Equal(new PatternBoundary(BoundaryKind.Line, Negated: false), pattern.Parts[1].Right);
        Assert.Equal([5, 2, 2], pattern.Parts.Select(part => part.Items.Count));
    }

    [Fact]
    public void Boundaries_between_a_core_and_its_set_off_byte_belong_to_the_core()
    {
        var pattern = ParsedSignatures.Pattern("41[1](B)4344(W)[2-3]?5");
        Assert.NotNull(pattern.Left);
        Assert.NotNull(pattern.Right);
        Assert.Equal(6, pattern.Parts[0].Items.Count);
    }

    [Theory]
    [InlineData("4142(43(44(45|46)|{2})|)47")]
    [InlineData("4142((43)|44)")]
    [InlineData("41[32]4243[0-1]44")]
    [InlineData("4142(B)(B)4344")]
    public void Loads_what_the_reference_engine_loads(string hex) => Assert.Equal(hex, ParsedSignatures.Pattern(hex).Source);

    [Theory]
    [InlineData("4142*")]
    [InlineData("*4142")]
    [InlineData("4142**4344")]
    [InlineData("4142{3-}")]
    [InlineData("4142{130}")]
    [InlineData("4142{1-2}{3}4344")]
    [InlineData("4142{1-2}4344{3}45")]
    [InlineData("4142(43|*)44")]
    [InlineData("4142(43|{1-2})44")]
    [InlineData("4142(43|{128})44")]
    [InlineData("4142(43|[1])44")]
    [InlineData("4142(43|(B))44")]
    [InlineData("4142(43|!(44))44")]
    [InlineData("4142(|43)44")]
    [InlineData("4142!(4?|44)44")]
    [InlineData("4142!(43(44)|4545)44")]
    [InlineData("4142!(43|)44")]
    [InlineData("4142(43")]
    [InlineData("4142)43")]
    [InlineData("4142|43")]
    [InlineData("4142!43")]
    [InlineData("4142{343")]
    [InlineData("4142}43")]
    [InlineData("4142{2-2-2}4344")]
    [InlineData("4142(C)4344")]
    [InlineData("4142 43")]
    [InlineData("41?")]
    [InlineData("?142")]
    [InlineData("(41)(42)(43)")]
    [InlineData("[1]424344")]
    [InlineData("41[2-1]424344")]
    [InlineData("41[]424344")]
    [InlineData("41[-3]424344")]
    [InlineData("41[1]42[1]4344")]
    [InlineData("(41|42)[1]434445")]
    [InlineData("(B)41[1]434445")]
    [InlineData("434445[1]41(B)")]
    [InlineData("41[1]43[1]45")]
    [InlineData("41[1]43444546[1]4849")]
    [InlineData("")]
    public void Refuses_what_the_reference_engine_refuses(string hex)
    {
        var parsed = ParsedSignatures.Of("t.ndb", $"T:2:*:{hex}");
        Assert.Equal(DiagnosticSeverity.Error, Assert.Single(parsed.Diagnostics).Severity);
    }

    [Theory]
    [InlineData("58(41|4142)434445")]
    [InlineData("58(B)43444546")]
    [InlineData("(4144|4142)43(4445|4546)4748")]
    [InlineData("????(4142|4344)4142")]
    [InlineData("58(41|4?)434445")]
    [InlineData("4142*58(4142|4344)4344")]
    public void Targets_0_and_1_need_something_to_filter_by(string hex)
    {
        Assert.True(ParsedSignatures.Of("t.ndb", $"T:0:*:{hex}").IsMalformed);
        Assert.True(ParsedSignatures.Of("t.ndb", $"T:1:*:{hex}").IsMalformed);
        Assert.False(ParsedSignatures.Of("t.ndb", $"T:2:*:{hex}").IsMalformed);
    }

    [Theory]
    [InlineData("T:0:*:4142", true)]
    [InlineData("T:1:*:4142", false)]
    [InlineData("T:0:*:4142??", false)]
    [InlineData("T:0:*:4142(B)", false)]
    [InlineData("T:0:*:4142*4344", false)]
    public void Only_bare_literals_of_target_0_need_three_bytes(string line, bool isMalformed) =>
        Assert.Equal(isMalformed, ParsedSignatures.Of("t.ndb", line).IsMalformed);

    [Fact]
    public void Alternatives_nest_15_deep_and_no_deeper()
    {
        var open = string.Concat(Enumerable.Repeat("(44|", 16));
        var close = new string(')', 16);
        Assert.Single(ParsedSignatures.Pattern($"4142{open}43{close}").Parts);
        Assert.True(ParsedSignatures.Of("t.ndb", $"T:2:*:4142(44|{open}43{close})").IsMalformed);
    }

    private static IEnumerable<PatternGap> Gaps(string hex) => ParsedSignatures.Pattern(hex).Parts.Select(part => part.Gap);
}
