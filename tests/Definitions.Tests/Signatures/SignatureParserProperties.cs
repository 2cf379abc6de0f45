using System.Text;
using CsCheck;
using Definitions.Signatures;
using Fuzz;
using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>What holds for any input whatever.</summary>
public sealed class SignatureParserProperties
{
    private const string Alphabet = "0123456789abcdefAF:?*{}[]()|!BLW-,.$SEOPVI#\n\r\0 T";

    [Fact]
    public void Never_throws_on_random_bytes() => Gen.Byte.Array[0, 300].Sample(input => SignatureFuzz.Run(input));

    [Fact]
    public void Never_throws_on_text_of_the_formats_own_characters() =>
        Gen.Select(Gen.Byte, Gen.Char[Alphabet].Array[0, 200])
            .Sample((format, text) => SignatureFuzz.Run([format, .. Encoding.ASCII.GetBytes(text)]), iter: 20_000);

    [Fact]
    public void Never_throws_on_mutated_signatures() =>
        Gen.Select(Gen.Int, Gen.Int[0, 400], Gen.Byte).Sample((seed, at, value) =>
        {
            var line = Encoding.ASCII.GetBytes("T:0:*:" + new PatternGenerator(new Random(seed)).Pattern());
            line[at % line.Length] = value;
            SignatureFuzz.Run([2, .. line]);
        });

    [Fact]
    public void Replays_the_fixtures_as_every_format() => Assert.All(
        Directory.GetFiles(Fixture.Path("signatures", "diagnostics"), "*.in"),
        path =>
        {
            var content = File.ReadAllBytes(path);
            for (byte format = 0; format < 10; format++)
            {
                SignatureFuzz.Run([format, .. content]);
            }
        });

    [Fact]
    public void Generated_patterns_load_and_keep_their_text() => Gen.Int.Sample(seed =>
    {
        var hex = new PatternGenerator(new Random(seed)).Pattern();
        var body = ParsedSignatures.Body($"T:0:*:{hex}");
        Assert.Equal(hex, body.Pattern.Source);
        Assert.All(body.Pattern.Parts, part => Assert.NotEmpty(part.Items));
    });

    [Fact]
    public void Printing_a_parsed_pattern_and_parsing_it_again_gives_the_same_pattern() => Gen.Int.Sample(seed =>
    {
        var once = PatternText.Of(ParsedSignatures.Pattern(new PatternGenerator(new Random(seed)).Pattern()));
        Assert.Equal(once, PatternText.Of(ParsedSignatures.Pattern(once)));
    });

    [Fact]
    public void Reads_a_million_hash_lines_with_little_more_than_the_signatures_themselves()
    {
        var lines = new RepeatedLine("cf0c408fc7d28447d52601c2ad71e404:1024:Win.Test.Agent-1234567-0\n", 1_000_000);
        var count = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = new SignatureFile("t.hdb", ParsedSignatures.Package, IsOfficial: false);
        var summary = SignatureParser.Parse(lines, file, _ => count++, _ => { });
        var perLine = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000;

        Assert.Equal(new SignatureParseSummary(1_000_000, 0, 0) { Lines = 1_000_000 }, summary);
        Assert.Equal(1_000_000, count);
        Assert.True(perLine < 300, $"{perLine} bytes a line");
    }

    private sealed class RepeatedLine(string line, int times) : MemoryStream(Encoding.ASCII.GetBytes(line))
    {
        private int _left = times;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var written = 0;
            while (_left > 0 && count - written >= Length)
            {
                Position = 0;
                written += base.Read(buffer, offset + written, (int)Length);
                _left--;
            }

            return written;
        }
    }
}
