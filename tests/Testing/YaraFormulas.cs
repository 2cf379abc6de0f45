using System.Globalization;
using System.Text;

namespace Testing;

/// <summary>
/// YARA rules from a seed whose conditions are reckoned while scanning, and objects for them: text, binary data, programs. What
/// the two other engines do their own way (docs/differences.md) is left out: negation and bits of what may have no value,
/// hexadecimal numbers of an odd number of digits, loops over nothing, strings that overlap themselves.
/// </summary>
/// <param name="isReference">True: only what clamscan takes, and does as its grammar says; false: only what <c>yara</c> does.</param>
public sealed class YaraFormulas(int seed, bool isReference)
{
    private const string Strings = "$a = \"abc\" $b = { 64 65 ?? 67 } $c = \"XY\" nocase $d = \"hi\" wide ascii";

    private const string AlwaysNamed = "($a or $b or $c or $d or true)";

    /// <summary>Behind the pieces: what is read stays in front of the last bytes, which clamscan does not read.</summary>
    private const int Tail = 70;

    private static readonly string[] _pieces =
    [
        "abc", "deFg", "de\0g", "XY", "xY", "hi", "h\0i\0", "zz", "\u0001\u0080\u00FF", "\u0005\0\0\0", "\u0020\0", "A", "....", "\u00FE\u00FF\u00FF\u00FF",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A rule of its own name.</summary>
    public string Rule(string name) => $"rule {name} {{ strings: {Strings} condition: {AlwaysNamed} and ({Condition(2)}) }}\n";

    /// <summary>Bytes in which the strings stand, or nearly; now and then a program of them.</summary>
    public byte[] Content()
    {
        var text = string.Concat(Enumerable.Range(0, _random.Next(0, 14)).Select(_ => Pick(_pieces)));
        var isLocal = !text.Any(c => c is > '\u007F');
        return _random.Next(6) switch
        {
            0 when isLocal => TestProgram.Pe(text),
            1 when isLocal && isReference => TestProgram.Elf(text),
            2 => Encoding.Latin1.GetBytes(text.Replace('\0', '_') + new string('.', Tail)),
            3 => [.. RandomBytes(), .. Encoding.Latin1.GetBytes(text), .. new byte[Tail]],
            _ => [.. Encoding.Latin1.GetBytes(text + "\0\u0001\0\0\u0001\0\0\u0001"), .. new byte[Tail]],
        };
    }

    private byte[] RandomBytes()
    {
        var bytes = new byte[_random.Next(100)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Condition(int depth) => depth > 0 && _random.Next(3) == 0
        ? $"({Condition(depth - 1)} {Pick("and", "or")} {Condition(depth - 1)})"
        : _random.Next(12) switch
        {
            0 or 1 or 2 => $"{Number(2)} {Sign()} {Number(2)}",
            3 => $"${Name()} at {Number(2)}",
            4 => $"${Name()} in ({Number(1)}..#{Name()} + {Number(2)})",
            5 => $"not (#{Name()} {Sign()} #{Name()} {Pick("+", "-", "*")} {Small()})",
            6 => $"@{Name()}[{Pick("1", "2", "3", Number(1))}] {Sign()} {Number(1)}",
            7 => Counted(),
            8 => $"for {Quantity()} of {Pick("them", "($a,$b)", "($b,$c,$d)")} : ( {Pick($"$ at {Number(2)}", $"@ {Sign()} {Number(1)}", $"# {Sign()} #{Name()}", $"@[2] > {Number(1)}")} )",
            9 => Header(),
            _ => Loop(2),
        };

    private string Counted() => isReference
        ? $"#{Name()} + #{Name()} {Sign()} {Small()}"
        : $"#{Name()} in (0..{Number(2)}) {Sign()} {Small()}";

    /// <summary>As rules about programs have it.</summary>
    private string Header() => Pick(
        "uint32(uint32(0x3C)) == 0x00004550", "uint16(uint32(0x3c)+24) == 0x020b or uint16(uint32(0x3c) + 24) == 0x010b", "uint16(0) == 0x5A4D and $a in (uint32(0x3c)..filesize)",
        "uint32(0) == 0x464c457f and @a > uint16(52)", isReference ? "uint32(0x3c) < filesize" : "entrypoint > 100 and @a > entrypoint",
        isReference ? "uint8(0) & 0x40 == 0x40" : "uint8(entrypoint) == 0x31", "filesize - uint32(0x3c) > 500");

    private string Loop(int depth)
    {
        var i = $"i{depth}";
        var inner = depth > 1 && _random.Next(3) == 0 ? Loop(depth - 1).Replace(" : ( ", $" : ( {i} != 7 and ", StringComparison.Ordinal) : "";
        var (range, condition) = _random.Next(4) switch
        {
            0 => Occurrences(i),
            1 => ($"(0..filesize - {(isReference ? 5 : 4)})", Pick($"uint32({i}) == {Pick("0x64636261", "0x00434241", "5")}", $"uint16({i}) + {i} == {Small()}", $"$a at {i}", $"uint8({i}) == uint8({i} + 1)")),
            2 => ($"(0..uint8({Small()}) % 9)", Pick($"uint8({i}) {Sign()} {Number(1)}", $"$c at {i} + uint8(1) % 7", $"#a {Sign()} {i}")),
            _ => ($"({Number(1)}, {Small()})", Pick($"{i} {Sign()} {Number(1)}", $"uint16({i}) {Sign()} {Number(1)}")),
        };

        // The reference engine reads lists in another order, in which what has no value ends them.
        range = isReference && range.Contains(',', StringComparison.Ordinal) ? $"({Small()}, {Small()})" : range;
        condition = inner.Length > 0 ? $"{condition} {Pick("and", "or")} {inner}" : condition;

        // Loops over nothing are not the same everywhere.
        var some = range.StartsWith("(1..#", StringComparison.Ordinal) ? $"@{range["(1..#".Length..^1]}[{i}] >= 0 and " : "";
        return $"for {Quantity()} {i} in {range} : ( {some}({condition}) )";
    }

    private (string Range, string Condition) Occurrences(string i)
    {
        var name = Name();
        return ($"(1..#{name})", Pick(
            $"@{name}[{i}] {Sign()} {Number(1)}", $"uint8(@{name}[{i}]) % 2 == 1", $"@{name}[{i}] - @{name}[{i} - 1] < {Small()}", $"@{name}[{i}] % 2 == {Small()}",
            $"$a at @{name}[{i}] + {Small()}", $"#{Name()} > {i}"));
    }

    private string Number(int depth)
    {
        if (depth == 0 || _random.Next(3) == 0)
        {
            return _random.Next(9) switch
            {
                0 or 1 => Small(),
                2 => _random.Next(300).ToString(CultureInfo.InvariantCulture),
                3 => "filesize",
                4 or 5 => $"#{Name()}",
                6 => $"@{Name()}",
                7 => Read(Small()),
                _ => isReference ? $"@{Name()}[2]" : Pick("entrypoint", $"@{Name()}[#{Name()}]"),
            };
        }

        return _random.Next(9) switch
        {
            0 => Read($"{(isReference ? Certain() : Number(depth - 1))} & 31"),
            1 => $"@{Name()}[{Number(depth - 1)}]",
            2 => $"({(isReference ? Certain() : Number(depth - 1))} {Pick("&", "|", "^")} {(isReference ? Certain() : Number(depth - 1))})",
            3 => $"({Number(depth - 1)} {Pick("<<", ">>")} {Small()})",
            4 when isReference => $"({Number(depth - 1)} {Pick("%", "\\")} {_random.Next(1, 9)})",
            4 => $"({Number(depth - 1)} {Pick("%", "\\")} {Pick("3", $"#{Name()}", $"@{Name()}", $"uint8({Small()})")})",
            5 when !isReference => $"{Pick("-", "~")}({Number(depth - 1)})",
            6 when isReference => $"({Certain()} {Pick("&", "|", "^")} {Small()} {Pick("&", "|", "^", "+", "<<")} {Small()})",
            _ => $"({Number(depth - 1)} {Pick("+", "-", "*")} {Number(depth - 1)} {Pick("", "", "- 1")})",
        };
    }

    /// <summary>Has a value in every object.</summary>
    private string Certain() => Pick(Small(), "filesize", $"#{Name()}", $"#{Name()}", Read(Small()));

    private string Read(string place) => $"{Pick("", "u")}int{(isReference ? Pick("8", "16", "32") : Pick("8", "16", "32", "8be", "16be", "32be"))}({place})";

    private string Quantity() => Pick("all", "any", "any", "1", "2", $"(1 + #{Name()})");

    private string Sign() => Pick("==", "!=", "<", "<=", ">", ">=");

    private string Small() => _random.Next(5).ToString(CultureInfo.InvariantCulture);

    private string Name() => Pick("a", "b", "c", "d");

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
