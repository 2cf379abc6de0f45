using System.Globalization;
using System.Text;
using Engine.Tests.Scanning;
using Testing;

namespace Engine.Tests.Normalisation;

/// <summary>Which signatures meet which buffers: the vectors of clamav-formats.md §8 for targets 3 and 7, and generated documents against clamscan.</summary>
public sealed class NormalisedScanTests : IDisposable
{
    private const string Html = "<html><body><!-- Remark --><P>Some  TEXT</P><script>var Foo=\"SCR\"+\"ipt\";</script></body></html>";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("T:7:*:68656c6c6f20776f726c64", "HELLO \t\r\n World", true)]
    [InlineData("T:0:*:68656c6c6f20776f726c64", "HELLO \t\r\n World", true)]
    [InlineData("T:3:*:736563726574", "<html><body>A SECRET B</body></html>", true)]
    [InlineData("T:3:*:736563726574", "<html><body>A <!-- secret --> B</body></html>", false)]
    [InlineData("T:0:*:736563726574", "<html><body>A <!-- secret --> B</body></html>", false)]
    [InlineData("T:3:*:61207365637265742062", "<html><body>A <b>SECRET</b> B</body></html>", true)]
    public void Vectors_of_targets_3_and_7(string line, string content, bool isHit)
    {
        using var engine = Engine(("T.ndb", line + "\n"));
        var result = engine.Scan(Encoding.Latin1.GetBytes(content));
        Assert.Equal(isHit ? "T" : null, result.Threat);
    }

    [Theory]
    [InlineData(0, "Some  TEXT", false)]
    [InlineData(3, "Remark", false)]
    [InlineData(0, "some text", true)]
    [InlineData(3, "<p>some text", true)]
    [InlineData(3, " some text ", true)]
    [InlineData(3, "varfoo", true)]
    [InlineData(3, "var n000=\"script\"", true)]
    [InlineData(7, "var n000=\"script\"", true)]
    [InlineData(7, "some text", false)]
    public void A_signature_meets_the_copies_of_html_and_not_its_bytes(int target, string text, bool isHit)
    {
        var hex = Convert.ToHexString(Encoding.Latin1.GetBytes(text));
        using var engine = Engine(("T.ndb", $"T:{target}:*:{hex}\n"));
        foreach (var bytes in new[] { Encoding.Latin1.GetBytes(Html), [.. "\u00FF\u00FE"u8[..0], .. Encoding.Unicode.GetBytes(Html)] })
        {
            var result = engine.Scan(bytes);
            Assert.Equal(isHit ? "T" : null, result.Threat);
            Assert.All(result.Matches, match => Assert.Null(match.Offset));
        }
    }

    [Fact]
    public void Raw_text_meets_target_0_and_its_copy_targets_0_and_7()
    {
        using var engine = Engine(("T.ndb", "Raw0:0:*:48454c4c4f2020\nRaw7:7:*:48454c4c4f2020\nLow0:0:*:6c6f20776f\nLow7:7:*:6c6f20776f\n"));
        foreach (var text in new[] { "HELLO   World", "HELLO   World \u00E4\u00F6" })
        {
            var result = engine.Scan(Encoding.Latin1.GetBytes(text), allMatches: true);
            Assert.Equal(["Low0", "Low7", "Raw0"], result.Matches.Select(m => m.Signature).Order(StringComparer.Ordinal));
        }

        var wide = engine.Scan([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("HELLO   World")], allMatches: true);
        Assert.Equal(["Low0", "Low7"], wide.Matches.Select(m => m.Signature).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("uint32(0) == 0x48503F3C", true)]
    [InlineData("filesize > 1KB", true)]
    [InlineData("filesize < 1KB", false)]
    [InlineData("uint8(#a - 1) == 0x3C and filesize - #a > 1KB and @a[1] == 6", true)]
    [InlineData("uint8(@a[1]) == 0x65", false)]
    public void Rules_ask_a_text_for_size_and_numbers_and_its_copy_for_strings(string condition, bool isHit)
    {
        using var engine = Engine(("T.yar", $"rule R {{ strings: $a = \"eval(base64_decode(\" condition: $a and ({condition}) }}\n"));
        var text = "<?PHP EVAL(BASE64_DECODE($x));" + new string(' ', 3000);
        Assert.Equal(isHit ? "YARA.R" : null, engine.Scan(Encoding.Latin1.GetBytes(text)).Threat);
    }

    [Fact]
    public void A_text_with_a_late_tag_is_matched_as_html_too()
    {
        using var engine = Engine(("T.ndb", "Raw:0:*:53545546\nH:3:*:73747566\nT:7:*:73747566\n"));
        var late = new string('x', 5000) + "<html>STUFF";
        var result = engine.Scan(Encoding.Latin1.GetBytes(late), allMatches: true);
        Assert.Equal(["H", "Raw"], result.Matches.Select(m => m.Signature).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Digests_are_those_of_the_raw_bytes_and_only_of_them()
    {
        var html = Encoding.Latin1.GetBytes(Html);
        var copy = Normalised.Html(html).NoComment;
        using var engine = Engine(
            ("T.hsb", $"{Sha256(html)}:{html.Length}:Raw\n{Sha256(copy)}:*:Copy:73\n"), ("T.ndb", "X:3:*:73747566\n"));
        Assert.Equal(["Raw"], engine.Scan(html, allMatches: true).Matches.Select(m => m.Signature));
    }

    [Fact]
    public void Html_above_its_limit_is_matched_raw_and_as_far_as_it_is_normalised()
    {
        using var engine = Engine(("T.ndb", "Raw:0:*:53545546\nH:3:*:6865616465\n"));
        var html = Encoding.Latin1.GetBytes("<html>HEADER" + new string('x', 5000) + "STUFF");
        var result = engine.Scan(html, profile: ScanProfile.Default with { MaxHtmlNormaliseBytes = 1000 }, allMatches: true);
        Assert.Equal(["H", "Raw"], result.Matches.Select(m => m.Signature).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Copies_are_charged_to_the_scan()
    {
        using var engine = Engine(("T.ndb", "H:3:*:6865616465\n"));
        var html = Encoding.Latin1.GetBytes("<html>HEADER" + new string('x', 5000));
        var result = engine.Scan(html, profile: ScanProfile.Default with { MaxCumulativeExtractSize = 2000 }, allMatches: true);
        Assert.Contains(result.Codes, code => code.Code == ScanCode.DecMaximumCumulativeExtractSizeExceeded);
    }

    [Theory]
    [InlineData(11), InlineData(12), InlineData(13), InlineData(14)]
    public void Names_are_those_of_clamscan(int seed)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        var random = new Random(seed);
        var generator = new HtmlGenerator(random);
        var (lines, files) = (new StringBuilder(), new SortedDictionary<string, byte[]>(StringComparer.Ordinal));
        for (var i = 0; i < 80; i++)
        {
            var content = Encoding.Latin1.GetBytes(random.Next(3) == 0 ? Text(random) : generator.Document());
            var name = string.Create(CultureInfo.InvariantCulture, $"f{i:d3}");
            files[name] = content;
            _folder.Write(Path.Combine("files", name), content);
            AddSignatures(lines, random, content, i);
        }

        var database = _folder.Write(Path.Combine("db", "cases.ndb"), lines.ToString());
        var report = clamscan.Scan(Path.GetDirectoryName(database)!, _folder.Path("files"));
        using var engine = Engine(("cases.ndb", lines.ToString()));
        foreach (var (name, content) in files)
        {
            var expected = report.NamesByPath[Path.Combine(_folder.Path("files"), name)].Select(n => n.Replace(".UNOFFICIAL", "", StringComparison.Ordinal));
            var actual = engine.Scan(content, allMatches: true).Matches.Select(m => m.Signature).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(actual, StringComparer.Ordinal), $"""
                {Encoding.Latin1.GetString(content)}
                expected {string.Join(' ', expected)}
                actual   {string.Join(' ', actual)}
                {string.Join('\n', lines.ToString().Split('\n').Where(line => expected.Contains(line.Split(':')[0]) != actual.Contains(line.Split(':')[0])))}
                """);
        }
    }

    [Fact]
    public void Html_and_text_in_utf_16_meet_what_they_meet_in_clamscan()
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        const string html = "<html><body>A SECRET <b>B</b> text</body></html>";
        const string text = "plain SECRET B text";
        Encoding little = Encoding.Unicode, big = Encoding.BigEndianUnicode;
        (string Name, byte[] Bytes)[] objects =
        [
            ("le-mark", [0xFF, 0xFE, .. little.GetBytes(html)]), ("le", little.GetBytes(html)), ("odd", [0x78, .. little.GetBytes(html)]),
            ("be-mark", [0xFE, 0xFF, .. big.GetBytes(html)]), ("be", big.GetBytes(html)),
            ("text-le-mark", [0xFF, 0xFE, .. little.GetBytes(text)]), ("text-be-mark", [0xFE, 0xFF, .. big.GetBytes(text)]),
            ("text-be", big.GetBytes(text)),
        ];
        (string Name, byte[] Bytes)[] patterns =
        [
            ("little", little.GetBytes("SECRET")), ("big", big.GetBytes("SECRET")), ("lower", "secret"u8.ToArray()),
            ("upper", "SECRET"u8.ToArray()), ("tag", "<b>"u8.ToArray()), ("copy", "a secret b"u8.ToArray()),
        ];
        int[] targets = [0, 3, 7, 14];
        var lines = string.Concat(patterns.SelectMany(pattern => targets.Select(target =>
            string.Create(CultureInfo.InvariantCulture, $"{pattern.Name}{target}:{target}:*:{Convert.ToHexString(pattern.Bytes)}\n"))));
        var paths = objects.Select(o => _folder.Write(Path.Combine("files", o.Name), o.Bytes)).ToArray();
        var report = clamscan.Scan(_folder.Write("cases.ndb", lines), paths);
        using var engine = Engine(("cases.ndb", lines));
        Assert.All(objects.Zip(paths), pair => Assert.Equal(
            report.NamesByPath[pair.Second],
            engine.Scan(pair.First.Bytes, allMatches: true).Matches.Select(m => m.Signature + ".UNOFFICIAL").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    /// <summary>Pieces of the raw bytes and of every copy, for a target that may or may not meet them.</summary>
    private static void AddSignatures(StringBuilder lines, Random random, byte[] content, int index)
    {
        var html = Normalised.Html(content);
        byte[][] sources = [content, html.NoComment, html.NoTags, html.Scripts, Normalised.Text(content)];
        for (var i = 0; i < sources.Length; i++)
        {
            var source = sources[i];
            if (source.Length < 12)
            {
                continue;
            }

            var length = random.Next(4, 10);
            var start = random.Next(source.Length - length);
            int[] targets = [0, 3, 7, 4, 14];
            lines.Append(CultureInfo.InvariantCulture, $"S{index}-{i}:{targets[random.Next(5)]}:*:{Convert.ToHexString(source, start, length)}\n");
        }
    }

    private static string Text(Random random)
    {
        string[] words = ["Alpha", "BETA", "  ", "\n", "x1", "\t", "\u00E4", "{", "<", "gamma-Delta", "\r\n", "9"];
        var text = new StringBuilder("text ");
        for (var i = random.Next(4, 40); i > 0; i--)
        {
            text.Append(words[random.Next(words.Length)]);
        }

        return text.ToString();
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private EngineUnderTest Engine(params (string Name, string Content)[] files) =>
        new(TimeProvider.System, _folder.Path("scratch"), files);
}
