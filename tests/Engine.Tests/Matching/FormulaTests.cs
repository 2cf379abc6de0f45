using System.Diagnostics;
using System.Text;
using CsCheck;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>Formulas: what they come to, what they cost, and what damaged ones do.</summary>
public sealed class FormulaTests
{
    private const string Strings = "$a = \"abc\" $b = \"xyz\" $m = { 41 42 [0-4] 43 44 } $w = \"hi\" wide ascii $u = { 51 52 [-] 53 54 }";
    private const string Content = "abABABCDCD..ABzzCDABCDhi.h\0i\0..hi.qqqz.qz..QR.QRST..ST.QRST\0\u0001\0\0\u00FF\u00FF\u00FF\u00FF";

    [Theory]
    [InlineData("@m[1] == 2 and @m[2] == 2 and @m[3] == 12 and @m[4] == 18 and #m == 4", true)]
    [InlineData("@m[5] >= 0 or @m[0] >= 0 or @m[#m + 1] >= 0 or @m[-1] >= 0 or @m[#m - 4] >= 0", false)]
    [InlineData("@w[1] == 22 and @w[2] == 25 and @w[3] == 31 and #w == 3", true)]
    [InlineData("@w[3] == 31 and @w[1] == 22", true)]
    [InlineData("@u[1] == 43 and @u[2] == 43 and @u[3] == 43 and #u == 3 and #u != #w + 1", true)]
    [InlineData("@u[4] == 43", false)]
    [InlineData("$m at #m - 2 and $m at #m * 3 and $m at 4 * #m + 2 and $m at #m", true)]
    [InlineData("$m at #m + 1 or $m at 0 - #m or $w at #w", false)]
    [InlineData("$w in (@m..@u) and $w in (#w..#w + 19) and #w in (#w..@w[2]) == 2", true)]
    [InlineData("$w in (#w..#w + 18) or $w in (30..#w)", false)]
    [InlineData("#a == #b and not (#a != #b) and #a + #b == 0", true)]
    [InlineData("@a == @b or @a != @b or @a - @b < 5 or @a[1] % 2 != 1", false)]
    [InlineData("not (@a[1] == @b[1]) and not (@a[2] != 3)", true)]
    [InlineData("not @a[1 + #a] or not uint8(filesize) or not (uint8(filesize) + 1)", false)]
    [InlineData("#w \\ #a == 0 or #w % #a == 0 or #w \\ #a != 1", false)]
    [InlineData("(0x7fffffff * 0x100000001 * (#w - 1)) \\ (2 - #w) > 0 or true", true)]
    [InlineData("(1 << 63) \\ (2 - #w) == 0 or (1 << 63) % (2 - #w) == 0", false)]
    [InlineData("1 << 63 < 0 and 1 << #w == 8 and 1 << (#w + 61) == 0 and -8 >> #w == -1 and -8 >> (#w + 70) == 0", true)]
    [InlineData("1 << (#w - 4) == 0 or 1 >> (#w - 4) == 0", false)]
    [InlineData("int8(filesize - 1) == -1 and uint8(filesize - #w) == 255 and int16be(filesize - 2) == -1 and int32(filesize - 4) == -1", true)]
    [InlineData("uint32(filesize - #w) >= 0 or uint16(0 - #w) >= 0 or uint8(1 << 63) >= 0 or uint32(-1 + (1 << 63)) >= 0", false)]
    [InlineData("uint16be(#m - 2) == 0x4142 and uint16(#m - 2) == 0x4241 and uint32be(#w - 1) == 0x41424142", true)]
    [InlineData("~#w == -4 and -#w == -3 and -(-#w) == 3 and (#w ^ 1) == 2 and (#w | 4) == 7", true)]
    [InlineData("entrypoint == 0 or entrypoint != 0 or uint8(entrypoint) >= 0 or $m at entrypoint + 2", false)]
    [InlineData("not (entrypoint > 0)", true)]
    [InlineData("for all i in (1..#m) : ( @m[i] < 19 ) and for 2 i in (1..#m) : ( @m[i] < 3 ) and for any i in (1..#m) : ( @m[i] == 18 )", true)]
    [InlineData("for all i in (1..#m) : ( @m[i] < 18 ) or for 3 i in (1..#m) : ( @m[i] < 3 ) or for none i in (1..#m) : ( @m[i] == 18 )", false)]
    [InlineData("for any i in (#w..0) : ( i == 3 )", true)]
    [InlineData("for any i in (#w..0) : ( i != 3 ) or for any i in (uint8(1000)..5) : ( true )", false)]
    [InlineData("for any i in (#a..uint8(1000)) : ( i == 0 )", true)]
    [InlineData("for (#w - 3) i in (1..#w) : ( false ) and for uint8(1000) i in (1..#w) : ( true )", true)]
    [InlineData("for any i in (1..#m) : ( for all j in (i..#m) : ( for 1 k in (j..#m) : ( @m[k] == 18 and j == k and i <= k ) ) )", true)]
    [InlineData("for any i in (1..#w) : ( for all of ($a,$b) : ( # < i ) ) and for #w of them : ( # > 1 ) and (#a + 3) of ($m,$w,$u)", true)]
    [InlineData("for #m of them : ( # > 1 ) or #m of ($m,$w,$u) or uint8(1000) of ($a,$m)", false)]
    [InlineData("filesize < 9223372036854775807 and #m < 0x7fffffffffffffff and $m in (0..9223372036854775807)", true)]
    [InlineData("(uint32(0) & 0x7fffffffffffffff) == uint32(0) and #m + 0x7fffffffffffffff < 0", true)]
    [InlineData("(0x7fffffffffffffff & 0x7fffffffffffffff) - #m == 9223372036854775803 and 0x7fffffffffffffff - 1 > 9223372036854775805", true)]
    [InlineData("filesize + 2305843009213693952 > 9223372036854775806 or #m + 1 < -9223372036854775807", false)]
    [InlineData("filesize > 9223372036854775807 or uint8(9223372036854775807) >= 0 or filesize + 9223372036854775807 == 1", false)]
    [InlineData("for any i in (uint8(0), uint8(1000), 7) : ( i == 7 ) and for all i in (uint8(0), 97) : ( i == 97 )", true)]
    public void Values(string condition, bool holds) => Assert.Equal(holds ? ["YARA.R"] : [], Find(condition, Content, ObjectType.Binary));

