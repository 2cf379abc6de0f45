using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Definitions.Formats.ClamAv;
using Definitions.Formats.Yara;
using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

/// <summary>What rules come down to. That they then match as they should is shown where they are matched.</summary>
public sealed class YaraFileTests
{
    [Fact]
    public void A_text_string_is_a_body_and_the_rule_s_name_is_prefixed()
    {
        var rule = Rule("$a = \"AAA\"", "$a");
        Assert.Equal("YARA.R1", rule.Name);
        Assert.Equal("R1", rule.ListedName);
        Assert.Equal("414141", Assert.Single(Assert.IsType<BodySubsignature>(Assert.Single(rule.Subsignatures)).Forms).Source);
        Assert.Equal(0, Assert.IsType<SubsignatureTerm>(rule.Expression).Id);
    }

    [Theory]
    [InlineData("\"a\\\"b\\\\\\t\\n\\x41\"", "6122625c090a41")]
    [InlineData("{ 41 42 ?? 4? [2] 43 44 // c\n 45 }", "4142??4?{2}434445")]
    [InlineData("{ 41 41 [1-4] 42 42 [-] 43 43 [3-] 44 44 [0-2] 45 45 [0] 46 }", "4141{1-4}4242*4343{3-}4444{-2}454546")]
    [InlineData("{ 41 41 (41 2E | 4?) /* c */ 42 }", "4141(412E|4?)42")]
    public void Strings_are_rewritten_in_the_grammar_of_bodies(string text, string hex) =>
        Assert.Equal(hex, Assert.IsType<BodySubsignature>(Rule($"$a = {text}", "$a").Subsignatures[0]).Forms[0].Source);

