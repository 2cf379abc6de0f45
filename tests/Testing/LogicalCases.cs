using System.Globalization;
using System.Text;

namespace Testing;

/// <summary>
/// Logical signatures and files from a seed, for comparison with the reference engine: counts, options, offsets, regular
/// expressions and byte comparisons over a small alphabet, so that near misses are the rule. Kept away from: matches of
/// nothing counted with <c>g</c>, on which the reference engine never ends.
/// </summary>
public sealed class LogicalCases
{
    private static readonly byte[] _alphabet = "AaBb "u8.ToArray();

    /// <summary>Ends each file: makes it binary, so that no normalised text copy is scanned (§8, <c>+Z</c>).</summary>
    private static readonly byte[] _binaryEnd = [0, 1, 0, 0, 1, 0, 0, 1];

    private static readonly string[] _regexes =
    [
        "b+c", "A", "AB", "A[ab]", "(?i)ab", "A.B", "[^A]B", "A{2}", "A{2,}?B", "(A|B)a", "\\x41B", "A\\s", "A\\b", "\\w\\W",
        "[[:upper:]]{2}", "[[:^lower:]]a", "A++B", "(?>A+)B", "(A)\\1", "(?<n>a)\\k<n>", "A(?=B)", "A(?!B)", "(?<=A)B",
        "\\QA B\\E", "A\\hB", "^A", "B.*A", "a.*?B", "[A-B]+", "\\d", "\\S+", "(?:A|B)(?:a|b)", "\\x{41}a", "\\101",
        "[\\x41\\x42]a", "(?x) A B # c", "\\AA", "\\N\\N", "[]A]", "[^]A]b", "\\R", "(?#x)A", "A{1", "(?-i)A",
        "(A)(B)\\2\\1", "(A)\\g1", "(?P<x>a)(?P=x)", "[a-\\x62]", "[A\\-a]", "[\\w]A", "[^\\s]A",
    ];

    private readonly Random _random;
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private LogicalCases(int seed)
    {
        // The sequence of a seeded generator is part of the case: it has to come out the same everywhere.
        _random = new Random(seed);
    }

    public IReadOnlyList<string> Lines => _lines;

    public IReadOnlyDictionary<string, byte[]> Files => _files;

    /// <summary>Every file meets every signature.</summary>
    public static LogicalCases Generate(int seed, int lines, int files)
    {
        var cases = new LogicalCases(seed);
        for (var i = 0; i < lines; i++)
        {
            var rest = cases._random.Next(10) switch { < 5 => cases.Body(), < 7 => cases.Regex(), < 9 => cases.ByteCompare(), _ => cases.Expression() };
            cases._lines.Add(string.Create(CultureInfo.InvariantCulture, $"C{i};Engine:101-255,Target:0;{rest}"));
        }

        for (var i = 0; i < files; i++)
        {
            cases._files[string.Create(CultureInfo.InvariantCulture, $"f{i:d3}")] = cases.File();
        }

        return cases;
    }

    private string Body()
    {
        var expression = Pick("0", "0", "0=1", "0=2", "0>1", "0>2", "0<2", "0<3", "0=0");
        var pattern = $"{Offset()}{Hex()}";
        var options = Pick("", "", "", "::i", "::i", "::w", "::wa", "::f", "::if", "::wi", "::wia", "::wf", "::a");

        // Two forms of a pattern in parts: what one counts may hide the other there (docs/differences.md).
        var isCountedTwice = options is "::wa" or "::wia" && expression != "0" && pattern.AsSpan().IndexOfAny("*{") >= 0;
        return $"{expression};{pattern}{(isCountedTwice ? options[..^1] : options)}";
    }

    private string Regex()
    {
        var flags = string.Concat("grismAEUx".Where(_ => _random.Next(7) == 0));
        return $"{Pick("0&1", "0&1=1", "0&1>1", "1=2", "0&(0|1)>3", "1>4")};{Twice()};"
            + $"{Offset()}{Pick("0", "0", "0|0", "0>1")}/{Pick(_regexes)}/{flags}";
    }

    private string ByteCompare()
    {
        var type = Pick("h", "d", "a", "i");
        var order = type == "d" ? Pick("", "b") : Pick("l", "b", "b", "");
        var length = type == "i" ? Pick("1", "2", "4", "8") : Pick("1", "2", "3", "4", "5", "6");
        return $"0&1;{Twice()};0({Pick(">>0", ">>1", ">>2", ">>5", "<<1", "<<4", "0")}#{type}{order}{Pick("", "", "e")}{length}#"
            + $"{Pick("=", "<", ">")}{Pick("0", "1", "10", "12", "0x41", "0x1", "100", "255", "0xab", "0x4142")}{Pick("", "", ",<500")})";
    }

    /// <summary>Three subsignatures under a random expression.</summary>
    private string Expression()
    {
        var expression = $"(0{Operator()}1{Operator()}2{Operator()}0){Pick("", "=0", "=1", ">1", "<3", ">1,2", "=3,2")}{Operator()}"
            + $"1{Pick("", "=0", "=1", ">1")}{Operator()}2";
        return $"{expression};{Twice()};{Twice()};{Twice()}";
    }

    private string Operator() => Pick("&", "|");

    private string Offset() => Pick(
        "", "", "", "",
        string.Create(CultureInfo.InvariantCulture, $"{_random.Next(11)}:"),
        string.Create(CultureInfo.InvariantCulture, $"{_random.Next(11)},{_random.Next(1, 21)}:"),
        string.Create(CultureInfo.InvariantCulture, $"EOF-{_random.Next(12, 40)},{_random.Next(1, 21)}:"));

    private string Hex()
    {
        var text = new StringBuilder(Part());
        for (var parts = _random.Next(4) switch { 0 => 1, 1 => 2, _ => 0 }; parts > 0; parts--)
        {
            text.Append(Pick("*", "{-3}", "{1-4}", "{2-}", "{3-5}")).Append(Part());
        }

        return text.ToString();
    }

    private string Part() => Convert.ToHexStringLower(Text(_random.Next(2, 5))) + _random.Next(8) switch
    {
        0 => "??" + Convert.ToHexStringLower(Text(2)),
        1 => $"({Convert.ToHexStringLower(Text(1))}|{Convert.ToHexStringLower(Text(1))}){Convert.ToHexStringLower(Text(2))}",
        2 => "4?",
        3 => "{2}" + Convert.ToHexStringLower(Text(2)),
        _ => "",
    };

    private string Twice()
    {
        var hex = Convert.ToHexStringLower(Text(1));
        return hex + hex;
    }

    private byte[] File()
    {
        var bytes = new List<byte>();
        for (var i = _random.Next(3, 40); i > 0; i--)
        {
            bytes.AddRange(_random.Next(4) switch
            {
                0 => Text(3).SelectMany(b => (byte[])[b, 0]),
                1 => Encoding.Latin1.GetBytes(Pick("12", "0x41", "100", "  10", "ab", "-5", "\n", "\r\n", "\u00e9", ".", "x1")),
                _ => Text(_random.Next(1, 4)),
            });
        }

        return [.. bytes, .. _binaryEnd];
    }

    private byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(_ => _alphabet[_random.Next(_alphabet.Length)])];

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
