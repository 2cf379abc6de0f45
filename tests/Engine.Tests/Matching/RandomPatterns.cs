using System.Text;
using CsCheck;
using Definitions.Signatures;
using Engine.Tests.Images;

namespace Engine.Tests.Matching;

/// <summary>Random lines in the grammar of §3.6 over a small alphabet, so that partial matches are the rule.</summary>
internal static class RandomPatterns
{
    private static readonly Gen<string> _byte = Gen.OneOf("41", "42", "43", "0a", "20");

    private static readonly Gen<string> _literal = _byte.Array[2, 3].Select(string.Concat);

    private static readonly Gen<string> _choice = Gen.OneOf(
        _byte.Array[1, 3].Select(string.Concat),
        Gen.Select(_byte, _byte, (a, b) => $"{a}??{b}"),
        Gen.Select(_byte, _byte, (a, b) => $"({a}|{b}{a})"));

    private static readonly Gen<string> _token = Gen.Frequency(
        (6, _literal),
        (2, Gen.OneOf("??", "4?", "?1", "????")),
        (2, Gen.OneOf("*", "{2}", "{-3}", "{1-4}", "{0-9}", "{3-}", "{4-2}", "{0}", "{130}")),
        (2, _choice.Array[1, 3].Select(c => $"({string.Join('|', c)})")),
        (1, Gen.Select(_byte, _byte, (a, b) => $"!({a}|{b})")),
        (1, Gen.Select(_literal, c => $"!({c})")),
        (1, Gen.OneOf("(B)", "(L)", "(W)", "!(B)", "!(L)", "!(W)")),
        (1, Gen.OneOf("[1-3]", "[2]", "[0-5]")));

    private static readonly Gen<string> _offset = Gen.Frequency(
        (6, Gen.Const("*")),
        (1, Gen.Int[0, 12].Select(n => $"{n}")),
        (1, Gen.Select(Gen.Int[0, 12], Gen.Int[0, 9], (n, m) => $"{n},{m}")),
        (1, Gen.Int[2, 40].Select(n => $"EOF-{n}")),
        (1, Gen.Select(Gen.Int[2, 40], Gen.Int[0, 9], (n, m) => $"EOF-{n},{m}")));

    /// <summary>A line without its name; many are malformed and dropped by <see cref="Parse"/>.</summary>
    private static readonly Gen<string> _line = Gen.Select(
        _offset, _token.Array[0, 4], _literal, (offset, tokens, end) => $"{offset}:{string.Concat(tokens)}{end}");

    public static Gen<string[]> Lines(int count) => _line.Array[count];

    public static Gen<byte[]> Object { get; } = Gen.OneOf((byte)'A', (byte)'B', (byte)'C', (byte)'\n', (byte)' ', (byte)'\r')
        .Array[6, 120];

    /// <summary>The well-formed ones of the lines, named by their index.</summary>
    public static List<BodySignature> Parse(string[] lines)
    {
        var signatures = new List<BodySignature>();
        for (var i = 0; i < lines.Length; i++)
        {
            using var content = new MemoryStream(Encoding.ASCII.GetBytes($"S{i}:0:{lines[i]}\n"));
            SignatureParser.Parse(
                content,
                new SignatureFile("random.ndb", CompiledImage.Package, IsOfficial: true),
                s => signatures.Add((BodySignature)s),
                static _ => { });
        }

        return signatures;
    }
}
