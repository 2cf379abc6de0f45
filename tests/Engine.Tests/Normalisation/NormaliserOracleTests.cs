using System.Text;
using Engine.Decomposition;
using Engine.Normalisation;
using Engine.Objects;
using Engine.Tests.Normalisation.Plain;
using Testing;

namespace Engine.Tests.Normalisation;

/// <summary>The normalisers take many bytes at a time; the oracle takes one after the other. All that they write has to be the same.</summary>
public sealed class NormaliserOracleTests : IDisposable
{
    private static readonly string[] _pieces =
    [
        "<", "<a href=\"", "<A HREF='Http://X.test/a?b=1&amp;c'>", "X", "'", "\"", ">", "&", "&amp", ";", "#x41", "&eacute;", "<!--", "-->",
        "<script>", "<SCRIPT type='a'>", "</script", "</script>", "</SCRIPT >", "var a=\"b\"+", "eval(\"c\")", "unescape('%41%u0042')", "//", "/*",
        "*/", " ", "  ", "\t", "\n", "\r\n", "\r", "\0", "\u00E4", "\u00E6\u0097\u00A5", "\u00E4\u00F6\u00FC\u00DF", "\u0001", "\u007F", "</style>",
        "<style>", "function f(", "x,y){", "{", "}", ")", "\\", "\\x41", "\\u0042", "\\u00", "9", "010", "123456789", "1234567890123", ".5e", "1.50 ",
        "Some Text of Several Words in a row, ", "MORE  TEXT\n\twith   blanks ", "<P class=\"A  b\nC\" title='It is \"so\"' id=x>", "<img src=\"A  b c\">",
        "<td align = left >", "document.write(A.b+Name_1);", "return \"a long string that stays as it is\";", "\u0002\u000E\u001F", "\v\f", "<br/>",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Html_becomes_what_it_becomes_byte_by_byte(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 1500; i++)
        {
            var html = Document(random);
            long[] limits = random.Next(4) == 0
                ? [random.Next(200), random.Next(200), random.Next(200)] : [long.MaxValue, long.MaxValue, long.MaxValue];
            var expected = limits.Select(limit => new PlainCopy(limit)).ToArray();
            var plain = new PlainHtmlNormaliser(expected[0], expected[1], expected[2]);
            plain.Append(html);
            plain.Finish();
            var copies = limits.Select(Writer).ToArray();
            var normaliser = new HtmlNormaliser(copies[0], copies[1], copies[2]);
            InPieces(random, html, normaliser.Append);
            normaliser.Finish();
            for (var copy = 0; copy < copies.Length; copy++)
            {
                Expect(expected[copy], copies[copy], html);
            }
        }
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void Links_are_those_that_are_found_byte_by_byte(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 1000; i++)
        {
            var html = Document(random);
            var nothing = new PlainCopy(0);
            var expected = new LinkCollector();
            var plain = new PlainHtmlNormaliser(nothing, nothing, nothing, expected);
            plain.Append(html);
            expected.Close();
            var links = new LinkCollector();
            using var none = Writer(0);
            var normaliser = new HtmlNormaliser(none, none, none, links);
            InPieces(random, html, normaliser.Append);
            links.Close();
            Assert.Equal(expected.Links, links.Links);
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Texts_become_what_they_become_byte_by_byte(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 3000; i++)
        {
            var text = random.Next(3) == 0 ? Document(random) : Bytes(random);
            var limit = random.Next(4) == 0 ? random.Next(200) : long.MaxValue;
            var expected = new PlainCopy(limit);
            new PlainTextNormaliser(expected).Append(text);
            var copy = Writer(limit);
            InPieces(random, text, new TextNormaliser(copy).Append);
            Expect(expected, copy, text);
        }
    }

    [Fact]
    public void Documents_longer_than_all_buffers_become_what_they_become_byte_by_byte()
    {
        var random = new Random(9);
        var long1 = string.Concat(Enumerable.Range(0, 9000).Select(i => $"Word{i}  AND\n"));
        foreach (var pieces in new[] { $"<html>{long1}", $"<p title=\"{long1}", $"<script>{long1}</script>{long1}", $"<style>{long1}", $"<!--{long1}>{long1}&" })
        {
            var html = Encoding.Latin1.GetBytes(pieces);
            PlainCopy[] expected = [new(), new(), new(), new()];
            var plain = new PlainHtmlNormaliser(expected[0], expected[1], expected[2]);
            plain.Append(html);
            plain.Finish();
            new PlainTextNormaliser(expected[3]).Append(html);
            CopyWriter[] copies = [Writer(1 << 24), Writer(1 << 24), Writer(1 << 24), Writer(1 << 24)];
            var normaliser = new HtmlNormaliser(copies[0], copies[1], copies[2]);
            InPieces(random, html, normaliser.Append, 70_000);
            normaliser.Finish();
            new TextNormaliser(copies[3]).Append(html);
            for (var copy = 0; copy < copies.Length; copy++)
            {
                Expect(expected[copy], copies[copy], html[..100]);
            }
        }
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void Utf_16_is_reduced_as_it_is_unit_by_unit(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Bytes(random);
            foreach (var order in Enum.GetValues<Utf16Order>())
            {
                var expected = Enumerable.Range(0, bytes.Length / 2).Select(unit => order == Utf16Order.LittleEndian
                    ? (byte)(bytes[2 * unit] + (bytes[(2 * unit) + 1] << 4)) : (byte)(bytes[(2 * unit) + 1] + (bytes[2 * unit] << 4)));
                var reduction = new Utf16Reduction(order);
                var actual = new List<byte>();
                InPieces(random, bytes, part =>
                {
                    var output = new byte[(part.Length / 2) + 1];
                    actual.AddRange(output.AsSpan(0, reduction.Reduce(part, output)));
                });
                Assert.Equal(expected, actual);
            }
        }
    }

    private static byte[] Document(Random random)
    {
        var document = new StringBuilder();
        for (var count = random.Next(60); count > 0; count--)
        {
            document.Append(_pieces[random.Next(_pieces.Length)]);
        }

        return Encoding.Latin1.GetBytes(document.ToString());
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(300)];
        var kinds = random.Next(1, 5);
        foreach (ref var value in bytes.AsSpan())
        {
            value = random.Next(kinds) switch { 0 => (byte)random.Next(256), 1 => (byte)random.Next(9, 14), 2 => (byte)' ', _ => (byte)random.Next(32, 127) };
        }

        return bytes;
    }