    [Fact]
    public void A_rule_without_an_end_takes_nothing_from_others()
    {
        const string Endless = "rule E { strings: $a = \"abc\" condition: $a and for all i in (0..4000000000) : ( i >= uint8(#a - 1) - 300 ) }";
        using var image = new CompiledImage(
            ("a.yar", $"{Endless}\nrule Ok {{ strings: $a = \"abc\" condition: for any i in (0..#a) : ( @a[i] == 1 ) }}\n"),
            ("z.ldb", "L;Engine:51-255,Target:0;0&1;616263;78797a\n"));
        var hits = new List<SignatureHit>();
        var completion = new ObjectMatcher(image.Set).Match(Subject("-abc..xyz"), allMatches: true, hits, static () => { });
        Assert.Equal(["L", "YARA.Ok"], hits.Select(hit => hit.Signature).Order(StringComparer.Ordinal));
        Assert.Equal(MatchCompletion.BudgetExhausted, completion);
    }

    [Theory]
    [InlineData("entrypoint == 0x200 and uint8(entrypoint) == 0x31 and uint32(entrypoint) & 0xFFFFFF == 0xC3C031", true)]
    [InlineData("$a at entrypoint + #a + 2 and @a > entrypoint and @a - entrypoint == 3 and $a in (entrypoint - 1..filesize)", true)]
    [InlineData("uint32(uint32(0x3C)) == 0x00004550 and uint16(uint32(0x3c)+24) == 0x10b and $a in (uint32(0x3c)..uint32(0x3c) + 0x300)", true)]
    [InlineData("uint16(uint32(0x3c)+24) == 0x20b or $a at uint32(0x3c)", false)]
    public void Values_of_programs(string condition, bool holds)
    {
        var program = Encoding.Latin1.GetString(TestProgram.Pe("abc"));
        Assert.Equal(holds ? ["YARA.R"] : [], Find(condition, program, ObjectType.Pe));
        Assert.Equal(holds && !condition.Contains("entrypoint", StringComparison.Ordinal) ? ["YARA.R"] : [], Find(condition, program, ObjectType.Binary));
    }