    [Fact]
    public void Modifiers_give_forms()
    {
        var body = Assert.IsType<BodySubsignature>(Rule("$a = \"ab\" wide ascii nocase fullword", "$a").Subsignatures[0]);
        Assert.Equal(2, body.Forms.Count);
        Assert.NotNull(body.Forms[0].Left);
        Assert.Contains("00", body.Forms[1].Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$a at 7", 7, 0)]
    [InlineData("$a in (2..9)", 2, 7)]
    [InlineData("@a[1] == 3 and $a", 3, 0)]
    public void Places_become_offsets(string condition, long distance, long shift)
    {
        var bodies = Rule("$a = \"AAA\"", condition).Subsignatures.OfType<BodySubsignature>();
        Assert.Contains(bodies, body => body.Offset == new SignatureOffset(OffsetBase.Start, distance, shift));
    }

    [Theory]
    [InlineData("#a > 2", NumberComparison.Greater, 2)]
    [InlineData("#a >= 2", NumberComparison.Greater, 1)]
    [InlineData("2 <= #a", NumberComparison.Greater, 1)]
    [InlineData("#a == 2", NumberComparison.Equal, 2)]
    [InlineData("#a < 2", NumberComparison.Less, 2)]
    [InlineData("#a <= 2", NumberComparison.Less, 3)]
    [InlineData("#a + 1 == 3", NumberComparison.Equal, 2)]
    [InlineData("#a == 4 \\ 2", NumberComparison.Equal, 2)]
    public void Counts_become_tests(string condition, NumberComparison comparison, long value) =>
        Assert.Equal(
            new CountTest(new NumberTest(comparison, value)), Assert.IsType<SubsignatureTerm>(Rule("$a = \"AAA\"", condition).Expression).Test);

    [Fact]
    public void Two_of_three_asks_for_distinct_strings()
    {
        var block = Assert.IsType<LogicalBlock>(Rule("$a = \"AAA\" $b = \"BBB\" $c = \"CCC\"", "2 of them").Expression);
        Assert.False(block.IsAll);
        Assert.Equal(2, block.Test!.Value.LeastDistinct);
        Assert.Equal(3, block.Terms.Count);
    }

    [Theory]
    [InlineData("$a and filesize < 1MB", 0, (1 << 20) - 1)]
    [InlineData("$a and filesize >= 2KB", 2048, long.MaxValue / 2)]
    public void The_file_s_size_is_a_range(string condition, long low, long high) =>
        Assert.Equal(
            new NumberRange(low, high),
            Rule("$a = \"AAA\"", condition).Subsignatures.OfType<FileSizeSubsignature>().Single().Size);

    [Fact]
    public void An_expression_without_certain_bytes_is_tried_on_every_buffer()
    {
        var rule = Rule("$a = /b+c/", "$a");
        Assert.IsType<FileSizeSubsignature>(rule.Subsignatures[0]);
        var regex = Assert.IsType<RegexSubsignature>(rule.Subsignatures[1]);
        Assert.Equal("b+c", regex.Source);
        Assert.Equal(RegexModes.None, regex.Modes);
        Assert.Equal(1, Assert.IsType<SubsignatureTerm>(rule.Expression).Id);
    }

    [Theory]
    [InlineData("h[a-z]+ello", "656c6c6f")]
    [InlineData("abcd*efgh", "65666768")]
    [InlineData("abcd+ef", "61626364")]
    [InlineData("abcd{2}ef", "616263")]
    [InlineData("(x|yz)*abc\\.d", "6162632e64")]
    [InlineData("^MZ\\x90\\x00.*PE", "4d5a9000")]
    [InlineData("a[]b]cde[^]f]ghijk", "6768696a6b")]
    [InlineData("\\d\\babc\\W{2,}?d", "616263")]
    public void Certain_bytes_of_an_expression_wake_it(string regex, string hex)
    {
        var rule = Rule($"$a = /{regex}/", "$a");
        Assert.Equal(hex, Assert.IsType<BodySubsignature>(rule.Subsignatures[0]).Forms[0].Source);
        Assert.Equal(0, Assert.IsType<RegexSubsignature>(rule.Subsignatures[1]).Trigger.HighestId);
    }

    [Theory]
    [InlineData("abcd|efgh")]
    [InlineData("(?i)abcd")]
    [InlineData("ab.cd")]
    [InlineData("(abcd)?")]
    [InlineData("[abcd]{4}")]
    [InlineData("abc*d")]
    [InlineData("(abcd)\\1")]
    public void Nothing_is_certain_where_it_may_be_left_out(string regex) =>
        Assert.IsType<FileSizeSubsignature>(Rule($"$a = /{regex}/", "$a").Subsignatures[0]);

    [Fact]
    public void Certain_bytes_are_in_every_match()
    {
        Gen.Select(Gen.Char["ab(|)[]*+?.{2}\\d^$-"].Array[1, 14], Gen.Char["ab2-"].Array[0, 12]).Sample((regex, text) =>
        {
            var source = new string(regex);
            var literal = YaraLiteral.Find(Encoding.Latin1.GetBytes(source));
            var translation = PcreTranslator.Translate(Encoding.Latin1.GetBytes(source), PcreOptions.None);
            if (literal is null || translation.Fault is not null)
            {
                return;
            }

            try
            {
                var match = Regex.Match(new string(text), translation.Expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
                Assert.True(!match.Success || match.Value.Contains(Encoding.Latin1.GetString(literal), StringComparison.Ordinal), source);
            }
            catch (ArgumentException)
            {
                // The framework does not take it either.
            }
        }, iter: 200_000);
    }

    [Fact]
    public void A_named_rule_is_written_out_with_its_own_ids()
    {
        var parsed = ParsedSignatures.Of("t.yar",
            "private rule P { strings: $a = \"AAA\" $b = /b+/ condition: $a and $b } rule R1 { strings: $c = \"CCC\" condition: $c and P }");
        var rule = Assert.IsType<LogicalSignature>(Assert.Single(parsed.Signatures));
        Assert.Equal(3, rule.Subsignatures.Count);
        Assert.Equal(1, Assert.IsType<RegexSubsignature>(rule.Subsignatures[2]).Trigger.HighestId);
        Assert.Equal(2, rule.Expression.HighestId);
    }

    [Theory]
    [InlineData("$a = \"AAA\"", "$a and pe.entry_point == 1", "SIG151")]
    [InlineData("$a = \"AAA\" xor", "$a", "SIG151")]
    [InlineData("$a = \"AAA\"", "$a and", "SIG150")]
    [InlineData("$a = \"AAA\"", "$b", "SIG157")]
    [InlineData("$a = \"AAA\"", "true", "SIG157")]
    [InlineData("$a = \"AAA\"", "$a and undefined_thing", "SIG157")]
    [InlineData("$a = \"A\"", "$a", "SIG153")]
    [InlineData("$a = { 41 ?? 43 }", "$a", "SIG153")]
    [InlineData("$a = { 41 41 (|43) 42 42 }", "$a", "SIG153")]
    [InlineData("$a = { 41 42 [99999999999] 43 44 }", "$a", "SIG153")]
    [InlineData("$a = { 41 ?? 43 }", "$a and undefined_thing", "SIG157")]
    [InlineData("$a = { 41 ?? 43 }", "$a and pe.is_dll()", "SIG151")]
    [InlineData("$b = /abc/ wide $a = { 41 ?? 43 }", "any of them", "SIG154")]
    [InlineData("$a = \"AAA\"", "for all i in (0..40) : ( for all j in (0..40) : ( i + j == 2 ) ) and $a", "SIG159")]
    [InlineData("$a = \"AAA\"", "$ at 3 and $a", "SIG150")]
    [InlineData("$a = /b+c/", "$a at uint32(0)", "SIG151")]
    [InlineData("$a = /b+c/", "@a[2] == 4", "SIG151")]
    [InlineData("$a = \"AAA\"", "0 of them", "SIG151")]
    [InlineData("$a = \"AAA\"", "$a at $a", "SIG150")]
    [InlineData("$a = \"AAA\"", "($a and $a) + 1 == 2", "SIG150")]
    [InlineData("$a = \"AAA\"", "- ($a and $a) == 2 and $a", "SIG150")]
    [InlineData("$a = \"AAA\"", "@a[$a] == 2", "SIG150")]
    [InlineData("$a = \"AAA\"", "uint8(#a == 1) == 2", "SIG150")]
    [InlineData("$a = \"AAA\"", "for any i in (1..#a) : ( for any i in (1..#a) : ( i == 2 ) )", "SIG158")]
    [InlineData("$a = \"AAA\"", "for any i in (1..#a) : ( @a[i] == 2 ) and i == 2", "SIG157")]
    [InlineData("$a = \"AAA\"", "for any i in (1..#a) : ( for any j in (1..i) : ( for any k in (1..j) : ( for any l in (1..k) : ( for any m in (1..l) : ( m == 2 ) ) ) ) )", "SIG159")]
    [InlineData("", "filesize > 2", "SIG152")]
    public void Rules_beyond_the_subset_are_left_out_and_the_next_one_loads(string strings, string condition, string code)
    {
        var parsed = ParsedSignatures.Of("t.yar", $"{Text("R1", strings, condition)}\n{Text("R2", "$a = \"BBB\"", "$a")}");
        Assert.Equal("YARA.R2", Assert.Single(parsed.Signatures).Name);
        var found = Assert.Single(parsed.Diagnostics);
        Assert.Equal((code, DiagnosticSeverity.Skipped, 1), (found.Code, found.Severity, found.Line));
        Assert.NotNull(found.Hint);
    }

    [Theory]
    [InlineData("uint32(uint32(0x3C)) == 0x4550", "Equal(Read 4(Read 4(Number 60)), Number 17744)")]
    [InlineData("#a == #a + 1", "Equal(Count, Add(Count, Number 1))")]
    [InlineData("@a[2] > filesize - 3", "Greater(Start(Number 2), Add(Size, Number -3))")]
    [InlineData("uint16be(0) & 6 | 1 != 7", "NotEqual(BitOr(BitAnd(Read 34(Number), Number 6), Number 1), Number 7)")]
    [InlineData("entrypoint < 4096", "Less(EntryPoint, Number 4096)")]
    [InlineData("$a at uint8(entrypoint)", "IsAt(Read 1(EntryPoint))")]
    [InlineData("$a in (3..filesize - 9)", "IsIn(Number 3, Add(Size, Number -9))")]
    [InlineData("#a in (filesize - 9..filesize) == 2", "Equal(CountIn(Add(Size, Number -9), Size), Number 2)")]
    [InlineData("not uint8(3)", "Not(Read 1(Number 3))")]
    [InlineData("1 << 63 == 0", "Equal(ShiftLeft(Number 1, Number 63), Number)")]
    [InlineData("uint8(0) + 1 * 2 << 3 >= 4", "GreaterOrEqual(ShiftLeft(Add(Read 1(Number), Number 2), Number 3), Number 4)")]
    [InlineData("~uint8(0) == -int8(1)", "Equal(Complement(Read 1(Number)), Negate(Read 17(Number 1)))")]
    [InlineData("for all i in (1..#a) : ( @a[i] < 100 )", "ForAll(Number 1, Count, Less(Start(Variable), Number 100))")]
    [InlineData("for #a i in (0..500) : ( uint8(i) == 3 )", "ForAtLeast(Number, Number 500, Equal(Read 1(Variable), Number 3), Count)")]
    [InlineData("for any i in (1..#a) : ( for 2 j in (1..i) : ( j & 1 ) )", "ForAny(Number 1, Count, ForAtLeast 1(Number 1, Variable, BitAnd(Variable 1, Number 1), Number 2))")]
    [InlineData("for any i in (1..#a) : ( $a or i == 3 and not $a )", "ForAny(Number 1, Count, Any(Holds, All(Equal(Variable, Number 3), Not(Holds))))")]
    public void What_no_count_tells_is_a_formula(string condition, string formula)
    {
        var rule = Rule("$a = \"AAA\"", $"({condition}) and $a");
        Assert.Equal(formula, Assert.Single(rule.Subsignatures.OfType<FormulaSubsignature>()).Formula.ToString());
    }

    [Theory]
    [InlineData("for any i in (uint8(0), #a) : ( i == uint8(0) )", 2)]
    [InlineData("#a == #b or #b == #a or #a == #b", 2)]
    [InlineData("for all of them : ( $ at uint32(0) )", 2)]
    [InlineData("#a of ($a,$b)", 1)]
    [InlineData("for any i in (1..#a) : ( for all of them : ( # > i ) )", 1)]
    [InlineData("@a == 3 or #a > 1 or uint8(0) == 2 or filesize - 3 > 5 or 4 & 1 + 3 == 4", 0)]
    public void Formulas_stand_once_each_and_only_where_they_have_to(string condition, int formulas) =>
        Assert.Equal(formulas, Rule("$a = \"AAA\" $b = \"BBB\"", $"({condition}) and $a and $b").Subsignatures.OfType<FormulaSubsignature>().Count());

    [Fact]
    public void Formulas_name_what_stands_before_them_in_named_rules_too()
    {
        var parsed = ParsedSignatures.Of("t.yar",
            "private rule P { strings: $a = \"AAA\" $b = /b+./ condition: #a == #b } rule R1 { strings: $c = \"CCC\" condition: $c and P and #c > 1 }");
        var rule = Assert.IsType<LogicalSignature>(Assert.Single(parsed.Signatures));
        var id = rule.Subsignatures.ToList().FindIndex(subsignature => subsignature is FormulaSubsignature);
        var formula = Assert.IsType<FormulaSubsignature>(rule.Subsignatures[id]).Formula;
        Assert.Equal("Equal(Count 1, Count 2)", formula.ToString());
        Assert.True(id > 2);
    }

    [Theory]
    [InlineData("(", ")", 40)]
    [InlineData("-", "", 100_000)]
    [InlineData("1 + (", ")", 100_000)]
    [InlineData("uint8(", ")", 100_000)]
    [InlineData("@a[", "]", 100_000)]
    [InlineData("uint8(0) - ", "", 100_000)]
    [InlineData("for any i in (uint8(0), 2) : ( i*i*i*i*i*i*i*i == ", ")", 30)]
    [InlineData("for any x in (1..#a) : ( ", ")", 100_000)]
    public void Depth_and_length_are_bounded(string front, string back, int times)
    {
        var condition = string.Concat(Enumerable.Repeat(front, times)) + "uint8(1)" + string.Concat(Enumerable.Repeat(back, times)) + " == 1";
        var parsed = ParsedSignatures.Of("t.yar", $"{Text("R1", "$a = \"AAA\"", condition)}\n{Text("R2", "$a = \"BBB\"", "$a")}");
        Assert.Equal("YARA.R2", Assert.Single(parsed.Signatures).Name);
    }

    [Theory]
    [InlineData("{ 41 ?? 43 }")]
    [InlineData("{ 41 }")]
    [InlineData("{ 41 [0-2] 41 41 }")]
    public void A_hex_string_that_cannot_be_searched_for_is_malformed_unless_a_well_formed_rule_follows(string text)
    {
        var bad = Text("R1", $"$a = {text}", "$a");
        Assert.Equal(1, ParsedSignatures.Of("t.yar", bad).Summary.Errors);
        Assert.Equal(1, ParsedSignatures.Of("t.yar", Text("R0", "$a = \"BBB\"", "$a") + bad).Summary.Errors);
        Assert.Equal(1, ParsedSignatures.Of("t.yar", bad + Text("R2", "$a = \"BBB\"", "$a and undefined_thing")).Summary.Errors);
        Assert.All(
            [Text("R2", "$a = \"BBB\"", "$a"), "private " + Text("R2", "$a = \"BBB\"", "$a"), Text("R2", "", "filesize > 3"), Text("R2", "$a = \"B\"", "$a")],
            next => Assert.Equal(0, ParsedSignatures.Of("t.yar", bad + next).Summary.Errors));
    }

    [Theory]
    [InlineData("$a = /(A/")]
    [InlineData("$a = /(A/ $b = { 41 ?? 43 }")]
    [InlineData("$b = { 41 ?? 43 } $a = /abc/ wide")]
    [InlineData("$a = \"A\" $b = { 41 ?? 43 }")]
    public void What_ends_the_load_of_the_reference_engine_is_malformed(string strings) =>
        Assert.Equal(1, ParsedSignatures.Of("t.yar", Text("R1", strings, "any of them")).Summary.Errors);

    [Fact]
    public void An_invalid_expression_is_malformed_whatever_follows() =>
        Assert.Equal(1, ParsedSignatures.Of("t.yar", Text("R1", "$a = /(A/", "$a") + Text("R2", "$a = \"BBB\"", "$a")).Summary.Errors);

    [Fact]
    public void A_second_rule_of_a_name_is_not_looked_at()
    {
        var parsed = ParsedSignatures.Of("t.yar", Text("R1", "$a = \"BBB\"", "$a") + Text("R1", "$a = { 41 ?? 43 }", "$a"));
        Assert.Equal("SIG158", Assert.Single(parsed.Diagnostics).Code);
        Assert.Equal((1, 0), (parsed.Summary.Signatures, parsed.Summary.Errors));
    }

    [Fact]
    public void Ignore_lists_name_rules_without_the_prefix()
    {
        var list = new IgnoreList();
        list.Add(new IgnoreSignature { Name = "R1", Line = 1, LineMd5 = null });
        Assert.True(list.Covers(Rule("$a = \"AAA\"", "$a")));
    }

    [Fact]
    public void Damaged_rules_end_in_findings()
    {
        var seed = Encoding.Latin1.GetBytes(Text("R1", "$a = \"AAA\" wide $b = { 41 42 [1-3] 43 44 } $c = /b+c/s", "2 of them or #a > 1 and not ($b at 3)"));
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, seed.Length]).Array[1, 4].Sample(changes =>
        {
            var text = seed.ToArray();
            foreach (var (at, value, cut) in changes)
            {
                text[at] = value;
                text = cut > 8 ? text : text[..Math.Max(at, 1)];
                Array.Resize(ref text, seed.Length);
            }

            var parsed = ParsedSignatures.Of("t.yar", text);
            Assert.Equal(parsed.Summary.Signatures, parsed.Signatures.Count);
            Assert.All(parsed.Signatures, s => Assert.True(((LogicalSignature)s).Expression.HighestId < ((LogicalSignature)s).Subsignatures.Count));
        });
    }

    private static string Text(string name, string strings, string condition) =>
        $"rule {name} {{ {(strings.Length > 0 ? "strings: " + strings : "")} condition: {condition} }}";

    private static LogicalSignature Rule(string strings, string condition)
    {
        var parsed = ParsedSignatures.Of("t.yar", Text("R1", strings, condition));
        Assert.DoesNotContain(parsed.Diagnostics, found => found.Severity != DiagnosticSeverity.Warning);
        return Assert.IsType<LogicalSignature>(Assert.Single(parsed.Signatures));
    }
}
