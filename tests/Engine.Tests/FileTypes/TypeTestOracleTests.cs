using System.Text;
using Engine.FileTypes;

namespace Engine.Tests.FileTypes;

/// <summary>The tests of texts look at many bytes at a time; the oracles look at one place after the other.</summary>
public sealed class TypeTestOracleTests
{
    private static readonly string[] _marks =
    [
        "<html>", "<HTML>", "<Html>", "<head>", "<HEAD>", "<Head>", "<script", "<SCRIPT", "<Script", "<img", "<IMG",
        "<Img", "<object", "<OBJECT", "<Object", "<iframe", "<IFRAME", "<table", "<TABLE",
    ];

    private static readonly string[] _pieces =
        [.. _marks, "<a ", "<A ", "<a", "href", "HREF", "hReF", "hre", "<", "<<", "<t", "<s ", "<htm", "<hTML>", "three chars ", "text ", "x", "\n", "<b>", "</a>", "\u00E4"];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Marks_of_html_are_found_where_they_are_place_by_place(int seed)
    {
        var random = new Random(seed);
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (var count = random.Next(25); count > 0; count--)
            {
                // Mostly what is no mark, so that there is something to search.
                text.Append(random.Next(8) == 0 ? _pieces[random.Next(_pieces.Length)] : _pieces[random.Next(_marks.Length, _pieces.Length)]);
            }

            var bytes = Encoding.Latin1.GetBytes(text.ToString());
            var isInLink = random.Next(4) == 0;
            var expectedLink = isInLink;
            var expected = HasMark(text.ToString(), ref expectedLink);
            Assert.Equal(expected, HtmlTest.HasMark(bytes, ref isInLink));
            Assert.Equal(expectedLink, isInLink);
            found += expected ? 1 : 0;
        }

        Assert.InRange(found, 2000, 18_000);
    }

    [Theory]
    [InlineData("Received: x", true)]
    [InlineData("RECEIVED : x", true)]
    [InlineData("Received", false)]
    [InlineData(": x", false)]
    [InlineData(" Received: x", false)]
    [InlineData("Received\u00E4: x", false)]
    [InlineData("X-A: 1\nmime-version: 1\ncontent-TYPE: a", true)]
    [InlineData("X-A: 1\nSubject: 1\nContent-Type: a", false)]
    [InlineData("From x\n\n1: y", true)]
    [InlineData("From x\n\nno", false)]
    public void Mail_is_known_by_its_fields(string text, bool isMail) =>
        Assert.Equal(isMail, MailTest.IsMail(Encoding.Latin1.GetBytes(text)));

    [Theory]
    [InlineData(76, true)]
    [InlineData(77, false)]
    public void A_field_has_at_most_76_bytes(int length, bool isField) =>
        Assert.Equal(isField, MailTest.IsMail(Encoding.Latin1.GetBytes($"From x\n{new string('a', length)}: y")));

    private static bool HasMark(string text, ref bool isInLink)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text[at..];
            if (_marks.Any(mark => rest.StartsWith(mark, StringComparison.Ordinal))
                || (isInLink && rest.StartsWith("href", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }

            isInLink |= rest.StartsWith("<a ", StringComparison.OrdinalIgnoreCase);
        }

        return false;
    }
}