    [Theory]
    [InlineData("#a > #b", true)]
    [InlineData("#a >= #b", false)]
    [InlineData("#a + #b > 5", true)]
    [InlineData("#a + filesize > 5", false)]
    [InlineData("@a != @b", true)]
    [InlineData("not (@a == @b)", false)]
    [InlineData("@a[2] < uint32(0)", true)]
    [InlineData("uint32(uint32(0x3C)) == 0x4550", false)]
    [InlineData("uint32(uint32(0x3C)) == 0x4550 and $a", true)]
    [InlineData("$a at uint32(4) or $b in (uint32(0)..filesize)", true)]
    [InlineData("$a at uint32(4) or uint8(uint8(0)) == 1", false)]
    [InlineData("for all i in (1..#a) : ( @a[i] < 100 )", true)]
    [InlineData("for any i in (1..#a) : ( i > 0 )", false)]
    [InlineData("for none i in (1..#a) : ( @a[i] < 100 )", false)]
    [InlineData("for #b i in (1..#a) : ( @a[i] < 100 )", false)]
    [InlineData("for 2 i in (1..#a) : ( @a[i] < 100 or @b[i] < 3 )", true)]
    [InlineData("for any i in (0..filesize) : ( $a at i )", true)]
    [InlineData("#a in (uint8(0)..filesize) > 1", false)]
    [InlineData("#a in (uint8(0)..filesize) > 1 and @b > @a", true)]
    [InlineData("for 2 of ($a,$b) : ( @ > uint8(0) )", true)]
    [InlineData("#a of ($a,$b)", false)]
    public void A_formula_waits_for_what_it_cannot_do_without(string condition, bool waits)
    {
        using var image = new CompiledImage(("t.yar", $"rule R {{ strings: $a = \"abc\" $b = \"xyz\" condition: ($a or $b or true) and ({condition}) }}\n"));
        Assert.Empty(image.Report!.Diagnostics);
        Assert.Equal(!waits, image.Opened.Tables.Logical.Always(0).IsPresent && image.Opened.Tables.Logical.Always(0).Length > 0);
    }

