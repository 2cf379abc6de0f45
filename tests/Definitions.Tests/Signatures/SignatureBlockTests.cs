using System.Globalization;
using System.Text;
using CsCheck;
using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Signatures;

/// <summary>A file in blocks comes to the same as the file in one go.</summary>
public sealed class SignatureBlockTests
{
    private static readonly string[] _names = ["a.hdb", "a.hsb", "a.mdb", "a.fp", "a.imp", "a.ndb", "a.ldb", "a.hdu", "a.wdb", "a.cfg"];

    [Fact]
    public void Blocks_give_the_signatures_and_findings_of_the_whole_file() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var content = Content(random);
                foreach (var name in _names)
                {
                    var file = new SignatureFile(name, ParsedSignatures.Package, IsOfficial: false)
                    {
                        Unwanted = UnwantedPolicy.LoadAll,
                        TellsSkippedLines = true,
                    };
                    Assert.True(SignatureParser.HasBlocks(file));
                    var whole = ParsedSignatures.Of(file, content, computeLineMd5: true);
                    var blocks = new Receiver(random.Next(2) == 0);
                    var summary = blocks.Parse(content, file);
                    Assert.Equal(whole.Signatures.Select(Text), blocks.Signatures);
                    Assert.Equal(whole.Diagnostics.Select(d => d.ToString()), blocks.Diagnostics);
                    Assert.Equal(whole.Summary, summary);
                }
            },
            iter: 15,
            threads: 1);

    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a\n", 1)]
    [InlineData("\n\na", 3)]
    public void Counts_lines_as_the_parser_does(string text, int lines)
    {
        var reader = new SignatureBlockReader(new MemoryStream(Encoding.ASCII.GetBytes(text)), SignatureBlockReader.MinBlockBytes);
        using var block = reader.Read();
        Assert.Equal(lines == 0, block is null);
        Assert.Null(reader.Read());
        Assert.Equal(lines, ParsedSignatures.Of("a.ndb", text).Summary.Lines);
    }

    [Fact]
    public void A_line_without_end_takes_the_memory_of_one_block()
    {
        var content = new byte[3 << 20];
        content.AsSpan().Fill((byte)'x');
        "\nT:0:*:414243"u8.CopyTo(content.AsSpan(content.Length - 13));
        var reader = new SignatureBlockReader(new MemoryStream(content), SignatureBlockReader.MinBlockBytes);
        var blocks = new List<SignatureBlock>();
        while (reader.Read() is { } block)
        {
            blocks.Add(block);
        }

        Assert.Equal([0, 1], blocks.Select(block => block.LinesBefore));
        Assert.Equal(12, blocks[1].Length);
    }

    /// <summary>Lines as they are, as they may be, and as they should not be; some longer than a block.</summary>
    private static byte[] Content(Random random)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 3000; i++)
        {
            text.Append(Line(random, i)).Append(random.Next(5) == 0 ? "\r\n" : "\n");
        }

        if (random.Next(2) == 0)
        {
            text.Length--;
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static string Line(Random random, int i)
    {
        var hash = Convert.ToHexStringLower(Bytes(random, random.GetItems([16, 20, 32, 15], 1)[0]));
        var size = random.GetItems(["1", "44544", "4294967294", "4294967295", "0", "*", "", "x", "00000000000012"], 1)[0];
        var name = random.GetItems(["Win.A-1", "x (Clam)", "", "Zoë", "b)", "PUA.Win.Tool.X", "n\0l", "caf\u00e9"], 1)[0];
        var levels = random.GetItems(["", ":73", ":73:", ":10:255", ":300", ":x", "::", ":1:2:3"], 1)[0];
        return random.Next(12) switch
        {
            0 => $"{hash}:{size}:{name}{levels}",
            1 => $"{size}:{hash}:{name}{levels}",
            2 or 3 or 4 => string.Create(CultureInfo.InvariantCulture, $"{hash}:{i + 1}:Win.Malware.Agent-{i}"),
            5 or 6 => string.Create(CultureInfo.InvariantCulture, $"{i + 1}:{hash}:Win.Malware.Agent-{i}"),
            7 => $"{name}:{random.Next(16)}:*:{hash}{levels}",
            8 => $"{name};Engine:51-255,Target:0;0;{hash}",
            9 => random.GetItems(["", "# comment", "X:a.b:c.d", "PE:0x1", hash], 1)[0],
            10 when random.Next(60) == 0 => new string('a', random.Next(8000, 200_000)),
            _ => Encoding.Latin1.GetString(Bytes(random, random.Next(40))).Replace('\n', ' '),
        };
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Text(Signature signature) => signature switch
    {
        HashSignature hash => Text(hash.Purpose, hash.Kind, hash.Value.Span, hash.Size ?? 0, hash.Name),
        BodySignature body => $"{body.Name} {body.Line} {body.Target} {body.Pattern.Source} {Convert.ToHexString(body.SourceMd5!.Value.Span)}",
        _ => $"{signature.GetType().Name} {signature.Name} {signature.Line}",
    };

    private static string Text(HashPurpose purpose, HashKind kind, ReadOnlySpan<byte> value, long size, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{purpose} {kind} {Convert.ToHexString(value)} {size} {name}");

    private sealed class Receiver(bool takesEntries) : SignatureReceiver
    {
        public List<string> Signatures { get; } = [];

        public List<string> Diagnostics { get; } = [];

        public SignatureParseSummary Parse(byte[] content, SignatureFile file)
        {
            var reader = new SignatureBlockReader(new MemoryStream(content), SignatureBlockReader.MinBlockBytes);
            var total = new SignatureParseSummary(0, 0, 0);
            while (reader.Read() is { } block)
            {
                using (block)
                {
                    total += SignatureParser.ParseBlock(block, file, this, computeLineMd5: true);
                }
            }

            return SignatureParser.FinishBlocks(file, total, Report);
        }

        public override void Accept(Signature signature) => Signatures.Add(Text(signature));

        public override void Report(Diagnostic diagnostic) => Diagnostics.Add(diagnostic.ToString());

        public override bool TryAccept(in HashEntry entry)
        {
            if (takesEntries)
            {
                Signatures.Add(Text(entry.Purpose, entry.Kind, entry.Value, entry.Size, Encoding.ASCII.GetString(entry.Name)));
            }

            return takesEntries;
        }
    }
}
