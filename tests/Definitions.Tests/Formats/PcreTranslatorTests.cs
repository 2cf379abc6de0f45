using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Definitions.Formats.ClamAv;
using Definitions.Signatures;

namespace Definitions.Tests.Formats;

public sealed class PcreTranslatorTests
{
    [Theory]
    [InlineData("a++b", "aaab", true)]
    [InlineData("a++ab", "aaab", false)]
    [InlineData("\\Qa.b\\E", "a.b", true)]
    [InlineData("\\Qa.b\\E", "axb", false)]
    [InlineData("[[:digit:]]{2}", "a12", true)]
    [InlineData("\\h", "\u00a0", true)]
    [InlineData("a\\Rb", "a\r\nb", true)]
    [InlineData("\\w", "\u00e9", false)]
    [InlineData("(?i)\u00e9", "\u00c9", false)]
    [InlineData("[\\x80-\\xff]", "\u00e9", true)]
    [InlineData("[^\\x80-\\xff]", "\u00e9", false)]
    [InlineData("(?P<n>a)(?P=n)", "aa", true)]
    [InlineData("(a)(b)\\2\\1", "abba", true)]
    [InlineData("a{2}{2}", "aaaa", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("\\101\\x{42}\\x4", "AB\u0004", true)]
    [InlineData("[]a]+$", "]a]", true)]
    public void Means_what_pcre_means(string pcre, string text, bool isMatch)
    {
        var translation = Translate(pcre, PcreOptions.None);
        Assert.Null(translation.Fault);
        Assert.Equal(isMatch, Regex.IsMatch(Text(text), translation.Expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("[z-a]")]
    [InlineData("a{3,2}")]
    [InlineData("\\y")]
    [InlineData("(?<n>a)\\k<m>")]
    [InlineData("[[:nope:]]")]
    [InlineData("(a)\\2")]
    [InlineData("a\\")]
    public void Tells_what_pcre_refuses(string pcre) =>
        Assert.False(Translate(pcre, PcreOptions.None).Fault?.IsUnsupported ?? true);

    [Theory]
    [InlineData("(?R)")]
    [InlineData("a\\Kb")]
    [InlineData("(*ACCEPT)a")]
    [InlineData("(?|a|b)")]
    [InlineData("\\p{L}")]
    public void Tells_what_the_framework_cannot_do(string pcre) =>
        Assert.True(Translate(pcre, PcreOptions.None).Fault?.IsUnsupported);

    [Fact]
    public void Ungreedy_turns_every_repetition_round()
    {
        Assert.Equal("a+?b+", Translate("a+b+?", PcreOptions.Ungreedy).Expression);
        Assert.Equal("a\\z", Translate("a$", PcreOptions.DollarEndOnly).Expression);
        Assert.Equal("ab", Translate("a b # c", PcreOptions.Extended).Expression);
    }

    [Fact]
    public void Never_throws_and_what_it_gives_is_bounded() =>
        Gen.Char["ab()[]{}?*+|\\^$.:=!<>-,#QEPRxdwgk0123'\n "].Array[0, 40].Sample(
            text =>
            {
                var translation = Translate(new string(text), PcreOptions.Extended);
                Assert.True(translation.Fault is null || translation.Fault.Position <= text.Length);
            },
            iter: 20_000);

    private static PcreTranslation Translate(string pcre, PcreOptions options) =>
        PcreTranslator.Translate(Encoding.Latin1.GetBytes(pcre), options);

    private static string Text(string latin1) => string.Concat(Encoding.Latin1.GetBytes(latin1).Select(RegexText.Of));
}