    private static void InPieces(Random random, byte[] bytes, Taker take, int longest = 90)
    {
        longest = random.Next(3) == 0 ? bytes.Length + 1 : random.Next(1, longest);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, longest + 1), bytes.Length - at);
            take(bytes.AsSpan(at, count));
            at += count;
        }
    }

    private static void Expect(PlainCopy expected, CopyWriter writer, byte[] input)
    {
        var (last, isCut) = (writer.Last, writer.IsCut);
        using (writer)
        {
            using var content = writer.Complete();
            var actual = content.Window(0, (int)content.Length).ToArray();
            Assert.True(
                expected.Bytes.AsSpan().SequenceEqual(actual) && expected.IsCut == isCut && expected.Last == last,
                $"of {Encoding.Latin1.GetString(input)}\n expected {Encoding.Latin1.GetString(expected.Bytes)} {expected.IsCut} {expected.Last}\n actual   {Encoding.Latin1.GetString(actual)} {isCut} {last}");
        }
    }

    private CopyWriter Writer(long limit)
    {
        var budget = new Budget(ScanProfile.Default, TimeProvider.System, CancellationToken.None);
        return new CopyWriter(limit, ScanProfile.Default, budget, new ScratchFolder(_folder.Path("scratch")));
    }

    private delegate void Taker(ReadOnlySpan<byte> bytes);
}
