using System.Text;
using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>YARA rules: the vectors of clamav-formats.md §8, and clamscan where it is installed.</summary>
public sealed class YaraRuleTests
{
    /// <summary>Makes an object binary: no normalised copy is scanned (§8).</summary>
    private const string Z = "\0\u0001\0\0\u0001\0\0\u0001";

    private static readonly string[] _objects =
    [
        "AAA..." + Z, "xxbbcx" + Z, "ABxCxx" + Z, "AAA.aaa" + Z, "AAA.BBB.aaaxABxCxx hello world" + Z, "nothing at all" + Z,
        "h\0e\0l\0l\0o\0" + Z, "BBBB.AAAA.BBBB" + Z, "AAxxxBB AA.AB" + Z, "aAa AAA AAA AAA" + Z, "x hello, hello" + Z, "AAA" + Z,
    ];

    /// <summary>Strings and condition of a rule each; all load in clamscan 1.4.6.</summary>
    private static readonly (string Strings, string Condition)[] _rules =
    [
        ("$a = \"AAA\"", "$a"), ("$a = { 41 42 ?? 43 } $b = /b+c/", "any of them"), ("$a = \"aaa\" nocase", "#a > 1"),
        ("$a = \"AA\"", "$a"), ("$a = \"zzz\" $b = \"AAA\"", "not $a and $b"), ("$a = \"zzz\"", "not $a"), ("$a = \"AAA\"", "$a at 0"),
        ("$a = \"BBB\"", "$a at 4"), ("$a = \"BBB\"", "$a at 5"), ("$a = \"BBB\"", "$a in (0..4)"), ("$a = \"BBB\"", "$a in (5..9)"),
        ("$a = \"aaa\" nocase", "#a == 2"), ("$a = \"BBB\"", "@a[1] == 4"), ("$a = \"BBB\"", "@a == 4"), ("$a = \"BBB\"", "@a[1] > 0"),
        ("$a = \"AAA\"", "$a and uint8(0) == 0x41"), ("$a = \"AAA\"", "$a and uint16(0) == 0x4141"), ("$a = \"AAA\"", "$a and int8(0) == 65"),
        ("$a = \"AAA\"", "$a and uint32(8) > 70"), ("$a = \"AAA\"", "$a and filesize > 14"), ("$a = \"AAA\"", "$a and filesize < 15"),
        ("$a = \"AAA\"", "$a and filesize > 1KB"), ("$a = \"AAA\" $b = \"BBB\" $c = \"zzz\"", "2 of them"),
        ("$a = \"AAA\" $b = \"BBB\" $c = \"zzz\"", "all of them"), ("$a1 = \"AAA\" $a2 = \"zzz\"", "any of ($a*)"),
        ("$a = \"AAA\" $b = \"BBB\"", "1 of ($a,$b)"), ("$a = \"AAA\"", "for any of them : ( $ at 0 )"),
        ("$a = \"AAA\" $b = \"BBB\"", "for all of ($a,$b) : ( # > 1 )"), ("$a = \"AAA\"", "$a or false"), ("$a = \"AAA\"", "#a + 1 == 2"),
        ("$ = \"AAA\" $ = \"BBB\"", "any of them"), ("$a = { 41 41 41 }", "$a"), ("$a = { 41 ?? 41 2E }", "$a"),
        ("$a = { 41 41 [1-4] 42 42 }", "$a"), ("$a = { 41 41 [-] 42 42 }", "$a"), ("$a = { 41 41 [3] 42 42 }", "$a"),
        ("$a = { 41 41 [1-] 42 42 }", "$a"), ("$a = { 41 41 (41|42) 2E }", "$a"), ("$a = { 41 41 (41 2E|42) 42 }", "$a"),
        ("$a = { 4? 41 41 }", "$a"), ("$a = { 41 41 (4?|42) 2E }", "$a"), ("$a = /bb+/i", "$a"), ("$a = /bb+/ nocase", "$a"),
        ("$a = /BB+/", "#a == 1"), ("$a = /BB/", "#a == 2"), ("$a = /B+\\.a/", "$a at 4"), ("$a = /h[a-z]+o/ fullword", "$a"),
        ("$a = /ello/ fullword", "$a"), ("$a = /^AAA/", "$a"), ("$a = /^BBB/", "$a"), ("$a = /A{3}/", "$a"),
        ("$a = /[[:alpha:]]{5} w/", "$a"), ("$a = /(AAA|ZZZ)\\./", "$a"), ("$a = /B\\x42B/", "$a"), ("$a = \"hello\" fullword", "$a"),
        ("$a = \"ello\" fullword", "$a"), ("$a = \"hello\" wide", "$a"), ("$a = \"hello\" wide ascii", "$a"),
        ("$a = \"HELLO\" nocase wide ascii fullword", "$a"), ("$a = \"AA\\x41\\x2e\"", "$a"),
        ("$a = \"AAA\" $b = \"hello\"", "($a or $b) and not ($a and $b)"), ("$a = \"AAA\" $b = \"hello\"", "#a > 1 or $b and filesize > 20"),
        ("$a = \"BBB\"", "$a at (1 + 3)"), ("$a = \"BBB\"", "$a at filesize - 12"), ("$a = \"AAA\"", "$a in (filesize - 100..filesize)"),
        ("$a = \"AAA\"", "$a in (0..filesize)"), ("$a = \"AAA\"", "$a and filesize - 8 > 10"), ("$a = \"AAA\"", "$a and uint8(1000) != 0"),
        ("$a = \"AAA\"", "@a != 3"), ("$a = \"AAA\" $b = \"BBB\" $c = \"hello\"", "for 2 of them : ( # == 1 )"),
        ("$a = \"AAA\" $b = \"BBB\"", "for any of them : ( @ > 3 )"), ("$a = \"AAA\" $b = \"BBB\"", "for any of them : ( $ at 0 or # > 1 )"),
        ("$a = \"AAA\"", "for any i in (0..3) : ( uint8(i) == 0x42 ) or $a"), ("$a = \"AAA\"", "for all i in (0,1) : ( uint8(i) == 0x41 ) and $a"),
        ("$a = \"A\\x41A\\r\"", "$a or true"),
        ("$a = \"AAA\"", "$a and uint8(uint8(3) - 0x2E) == 0x41"), ("$a = \"AAA\"", "$a and uint32(uint32(0)) != 1"), ("$a = \"AAA\" $b = \"BBB\"", "#a == #b"),
        ("$a = \"AAA\" $b = \"BBB\"", "#a > #b * 2"), ("$a = \"AAA\" $b = \"BBB\"", "@a < @b"), ("$a = \"AAA\" $b = \"BBB\"", "@b[1] - @a[1] < 100"),
        ("$a = \"AAA\"", "$a and uint8(0) < filesize"), ("$a = \"AAA\"", "$a and filesize - uint8(0) > 10"), ("$a = \"AAA\"", "@a[2] == 8"),
        ("$a = \"AAA\"", "@a[2] != 8"), ("$a = \"AAA\"", "not (@a[9] != 8)"), ("$a = \"AAA\"", "@a[0] == 0 or @a[#a + 1] == 0"), ("$a = \"AAA\"", "$a and not uint8(1000)"),
        ("$a = \"AAA\"", "$a and (uint8(0) & 1) == 1"), ("$a = \"AAA\"", "$a and uint8(0) % 2 == 1"), ("$a = \"AAA\"", "$a and uint8(0) << 1 == 130"),
        ("$a = \"AAA\"", "$a and uint8(0) >> 1 == 32"), ("$a = \"AAA\"", "$a and 1 | uint8(0) & 4 == 0"), ("$a = \"AAA\"", "$a and 4 & uint8(0) - 61 == 4"),
        ("$a = \"AAA\"", "$a and uint8(0) - 200 < 0"), ("$a = \"AAA\"", "$a and uint32(0) * 4294967296 * 4294967296 == 0"), ("$a = \"AAA\" $b = \"BBB\"", "#a + #b > 1"),
        ("$a = \"AAA\"", "for all i in (1..#a) : ( @a[i] < 9 )"), ("$a = \"AAA\"", "for any i in (1..#a) : ( @a[i] == 8 )"), ("$a = \"AAA\"", "for 2 i in (1..#a) : ( @a[i] > 3 )"),
        ("$a = \"AAA\"", "$a and for any i in (0..filesize - 5) : ( uint32(i) == 0x42424241 or uint16(i) == 0x4242 )"), ("$a = \"AAA\"", "$a and for any i in (3..#a) : ( i == 3 )"),
        ("$a = \"AAA\" $b = \"BBB\"", "for any i in (1..#a) : ( for any j in (1..#b) : ( @a[i] < @b[j] ) )"), ("$a = \"AAA\"", "for #a i in (0..2) : ( uint8(i) == 0x41 ) and $a"),
        ("$a = \"AAA\" $b = \"BBB\"", "for any of them : ( $ at uint8(3) - 42 )"), ("$a = \"BBB\"", "$a at uint8(0) - 61"), ("$a = \"BBB\"", "not ($a at uint8(500))"),
        ("$a = \"BBB\"", "not ($a in (uint8(500)..filesize))"), ("$a = \"BBB\"", "$a in (uint8(0) - 64..uint8(0) - 60)"), ("$a = \"BBB\"", "$a in (3..filesize - 9)"),
        ("$a = \"AAA\" $b = \"BBB\"", "#a of ($a,$b)"), ("$a = \"AAA\"", "$a and for uint8(500) i in (0..1) : ( uint8(i) == 0x41 )"), ("$a = \"hello\" wide ascii", "@a[#a] - @a < 30"),
        ("$a = { 41 41 [0-9] 42 42 }", "@a[1] == 0 and @a[2] == 0"), ("$a = { 41 41 [0-9] 42 42 }", "@a[2] == @a"), ("$a = { 41 41 [-] 42 42 }", "for all i in (1..#a) : ( @a[i] == @a )"),
    ];

