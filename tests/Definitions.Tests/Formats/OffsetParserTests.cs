using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>The offset field (clamav-formats.md §3.6).</summary>
public sealed class OffsetParserTests
{
    [Theory]
    [InlineData("*", OffsetBase.Any, 0, 0, 0)]
    [InlineData("12", OffsetBase.Start, 12, 0, 0)]
    [InlineData("12,34", OffsetBase.Start, 12, 34, 0)]
    [InlineData("10,", OffsetBase.Start, 10, 0, 0)]
    [InlineData("EOF-7,2", OffsetBase.End, 7, 2, 0)]
    [InlineData("EP+5", OffsetBase.EntryPoint, 5, 0, 0)]
    [InlineData("EP-5,64", OffsetBase.EntryPoint, -5, 64, 0)]
    [InlineData("S3+16,8", OffsetBase.Section, 16, 8, 3)]
    [InlineData("SL+4", OffsetBase.LastSection, 4, 0, 0)]
    [InlineData("SE2", OffsetBase.WholeSection, 0, 0, 2)]
    [InlineData("VI", OffsetBase.VersionInformation, 0, 0, 0)]
    [InlineData("$31$", OffsetBase.MacroGroup, 0, 0, 31)]
    [InlineData("", OffsetBase.Never, 0, 0, 0)]
    public void Reads_every_form(string text, OffsetBase from, long distance, long shift, int index) =>
        Assert.Equal(
            new SignatureOffset(from, distance, shift, index), ParsedSignatures.Body($"T:1:{text}:414243").Offset);

    [Theory]
    [InlineData("0x2")]
    [InlineData("-2")]
    [InlineData("+2")]
    [InlineData(" 2")]
    [InlineData("*,3")]
    [InlineData("1,2,3")]
    [InlineData("3,x")]
    [InlineData("3,-1")]
    [InlineData("EOF")]
    [InlineData("EOF+3")]
    [InlineData("eof-3")]
    [InlineData("EP")]
    [InlineData("EP3")]
    [InlineData("EP+x")]
    [InlineData("S0")]
    [InlineData("S0-3")]
    [InlineData("Sx+3")]
    [InlineData("S+3")]
    [InlineData("SL-3")]
    [InlineData("SL")]
    [InlineData("SE0+1")]
    [InlineData("SEx")]
    [InlineData("$32$")]
    [InlineData("$x$")]
    [InlineData("$-1$")]
    [InlineData("33333333333333333333333333333333333333333333333333333333333333333")]
    public void Refuses_what_the_reference_engine_refuses(string text) =>
        Assert.True(ParsedSignatures.Of("t.ndb", $"T:1:{text}:414243").IsMalformed);

    [Theory]
    [InlineData(1, false)]
    [InlineData(6, false)]
    [InlineData(9, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    public void Places_in_executables_need_an_executable_target(int target, bool isMalformed)
    {
        foreach (var offset in new[] { "EP+0", "EP-1", "S0+0", "SL+0", "SE0", "VI" })
        {
            Assert.Equal(isMalformed, ParsedSignatures.Of("t.ndb", $"T:{target}:{offset}:414243").IsMalformed);
        }
    }

    [Fact]
    public void A_number_beyond_every_file_stays_beyond_every_file()
    {
        var body = ParsedSignatures.Body($"T:0:{new string('9', 64)}:414243");
        Assert.True(body.Offset.Distance > uint.MaxValue);
        Assert.False(NaiveMatcher.Matches(body.Pattern, body.Offset, "ABC"u8.ToArray()));
    }
}
