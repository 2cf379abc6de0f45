using System.Text;
using CsCheck;

namespace Engine.Tests.Normalisation;

/// <summary>The copies of HTML; what stands here was compared with the reference engine's own (SigToolComparisonTests).</summary>
public sealed class HtmlNormaliserTests
{
    [Theory]
    [InlineData("A  <B>  c  </b> D", "a <b>c </b>d", "a c d")]
    [InlineData("  a \n b ", "a b", "a b ")]
    [InlineData("a<!-- x -->b", "ab", "a b")]
    [InlineData("a<!-- <b> -->c", "a-->c", "a -->c")]
    [InlineData("x <!--c--> y", "x y", "x y")]
    [InlineData("a<!--x", "a", "a ")]
    [InlineData("<a HREF=\"Xx\" Target=_blank>L</a>", "<a href=\"xx\" target=_blank>l</a>", " Xx l ")]
    [InlineData("<img SRC='A.GIF' alt=\"Some  Text\">z", "<img src=\"a.gif\" alt=\"some text\">z", " A.GIF z")]
    [InlineData("<area href=Q>t", "<area href=q>t", " t")]
    [InlineData("<b a = x b = \"y\">z", "<b a=x b=\"y\">z", " z")]
    [InlineData("<br />x", "<br />x", " x")]
    [InlineData("< b >x", "<b>x", " x")]
    [InlineData("<b a=\"x>y\">z", "<b a=\"x>y\">z", " z")]
    [InlineData("<b a='x\"y'>z", "<b a=\"x\"y\">z", " z")]
    [InlineData("a&amp;b&lt;c&#65;d&#x42;e", "a&b<cadbe", "a b c d e")]
    [InlineData("a&Eacute;&alpha;&bogus;b", "a\u00C9&#x03b1;&bogus;b", "a b")]
    [InlineData("a&#65 b&#300;c", "aA b&#x012c;c", "a b c")]
    [InlineData("a&amp b", "a&amp b", "a b")]
    [InlineData("a&amp", "a&", "a ")]
    [InlineData("<a href=\"h?a=1&b=2&amp;c=3\">x", "<a href=\"h?a=1&b=2&c=3\">x", " h?a=1&b=2&c=3 x")]
    [InlineData("<a href=\"X Y Z\">L", "<a href=\"x y z\">l", " X  l")]
    [InlineData("<style>A { B }</style>x", "<style>a{b}</style>x", " x")]
    [InlineData("a\0b\rc\u0001d", "abc\u0001d", "abc d")]
    [InlineData("a\u00E6\u0097\u00A5b\u00E4c", "a\u00E6\u0097\u00A5b\u00E4c", "a\u00E6\u0097\u0097b\0c")]
    [InlineData("<<b>x", "<<b>x", " x")]
    [InlineData("a<", "a<", "a ")]
    [InlineData("", "", "")]
    public void Copies_are_made_without_comments_and_without_tags(string html, string noComment, string noTags)
    {
        var copies = Normalised.Html(Encoding.Latin1.GetBytes(html));
        Assert.Equal(noComment, Encoding.Latin1.GetString(copies.NoComment));
        Assert.Equal(noTags, Encoding.Latin1.GetString(copies.NoTags));
        Assert.Empty(copies.Scripts);
    }

