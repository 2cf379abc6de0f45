using System.Globalization;
using System.Text;

namespace Testing;

/// <summary>
/// YARA rules from a seed, of what both this engine and the program <c>yara</c> take, over a handful of strings. What the
/// program does its own way is left out: negation of what has no value, strings that overlap themselves, and counts in ranges
/// that do not begin at 0, and loops with none, which version 4.2 has wrong.
/// </summary>
public sealed class YaraConditions(int seed)
{
    /// <summary>The strings of every rule.</summary>
    public const string Strings = "$a = \"abc\" $b = { 64 65 ?? 67 } $c = \"XY\" nocase $d1 = \"q1\\r\" $d2 = { 71 32 [2] 71 71 } private";

    private const string AlwaysNamed = "($a or $b or $c or $d1 or $d2 or true)";

    private static readonly string[] _pieces = ["abc", "deFg", "de\0g", "XY", "xy", "q1\r", "q2..qq", "q2qqq", "zz", "\u0001\u0080\u00FF", "A", "....", "MZ"];

    private readonly Random _random = new(seed);

    /// <summary>A rule of its own name.</summary>
    public string Rule(string name) => $"rule {name} {{ strings: {Strings} condition: {AlwaysNamed} and ({Condition(2)}) }}\n";

    /// <summary>An object in which the strings stand, or nearly; of six bytes at least, below which nothing is matched here.</summary>
    public byte[] Content() =>
        Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, _random.Next(0, 12)).Select(_ => Pick(_pieces))) + "......");

    private string Condition(int depth) => depth > 0 && _random.Next(3) > 0
        ? $"({Condition(depth - 1)} {Pick("and", "or")} {Condition(depth - 1)})"
        : _random.Next(11) switch
        {
            0 => Id(),
            1 => $"not {Id()}",
            2 => $"{Id()} at {Place()}",
            3 => $"{Id()} in {Range()}",
            4 => $"#{Name()} {Sign()} {Small()}",
            5 => $"#{Name()} in (0..{Number()}) {Sign()} {Small()}",
            6 => $"@{Name()}{Pick("", "[1]")} {Sign()} {Number()}",
            7 => $"filesize {Pick("", "+ 3", "- 5", "+ (2 * 3)")} {Sign()} ({Number()} + 1)",
            8 => $"{Pick("", "u")}int{Width()}({Small()}) {Sign()} {Value()}",
            9 => $"{Quantity()} of {Set()} {Pick("", "", $"in {Range()}")}",
            _ => Loop(),
        };

    private string Loop() => _random.Next(2) == 0
        ? $"for {LoopQuantity()} of {Set()} : ( {Pick("$", $"$ at {Place()}", $"$ in {Range()}", $"# {Sign()} {Small()}", $"@ {Sign()} {Number()}", $"# > 1 or $ at {Small()}")} )"
        : $"for {LoopQuantity()} i in {Pick("(0..5)", "(1,3,9)", "(2..3)")} : ( {Pick($"uint8(i) {Sign()} {Value()}", "$a at i", "$c at i + 2", $"#b {Sign()} i and uint8be(i) > 64", "$a in (i..i + 4)")} )";

    private string LoopQuantity() => Pick("all", "any", "1", "2", "3");

    private string Quantity() => Pick("all", "any", "none", "1", "2", "3");

    private string Set() => Pick("them", "($a,$b)", "($d*)", "($a,$c,$d1)", "($b,$c,$d*)");

    private string Place() => Pick(Number(), Number(), $"filesize - {Number()}");

    private string Range() => Pick(
        $"({Small()}..{Number()})", $"({Small()}..{Number()})", "(0..filesize)", $"({Small()}..filesize)", $"(filesize - {Number()}..filesize)",
        $"(filesize - {Number()}..filesize - 1)");

    private string Width() => Pick("8", "8be", "16", "16be", "32", "32be");

    private string Value() => Pick("0x61", "0x6162", "0x6261", "0x61626364", "0x64636261", "255", "-1", "0", "70000", "-40000", "0x5A4D", "24930");

    private string Sign() => Pick("==", "!=", "<", "<=", ">", ">=");

    private string Small() => _random.Next(5).ToString(CultureInfo.InvariantCulture);

    private string Number() => _random.Next(40).ToString(CultureInfo.InvariantCulture);

    private string Name() => Pick("a", "b", "c", "d1", "d2");

    private string Id() => "$" + Name();

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
