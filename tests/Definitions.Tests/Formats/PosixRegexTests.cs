using System.Text.RegularExpressions;
using CsCheck;
using Definitions.Formats.ClamAv;

namespace Definitions.Tests.Formats;

/// <summary>Names of members are matched by POSIX expressions; the cases were measured with clamscan 1.4.6.</summary>
public sealed class PosixRegexTests
{
    [Theory]
    [InlineData("m1", "m1.exe", true)]
    [InlineData("\\.exe$", "m1.exe", true)]
    [InlineData("\\.exe$", "m1.exe.txt", false)]
    [InlineData("^dir/", "dir/m2.txt", true)]
    [InlineData("^dir/", "a/dir/m2.txt", false)]
    [InlineData("M1", "m1", false)]
    [InlineData("m\\d", "m1", false)]
    [InlineData("m\\d", "md", true)]
    [InlineData("m(1|2)+", "xm12", true)]
    [InlineData("m{1}1", "m1", true)]
    [InlineData("^a{2,3}$", "aaaa", false)]
    [InlineData("^a{2,}$", "aaaa", true)]
    [InlineData("a{x", "a{x", true)]
    [InlineData("^[^/]+$", "a/b", false)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData("^[a-c-]+$", "a-c", true)]
    [InlineData("^[[:digit:]]+$", "123", true)]
    [InlineData("^()$", "", true)]
    [InlineData("^.$", "\n", true)]
    public void Matches_as_the_reference_engine_does(string posix, string name, bool isMatch)
    {
        var translation = PosixRegex.Translate(posix);
        Assert.Null(translation.Fault);
        Assert.Equal(isMatch, Compile(translation.Pattern!).IsMatch(name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("*m1")]
    [InlineData("m1*?")]
    [InlineData("a||b")]
    [InlineData("(|a)")]
    [InlineData("^*")]
    [InlineData("a{2,1}")]
    [InlineData("a{256}")]
    [InlineData("a{1")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("[[:nothing:]]")]
    [InlineData("a\\")]
    [InlineData("((((a{255}){255}){255}){255})")]
    public void Refuses_what_the_reference_engine_refuses_or_nobody_can_match(string posix) =>
        Assert.NotNull(PosixRegex.Translate(posix).Fault);

    [Fact]
    public void Whatever_is_translated_compiles()
    {
        var characters = Gen.Char["ab1()[]{}*+?|^$.-,\\:\u00E9"];
        characters.Array[0, 24].Sample(text =>
        {
            var translation = PosixRegex.Translate(new string(text));
            if (translation.Pattern is { } pattern)
            {
                Compile(pattern).IsMatch("ab1[]{}");
            }
        });
    }

    private static Regex Compile(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
}
