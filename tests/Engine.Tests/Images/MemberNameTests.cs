using System.Text.RegularExpressions;
using Engine.Images;

namespace Engine.Tests.Images;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData(@"\.exe$", ".exe")]
    [InlineData(@"^part17\.exe$", "part17.exe")]
    [InlineData("abc.*defg", "defg")]
    [InlineData("abcd*ef", "abc")]
    [InlineData("ab?cde{0,3}f", "cd")]
    [InlineData("(long-text)?ab", "ab")]
    [InlineData("[a-z]+invoice[0-9]", "invoice")]
    [InlineData("a|bcd", "")]
    [InlineData(@"e2f07e1d(?:.)*\u002eexe\z", "e2f07e1d")]
    [InlineData(@"\Aab(?:cd){2}(?:e)?fgh\z", "fgh")]
    [InlineData(@"[\u005d-\u005f]xy(?:[a\u005db])*z", "xy")]
    [InlineData(".*", "")]
    public void Knows_text_that_every_match_holds(string pattern, string literal) =>
        Assert.Equal(literal, MemberName.LiteralOf(pattern));

    [Fact]
    public void Matches_what_its_expression_matches()
    {
        Assert.True(IsMatch(@"\Ain(?:[a-z])*oice(?:.)*\u002eexe\z", "invoice 17.exe"));
        Assert.False(IsMatch(@"\Ain(?:[a-z])*oice(?:.)*\u002eexe\z", "invoice 17.exe.txt"));
        Assert.False(IsMatch(@"\Ain(?:[a-z])*oice(?:.)*\u002eexe\z", "something.exe"));
    }

    [Theory]
    [InlineData("ab(")]
    [InlineData("ab)")]
    [InlineData("a[b")]
    [InlineData("(?=a)")]
    [InlineData("(a)")]
    [InlineData(@"a\d")]
    [InlineData(@"a\u00")]
    [InlineData("(?:a){3,2}")]
    [InlineData("(?:a){3}")]
    [InlineData("(?:a){999999999,}")]
    [InlineData("(?:(?:(?:(?:a){255,255}){255,255}){255,255}){255,255}")]
    public void A_damaged_expression_is_a_damaged_image(string pattern) =>
        Assert.Throws<ImageException>(() => IsMatch(pattern, "ab(ab)a[b u00"));

    [Fact]
    public void Nesting_beyond_all_measure_is_a_damaged_image()
    {
        var pattern = string.Concat(Enumerable.Repeat("(?:", 100_000)) + "a" + new string(')', 100_000);
        Assert.Throws<ImageException>(() => IsMatch(pattern, "a"));
    }

    [Fact]
    public void Matches_as_the_expressions_of_the_framework()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 3000; i++)
        {
            var pattern = Alternatives(random, 3);
            var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
            var program = NameProgramReader.Read(pattern);
            var machine = new NameMachine();
            for (var j = 0; j < 20; j++)
            {
                var name = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abc.-"[random.Next(5)]));
                Assert.True(
                    regex.IsMatch(name) == machine.IsMatch(program, name, static () => { }),
                    $"{pattern} on '{name}': {regex.IsMatch(name)}");
            }
        }
    }

    [Fact]
    public void Repetitions_of_everything_take_time_that_grows_with_the_name_only()
    {
        var calls = 0;
        var name = new string('a', 20_000);
        var program = NameProgramReader.Read("(?:(?:(?:a)*)*)*(?:(?:.)*(?:.)*){20,20}b");
        Assert.False(new NameMachine().IsMatch(program, name, () => calls++));
        Assert.InRange(calls, 1, 100);
    }

    [Fact]
    public void Very_many_expressions_without_literal_text_are_kept_in_little_memory()
    {
        const int lines = 30_000;
        var room = new NameRoom();
        var names = Enumerable.Range(0, lines).Select(i => new MemberName(
            $@"\A[a-z](?:[0-9a-f]){{8,8}}(?:\u002eexe|\u002escr|{i:x}[xy])\z", room)).ToArray();
        var machine = new NameMachine();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(lines, names.Count(name => name.IsMatch("q0123abcd.scr", machine, static () => { })));
        Assert.Equal(1, names.Count(name => name.IsMatch("q0123abcd752fy", machine, static () => { })));

        // Less than before when other tests let go of something.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
        GC.KeepAlive(names);
    }

    private static bool IsMatch(string pattern, string name) =>
        new MemberName(pattern, new NameRoom()).IsMatch(name, new NameMachine(), static () => { });

    private static string Alternatives(Random random, int depth) =>
        string.Join('|', Enumerable.Range(0, random.Next(10) < 7 ? 1 : 2).Select(_ =>
            string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Piece(random, depth)))));

    private static string Piece(Random random, int depth)
    {
        var atom = random.Next(depth > 0 ? 10 : 8) switch
        {
            0 or 1 => "a",
            2 => "b",
            3 => "\\u002e",
            4 => ".",
            5 => random.Next(2) == 0 ? "[a-b]" : "[^a\\u002e-\\u002e]",
            6 => "\\A",
            7 => "\\z",
            8 => "(?:)",
            _ => $"(?:{Alternatives(random, depth - 1)})",
        };
        return random.Next(9) switch
        {
            0 => $"(?:{atom})*",
            1 => $"(?:{atom})+",
            2 => $"(?:{atom})?",
            3 => $"(?:{atom}){{{random.Next(3)},}}",
            4 => $"(?:{atom}){{{random.Next(3)},{random.Next(2, 4)}}}",
            _ => atom,
        };
    }
}