    [Theory]
    [InlineData("var Foo=\"he\"+\"LLO\"; document.write(\"abC\");", "var n000=\"hello\";document.write(\"abc\");")]
    [InlineData("function F(A,B){var C=A+B;return C;} F(1,2);", "function n000(n001,n002){var n003=n001+n002;return n003;}f(1,2);")]
    [InlineData("x=1;var x;", "n000=1;var n000;")]
    [InlineData("var b; a.b", "var n000;a.b")]
    [InlineData("var a=[1,b],c; b c", "var n000=[1,b],n001;b n001")]
    [InlineData("var a=function(x,y){z},b; b", "var n000=function(n001,n002){z},n003;n003")]
    [InlineData("var q,q;q", "var n001,n001;n001")]
    [InlineData("/* c */x=1 // c\ny", "x=1 c y")]
    [InlineData("x=unescape(\"%41\"+\"%u0042\")", "x=\"ab\"")]
    [InlineData("eval(unescape(\"foo%281%29%3b\"))", "foo(1);")]
    [InlineData("eval(\"y\");z", "z")]
    [InlineData("\"\\x41\\u0042\\q\\n\"", "\"abq \"")]
    [InlineData("1.50 010 123456789012 1234567.891 1e3", "1.5 10 -1097262572 1.23457e+06 1 e3")]
    [InlineData("a @#`\\ b\u00E4c", "a b c")]
    [InlineData("if (a) { b }", "if(a){b}")]
    [InlineData("((a", "((a</script>))")]
    [InlineData("\"open", "\"open</script>\"")]
    public void Scripts_are_folded_and_renamed(string script, string expected)
    {
        var copies = Normalised.Html(Encoding.Latin1.GetBytes($"<script>{script}</script>"));
        Assert.Equal($"<script>{expected}</script>", Encoding.Latin1.GetString(copies.Scripts));
    }

    [Fact]
    public void Scripts_follow_each_other_with_names_of_their_own()
    {
        var copies = Normalised.Html(Encoding.Latin1.GetBytes("<script>var a;</script>t<SCRIPT src=x>var c;a</SCRIPT>"));
        Assert.Equal("<script>var n000;</script>\n<script>var n000;a</script>", Encoding.Latin1.GetString(copies.Scripts));
        Assert.Equal("<script>vara;</script>t<script src=x>varc;a</script>", Encoding.Latin1.GetString(copies.NoComment));
        Assert.Equal(" t ", Encoding.Latin1.GetString(copies.NoTags));
    }

    [Fact]
    public void A_cut_of_the_input_changes_nothing()
    {
        var pieces = new[]
        {
            "<", "<a href=\"", "X", "'", "\"", ">", "&", "&amp", ";", "#x41", "<!--", "-->", "<script>", "</script", "var a=\"b\"+",
            "eval(\"c\")", "//", "/*", "*/", " ", "\r\n", "\u00E4", "\u0001", "</style>", "<style>", "function f(", "{", "}", "\\", "9", ".5e",
        };
        Gen.Int[0, pieces.Length - 1].Array[0, 40].Select(Gen.Int[1, 7]).Sample(
            (picks, step) =>
            {
                var html = Encoding.Latin1.GetBytes(string.Concat(picks.Select(i => pieces[i])));
                var (whole, cut) = (Normalised.Html(html), Normalised.Html(html, step));
                return whole.NoComment.AsSpan().SequenceEqual(cut.NoComment)
                    && whole.NoTags.AsSpan().SequenceEqual(cut.NoTags)
                    && whole.Scripts.AsSpan().SequenceEqual(cut.Scripts);
            },
            iter: 2000);
    }

    [Fact]
    public void Any_bytes_make_copies_of_bounded_length() =>
        Gen.Byte.Array[0, 300].Sample(
            bytes =>
            {
                byte[] html = [.. "<script>"u8, .. bytes, .. "</script><a href="u8, .. bytes];
                var copies = Normalised.Html(html);
                return copies.NoComment.Length <= (4 * html.Length) + 16
                    && copies.NoTags.Length <= (2 * html.Length) + 16
                    && copies.Scripts.Length <= (6 * html.Length) + 64;
            },
            iter: 2000);

    [Theory]
    [InlineData("HELLO \t\r\n World", "hello world")]
    [InlineData("\n\na\u0001b\u00E4c\u007F ", " abc\u007F ")]
    [InlineData("\u00FF\u00FEA\0B\0", "ab")]
    public void Texts_are_reduced_to_lower_case_and_single_blanks(string text, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(Normalised.Text(Encoding.Latin1.GetBytes(text))));
}