    [Theory]
    [InlineData("for any i in (0..0x1FFFFFFFFFFFFFFF) : ( uint8(i) == 300 )")]
    [InlineData("for all i in (0 - 0x1FFFFFFFFFFFFFFF..0x1FFFFFFFFFFFFFFF) : ( for all j in (0..0x1FFFFFFFFFFFFFFF) : ( for all k in (i..j) : ( true ) ) )")]
    [InlineData("for any i in (0..0x1FFFFFFFFFFFFFFF) : ( $m in (i..i + filesize) and false )")]
    public void An_endless_loop_uses_up_the_budget_and_says_so(string condition)
    {
        using var image = new CompiledImage(("t.yar", Rule(condition)));
        var started = Stopwatch.GetTimestamp();
        var hits = new List<SignatureHit>();
        var matcher = new ObjectMatcher(image.Set);
        Assert.Equal(MatchCompletion.BudgetExhausted, matcher.Match(Subject(Content), true, hits, static () => { }));
        Assert.Empty(hits);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void More_starts_than_are_remembered_use_up_the_budget()
    {
        using var image = new CompiledImage(("t.yar", $"rule R {{ strings: $a = \"ab\" condition: @a[{BodyOccurrences.MaxStarts}] == {2 * (BodyOccurrences.MaxStarts - 1)} }}\n"
            + $"rule S {{ strings: $a = \"ab\" condition: @a[#a] > 5 }}\n"));
        var hits = new List<SignatureHit>();
        Assert.Equal(MatchCompletion.Complete, new ObjectMatcher(image.Set).Match(Repeated(BodyOccurrences.MaxStarts), true, hits, static () => { }));
        Assert.Equal(["YARA.R", "YARA.S"], hits.Select(hit => hit.Signature));
        hits.Clear();
        Assert.Equal(MatchCompletion.BudgetExhausted, new ObjectMatcher(image.Set).Match(Repeated(BodyOccurrences.MaxStarts + 1), true, hits, static () => { }));
        Assert.Equal(["YARA.R"], hits.Select(hit => hit.Signature));

        static MatchSubject Repeated(int count) => Subject(string.Concat(Enumerable.Repeat("ab", count)));
    }

    [Fact]
    public void Formulas_allocate_nothing()
    {
        using var image = new CompiledImage(("t.yar",
            Rule("for all i in (1..#m) : ( @m[i] < @w[1] and uint8(@m[i]) == 0x42 ) or $m at uint8(0) or @u[3] == 1 or #w in (3..#m + 9) == 7 or for #m of them : ( @[2] == 2 )")));
        var subject = Subject(Content);
        var matcher = new ObjectMatcher(image.Set);
        var hits = new List<SignatureHit>();
        Action progress = static () => { };
        matcher.Match(subject, true, hits, progress);
        Assert.Empty(hits);
        Assert.Equal(0, Allocation.Least(() => matcher.Match(subject, true, hits, progress)));
    }

    [Fact]
    public void Damaged_formulas_are_refused_or_come_to_an_end()
    {
        using var image = new CompiledImage(("t.yar", Rule("#m == #w")));
        var seeds = new[]
        {
            Encode("for all i in (1..#m) : ( @m[i] < 19 and for any j in (i..#m) : ( $w at j + uint32be(i) & 3 ) )"),
            Encode("for #w of them : ( # > 1 ) or $m in (#w..@w[2] \\ 2) or entrypoint << 3 > filesize % 7"),
        };
        var (refused, passed) = (0, 0);
        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Select(Gen.Int[0, 200], Gen.OneOf(Gen.Byte, Gen.Byte[0, 60])).Array[1, 5], Gen.Int[0, 20]).Sample((seed, changes, cut) =>
        {
            var code = seeds[seed].ToArray();
            foreach (var (at, value) in changes)
            {
                code[at % code.Length] = value;
            }

            code = cut == 0 ? code[..(code.Length / 2)] : code;
            try
            {
                FormulaCode.Check(code, id => id < 5 ? true : null);
                Interlocked.Increment(ref passed);
            }
            catch (ImageException)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            Evaluate(image, code);
        }, iter: 20_000, threads: 1);
        Assert.InRange(passed, 100, 19_900);
        Assert.InRange(refused, 100, 19_900);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("02 02")]
    [InlineData("01 00")]
    [InlineData("04 00")]
    [InlineData("05 03 02")]
    [InlineData("05 41 02")]
    [InlineData("05 00 02")]
    [InlineData("08 05")]
    [InlineData("27 0000")]
    [InlineData("28 0200 02")]
    [InlineData("30 01 02 02 02")]
    [InlineData("30 00 04 00 02 02")]
    [InlineData("32 00 02 02 02 04 00")]
    [InlineData("3F 02 02")]
    public void A_formula_that_is_not_well_formed_is_refused(string hex) =>
        Assert.Throws<ImageException>(() => FormulaCode.Check(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), id => id < 5 ? true : null));

    [Fact]
    public void Depth_and_named_subsignatures_are_checked()
    {
        FormulaCode.Check([.. Enumerable.Repeat((byte)FormulaKind.Not, Formula.MaxDepth - 1), (byte)FormulaKind.Size], _ => null);
        Assert.Throws<ImageException>(() => FormulaCode.Check([.. Enumerable.Repeat((byte)FormulaKind.Not, Formula.MaxDepth), (byte)FormulaKind.Size], _ => null));
        byte[] isAt = [(byte)FormulaKind.IsAt, 3, (byte)FormulaKind.Size];
        FormulaCode.Check(isAt, _ => true);
        Assert.Throws<ImageException>(() => FormulaCode.Check(isAt, _ => false));
        FormulaCode.Check([(byte)FormulaKind.Count, 3], _ => false);
        Assert.Throws<ImageException>(() => FormulaCode.Check([(byte)FormulaKind.Count, 3], _ => null));
    }

    private static string Rule(string condition) => $"rule R {{ strings: {Strings} condition: ($a or $b or $m or $w or $u or true) and ({condition}) }}\n";

    private static IEnumerable<string> Find(string condition, string content, ObjectType type)
    {
        using var image = new CompiledImage(("t.yar", Rule(condition)));
        Assert.Empty(image.Report!.Diagnostics);
        return image.Match(Encoding.Latin1.GetBytes(content), type).Select(hit => hit.Signature);
    }

    private static MatchSubject Subject(string content) => MatchSubject.Raw(new MemoryContent(Encoding.Latin1.GetBytes(content)), ObjectType.Binary);

    /// <summary>The first formula of a rule, with its ids.</summary>
    private static byte[] Encode(string condition)
    {
        var rule = Assert.IsType<LogicalSignature>(Assert.Single(ParsedSignatures.Of("t.yar", Rule(condition)).Signatures));
        var code = new ByteBuffer();
        FormulaCode.Write(code, rule.Subsignatures.OfType<FormulaSubsignature>().First().Formula);
        return code.Written.ToArray();
    }

    private static void Evaluate(CompiledImage image, byte[] code)
    {
        var context = new MatchContext(image.Set);
        context.Budget.Start(WorkBudget.UnitsFor(0), static () => { });
        context.Budget.Spend((16 << 20) - 1000);
        var states = new BodyStates();
        states.Clear();
        var counter = new BodyCounter(context.Budget);
        var machine = new FormulaMachine(context.Budget, image.Opened, new Twos(), new BodyOccurrences(context.Budget, image.Opened, states, counter));
        machine.Start(Subject(Content));
        machine.Begin(0);
        try
        {
            machine.Holds(code, 5);
        }
        catch (ImageException)
        {
            // The check was told that there are five bodies, which the image may not have.
        }
    }

    private sealed class Twos : SubsignatureCounts
    {
        public override long Count(int id) => 2;
    }
}
