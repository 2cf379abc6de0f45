using System.Numerics;
using CsCheck;
using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>clamav-formats.md §1.6.</summary>
public sealed class DsigTextTests
{
    [Fact]
    public void Digits_are_least_significant_first()
    {
        Assert.True(DsigText.TryDecode("ba", out var one));
        Assert.True(DsigText.TryDecode("ab", out var sixtyFour));
        Assert.True(DsigText.TryDecode("/", out var sixtyThree));
        Assert.Equal((1, 64, 63), ((int)one, (int)sixtyFour, (int)sixtyThree));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab=")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void Other_text_is_no_number(string text) => Assert.False(DsigText.TryDecode(text, out _));

    [Fact]
    public void Endless_text_is_no_number() => Assert.False(DsigText.TryDecode(new string('b', DsigText.MaxLength + 1), out _));

    [Fact]
    public void Written_numbers_are_read_back() => Gen.Byte.Array[0, 256].Sample(bytes =>
    {
        var number = new BigInteger(bytes, isUnsigned: true);
        return DsigText.TryDecode(DsigText.Encode(number), out var read) && read == number;
    });
}
