using Engine.Images;

namespace Engine.Tests.Images;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData(@"\.exe$", ".exe")]
    [InlineData(@"^part17\.exe$", "part17.exe")]
    [InlineData("abc.*defg", "defg")]
    [InlineData("abcd*ef", "abc")]
    [InlineData("ab?cde{0,3}f", "cd")]
    [InlineData("(long-text)?ab", "ab")]
    [InlineData("[a-z]+invoice[0-9]", "invoice")]
    [InlineData("a|bcd", "")]
    [InlineData(@"e2f07e1d(?:.)*\u002eexe\z", "e2f07e1d")]
    [InlineData(@"\Aab(?:cd){2}(?:e)?fgh\z", "fgh")]
    [InlineData(@"[\u005d-\u005f]xy(?:[a\u005db])*z", "xy")]
    [InlineData(".*", "")]
    public void Knows_text_that_every_match_holds(string pattern, string literal) =>
        Assert.Equal(literal, MemberName.LiteralOf(pattern));

    [Fact]
    public void Matches_what_its_expression_matches()
    {
        var name = new MemberName(@"^in[a-z]*oice.*\.exe$");
        Assert.True(name.IsMatch("invoice 17.exe"));
        Assert.False(name.IsMatch("invoice 17.exe.txt"));
        Assert.False(name.IsMatch("something.exe"));
    }

    [Fact]
    public void A_damaged_expression_is_a_damaged_image() =>
        Assert.Throws<ImageException>(() => new MemberName("ab(").IsMatch("ab("));
}