    /// <summary>Conditions on the first bytes of a program's code, and whether they hold.</summary>
    private static readonly (string Condition, bool IsHit)[] _entryPoints =
    [
        ("$a at entrypoint", true), ("$a at entrypoint + 1", false), ("$b at entrypoint + 1", true), ("$b at 1 + entrypoint", true),
        ("$b at entrypoint", false), ("$b in (entrypoint..entrypoint + 1)", true), ("$b in (entrypoint + 2..entrypoint + 9)", false),
        ("$b in (entrypoint + 2..entrypoint)", false), ("for any of them : ( $ at entrypoint )", true),
    ];

    [Theory]
    [InlineData("rule R1 { strings: $a = \"AAA\" condition: $a }", "AAA...", true)]
    [InlineData("rule R1 { strings: $a = { 41 42 ?? 43 } $b = /b+c/ condition: any of them }", "xxbbcx", true)]
    [InlineData("rule R1 { strings: $a = { 41 42 ?? 43 } $b = /b+c/ condition: any of them }", "ABxCxx", true)]
    [InlineData("rule R1 { condition: filesize > 2 }", "AAA...", false)]
    [InlineData("rule R1 { strings: $a = \"aaa\" nocase condition: #a > 1 }", "AAA.aaa", true)]
    [InlineData("private rule R1 { strings: $a = \"AAA\" condition: $a }", "AAA...", false)]
    [InlineData("global rule R1 { strings: $a = \"AAA\" condition: $a }", "AAA...", true)]
    [InlineData("private rule P { strings: $a = \"AAA\" condition: $a } rule R1 { strings: $b = \"...\" condition: P and $b }", "AAA...", true)]
    [InlineData("rule P { strings: $a = \"zzz\" condition: $a } rule R1 { strings: $b = \"AAA\" condition: P and $b }", "AAA...", false)]
    public void Vectors(string rule, string content, bool isHit)
    {
        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("t.yar", rule + "\n"), ("t.ndb", "Other:0:*:7a7a7a7a7a\n"));
        var names = image.Match(Encoding.Latin1.GetBytes(content), ObjectType.Binary).Select(hit => hit.Signature);
        Assert.Equal(isHit ? ["YARA.R1.UNOFFICIAL"] : [], names, StringComparer.Ordinal);
    }

    [Fact]
    public void Places_at_the_entry_point_are_those_of_executables()
    {
        // The code begins with 31 C0 C3, and the marker follows.
        var program = TestProgram.Pe("marker");
        var rules = string.Concat(_entryPoints.Select((rule, i) =>
            $"rule R{i:00} {{ strings: $a = {{ 31 C0 C3 6D }} $b = {{ C0 C3 6D 61 }} condition: ($a or $b) and {rule.Condition} }}\n"));
        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("t.yar", rules));
        var expected = _entryPoints.Select((rule, i) => (rule.IsHit, Name: $"YARA.R{i:00}.UNOFFICIAL")).Where(rule => rule.IsHit).Select(rule => rule.Name).ToList();
        Assert.Equal(expected, image.Match(program, ObjectType.Pe).Select(hit => hit.Signature).Order(StringComparer.Ordinal));
        Assert.Empty(image.Match(program, ObjectType.Binary));
        if (ClamScan.Find() is not { } clamScan)
        {
            return;
        }

        using var folder = new TempFolder();
        var path = folder.Write("program", program);
        var report = clamScan.Scan(folder.Write("db/t.yar", rules), path);
        Assert.Equal(expected, report.NamesByPath[path]);
    }

    [Fact]
    public void Finds_the_same_rules_as_the_reference_engine()
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var text = string.Concat(_rules.Select((rule, i) => $"rule R{i:00} {{ strings: {rule.Strings} condition: {rule.Condition} }}\n"));
        using var folder = new TempFolder();
        var path = folder.Write("db/t.yar", text);
        var paths = _objects.Select((content, i) => folder.Write($"objects/{i}", content)).ToArray();
        var report = clamScan.Scan(path, paths);
        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("t.yar", text));
        Assert.Equal(_rules.Length, image.Opened.SignatureCount);
        Assert.All(_objects.Zip(paths), pair =>
        {
            var names = image.Match(Encoding.Latin1.GetBytes(pair.First), ObjectType.Binary).Select(hit => hit.Signature)
                .Order(StringComparer.Ordinal);
            Assert.Equal(report.NamesByPath[pair.Second], names, StringComparer.Ordinal);
        });
    }

    [Fact]
    public void Rules_are_ignored_by_their_own_name_and_by_the_digest_of_their_text()
    {
        const string rule = "rule R1 { strings: $a = \"AAA\" condition: $a }";
        using var byName = new CompiledImage(("t.yar", rule + "\n"), ("t.ign2", "R1\n"), ("t.ndb", "Other:0:*:7a7a7a7a7a\n"));
        Assert.Empty(byName.Match(Encoding.Latin1.GetBytes("AAA..." + Z), ObjectType.Binary));
#pragma warning disable CA5351 // The ignore list format is defined on MD5 (clamav-formats.md §3.5).
        var md5 = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(Encoding.Latin1.GetBytes(rule)));
#pragma warning restore CA5351
        using var byDigest = new CompiledImage(("t.yar", rule + "\n"), ("t.ign2", $"R1:{md5}\n"), ("t.ndb", "Other:0:*:7a7a7a7a7a\n"));
        Assert.Empty(byDigest.Match(Encoding.Latin1.GetBytes("AAA..." + Z), ObjectType.Binary));
        using var other = new CompiledImage(("t.yar", rule + " // changed\n"), ("t.ign2", $"R1:{new string('0', 32)}\n"));
        Assert.Single(other.Match(Encoding.Latin1.GetBytes("AAA..." + Z), ObjectType.Binary));
    }
}
