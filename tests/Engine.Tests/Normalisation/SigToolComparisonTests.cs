using System.Text;
using Testing;

namespace Engine.Tests.Normalisation;

/// <summary>Normalised copies of generated documents, byte for byte those of the reference engine.</summary>
public sealed class SigToolComparisonTests
{
    [Theory]
    [InlineData(1), InlineData(2)]
    public void Copies_of_html_are_those_of_the_reference_engine(int seed)
    {
        var tool = SigTool.Find();
        Assert.SkipWhen(tool is null, SigTool.MissingReason);
        var random = new Random(seed);
        var generator = new HtmlGenerator(random);
        var differences = new List<string>();
        var count = int.Parse(Environment.GetEnvironmentVariable("UPDATER_NORMALISE_CASES") ?? "60", System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < count; i++)
        {
            var html = generator.Document();
            var expected = tool.NormaliseHtml(Encoding.Latin1.GetBytes(html));
            var actual = Normalised.Html(Encoding.Latin1.GetBytes(html));
            Compare(differences, "no comments", html, expected.NoComment, actual.NoComment);
            Compare(differences, "no tags", html, expected.NoTags, actual.NoTags);
            Compare(differences, "scripts", html, expected.Scripts, actual.Scripts);
        }

        Assert.Empty(differences);
    }

    [Fact]
    public void Copies_of_texts_are_those_of_the_reference_engine()
    {
        var tool = SigTool.Find();
        Assert.SkipWhen(tool is null, SigTool.MissingReason);
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            var text = new byte[random.Next(1, 400)];
            foreach (ref var value in text.AsSpan())
            {
                value = random.Next(4) switch { 0 => (byte)random.Next(256), 1 => (byte)random.Next(9, 33), _ => (byte)random.Next(32, 127) };
            }

            Assert.Equal(tool.NormaliseText(text), Normalised.Text(text));
        }
    }

    private static void Compare(List<string> differences, string copy, string html, byte[] expected, byte[] actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            differences.Add($"{copy} of {html}\n expected {Encoding.Latin1.GetString(expected)}\n actual   {Encoding.Latin1.GetString(actual)}\n");
        }
    }
}
