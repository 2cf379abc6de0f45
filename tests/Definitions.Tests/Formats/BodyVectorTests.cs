using System.Text;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>The <c>.ndb</c> vectors of clamav-formats.md §8 that need neither a normaliser nor an executable.</summary>
[Trait("req", "M-330")]
public sealed class BodyVectorTests
{
    private const string X129 = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    /// <summary>A signature, and files that it hits.</summary>
    public static TheoryData<string, string[]> Hits => new()
    {
        { "T:0:*:414243", ["xxABCDEFxx"] },
        { "T:0:*:4142??44", ["xxABCDEFxx", "ABDDxx"] },
        { "T:0:*:41424?44", ["xxABCDEFxx"] },
        { "T:0:*:4142?344", ["xxABCDEFxx", "ABsDxx"] },
        { "T:0:*:4142*4546", ["xxABCDEFxx"] },
        { "T:0:*:4142{2}4546", ["xxABCDEFxx"] },
        { "T:0:*:4142{-2}4546", ["ABEFxx", "ABxxEF"] },
        { "T:0:*:4142{2-}4546", ["ABxxEF", "ABxxxxxEF"] },
        { "T:0:*:4142{1-3}4546", ["ABxEFx"] },
        { "T:0:*:4142{0}4546", ["ABxxxxEF"] },
        { "T:0:*:4142{130}4546", ["AB" + X129 + "xEF"] },
        { "T:0:*:41[1-3]43444546", ["AxCDEF", "AxxxCDEF"] },
        { "T:0:*:41424344[2]46", ["ABCDxxF"] },
        { "T:0:*:(41|58)424344", ["ABCDxx", "XBCDxx"] },
        { "T:0:*:4142(4344|5858)4546", ["xxABCDEFxx", "ABXXEF"] },
        { "T:0:*:4142(43|4344|??5858)4546", ["ABCEFx", "ABCDEF", "AByXXEF"] },
        { "T:0:*:4142!(43|44)4546", ["ABxEFx"] },
        { "T:0:*:4142!(4344|5858)4546", ["ABxxEF"] },
        { "T:0:*:4142(43(44|45)|58)46", ["ABXFxx"] },
        { "T:0:*:(B)414243(B)", ["ABC xxx", "<ABC>xx"] },
        { "T:0:*:(W)414243(W)", ["x,ABC,x"] },
        { "T:0:*:(L)414243(L)", ["ABC\nxx", "x\nABC\r\n"] },
        { "T:0:*:!(W)414243", ["xABCxx"] },
        { "T:0:0:414243", ["ABCxxx"] },
        { "T:0:2,2:414243", ["xxABCx", "xxxxABC"] },
        { "T:0:EOF-3:414243", ["xxxABC"] },
        { "T:0:EOF-5,2:414243", ["xABCxx", "xxxABC"] },
        { "T:0:*:414243:216", ["xxABCDEFxx"] },
        { "T:0:*:414243:", ["xxABCDEFxx"] },
        { "T:*:*:414243", ["xxABCDEFxx"] },
        { "T name (Clam):0:*:414243", ["xxABCDEFxx"] },
    };

    /// <summary>A signature, and files that it does not hit.</summary>
    public static TheoryData<string, string[]> Misses => new()
    {
        { "T:0:*:414243", ["xxABDxx"] },
        { "T:0:*:41424?44", ["AB4D.."] },
        { "T:0:*:4142*4546", ["EFxxAB.."] },
        { "T:0:*:4142{2}4546", ["ABxEFxxx"] },
        { "T:0:*:4142{-2}4546", ["ABxxxEF"] },
        { "T:0:*:4142{2-}4546", ["ABxEFx"] },
        { "T:0:*:4142{1-3}4546", ["ABEFxx", "ABxxxxEF"] },
        { "T:0:*:4142{4-2}4546", ["ABxxxEF"] },
        { "T:0:*:4142{130}4546", ["AB" + X129 + "EF"] },
        { "T:0:*:41[1-3]43444546", ["AxxxxCDEF"] },
        { "T:0:*:41424344[2]46", ["ABCDxF"] },
        { "T:0:*:(41|58)424344", ["YBCDxx"] },
        { "T:0:*:4142(4344|5858)4546", ["ABXCEF"] },
        { "T:0:*:4142!(43|44)4546", ["ABCEFx"] },
        { "T:0:*:4142!(4344|5858)4546", ["xxABCDEFxx"] },
        { "T:0:*:(B)414243(B)", ["x ABC.", "xABC x", "\"ABC\"xx"] },
        { "T:0:*:(W)414243(W)", ["xABC,x", "ABCxxx"] },
        { "T:0:*:(L)414243(L)", ["x ABC\n"] },
        { "T:0:*:!(W)414243", [".ABCxx"] },
        { "T:0:0:414243", ["xABCxx"] },
        { "T:0:2,2:414243", ["xxxxxABC"] },
        { "T:0:EOF-3:414243", ["xxABCx"] },
        { "T:0:EOF-5,2:414243", ["ABCxxx"] },
    };

    public static TheoryData<string> Malformed =>
    [
        "T:0:*:4142", "T:0:*:41424", "T:0:*:41g2", "T:0:*:41??43", "T:0:*:4142{a}4546", "T:0:*:4142[1-33]43",
        "T:0:*:4142[1-3]4344", "T:0:*:4142!(43|4445)46", "T:0:*:4142()46", "T:0:*:(41424344|45464748)", "T:0:0x2:414243",
        "T:0:EP+0:414243", "T:0:-2:414243", "T:0:VI:414243", "T:0:*:414243:1:300:x", "T:x:*:414243", ":0:*:414243",
        "T:0:*:414243\n\n",
    ];

    public static TheoryData<string> Skipped => ["T:0:*:414243:217", "T:0:*:414243:1:215", "T:0:*:414243::", "T:15:*:414243"];

    [Theory]
    [MemberData(nameof(Hits))]
    public void Hits_what_the_reference_engine_hits(string line, string[] files)
    {
        var body = ParsedSignatures.Body(line);
        Assert.All(files, file => Assert.True(NaiveMatcher.Matches(body.Pattern, body.Offset, Bytes(file)), file));
    }

    [Theory]
    [MemberData(nameof(Misses))]
    public void Misses_what_the_reference_engine_misses(string line, string[] files)
    {
        var body = ParsedSignatures.Body(line);
        Assert.All(files, file => Assert.False(NaiveMatcher.Matches(body.Pattern, body.Offset, Bytes(file)), file));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Refuses_what_the_reference_engine_refuses(string text) =>
        Assert.True(ParsedSignatures.Of("t.ndb", text).IsMalformed);

    [Theory]
    [MemberData(nameof(Skipped))]
    public void Skips_what_is_meant_for_other_engines(string line)
    {
        var parsed = ParsedSignatures.Of("t.ndb", line);
        Assert.Empty(parsed.Signatures);
        Assert.Equal(1, parsed.Summary.Skipped);
        Assert.False(parsed.IsMalformed);
    }

    [Fact]
    public void Cuts_the_legacy_suffix_off_the_name() =>
        Assert.Equal("T name", ParsedSignatures.Body("T name (Clam):0:*:414243").Name);

    [Fact]
    public void Keeps_the_target_that_files_are_filtered_by() => Assert.Equal(1, ParsedSignatures.Body("T:1:*:414243").Target);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
