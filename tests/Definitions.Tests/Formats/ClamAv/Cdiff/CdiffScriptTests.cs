using System.Globalization;
using System.Text;
using CsCheck;
using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Cdiff;

/// <summary>What a script does to files, compared with the reference engine's tool where it is installed.</summary>
public sealed class CdiffScriptTests : IDisposable
{
    private static readonly (string Name, string Content)[] Files =
        [("a.ndb", "one two\nthree\nfour x y\nfive\nsix\n"), ("b.hdb", "b1\nb2\n"), ("empty.hdb", "")];

    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    public static TheoryData<string, string> Scripts => new()
    {
        { "OPEN a.ndb\nDEL 1 one two\nCLOSE\n", "three\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nDEL 1 one three\nCLOSE\n", "three\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nDEL 1 \nCLOSE\n", "three\nfour x y\nfive\nsix\n" }, // An empty prefix fits each line.
        { "OPEN a.ndb\nXCHG 3 four new text here\nCLOSE\n", "one two\nthree\nnew text here\nfive\nsix\n" },
        { "OPEN a.ndb\nXCHG 2 thr \nCLOSE\n", "one two\n\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nXCHG 2 thr  x  y \nCLOSE\n", "one two\n x  y \nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nDEL 2 thr\nDEL 2 thr\nCLOSE\n", "one two\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nDEL 2 thr\nXCHG 2 thr new\nCLOSE\n", "one two\nnew\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nXCHG 2 thr n1\nXCHG 2 thr n2\nCLOSE\n", "one two\nn2\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\nDEL 5 six\nDEL 2 thr\nXCHG 4 fi n4\nXCHG 1 one n1\nADD z z z\nCLOSE\n", "n1\nfour x y\nn4\nz z z\n" },
        { "OPEN a.ndb\nADD x\nCLOSE\nOPEN a.ndb\nDEL 6 x\nCLOSE\n", "one two\nthree\nfour x y\nfive\nsix\n" },
        { "OPEN a.ndb\n#DEL 1 one\nADD \nCLOSE\n", "one two\nthree\nfour x y\nfive\nsix\n\n" },
        { "MOVE a.ndb b.hdb 2 thr 3 fo\n", "one two\nfive\nsix\n" },
        { "MOVE a.ndb a.ndb 2 thr 3 fo\n", "one two\nfive\nsix\nthree\nfour x y\n" },
        { "MOVE a.ndb b.hdb 1 one 5 six\n", "" },
        { "UNLINK b.hdb\nOPEN c.ndb\nADD hello\nCLOSE\nOPEN d.ndb\nCLOSE\n", "one two\nthree\nfour x y\nfive\nsix\n" },
    };

    [Theory, MemberData(nameof(Scripts))]
    public void A_script_does_what_it_says(string script, string expected)
    {
        var folder = NewFolder();
        Assert.True(TryRun(folder, script));
        Assert.Equal(expected, Content(folder)["a.ndb"]);
        AssertLikeReference(script, folder);
    }

    /// <summary>The reference engine refuses what the grammar allows; the publisher's index decides about the result anyway.</summary>
    [Fact]
    public void A_single_line_is_moved()
    {
        var folder = NewFolder();
        Assert.True(TryRun(folder, "MOVE b.hdb a.ndb 2 b2 2 b2\n"));
        Assert.Equal(("one two\nthree\nfour x y\nfive\nsix\nb2\n", "b1\n"), (Content(folder)["a.ndb"], Content(folder)["b.hdb"]));
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_copied_and_compared()
    {
        var folder = NewFolder();
        var longest = new string('x', 700_000);
        File.WriteAllText(Path.Combine(folder, "a.ndb"), $"{longest}1\n{longest}2\n{longest}3\n");
        Assert.True(TryRun(folder, "OPEN a.ndb\nXCHG 2 xxxxxxxxxxxxxxxx two\nDEL 3 xxx\nCLOSE\n"));
        Assert.Equal($"{longest}1\ntwo\n", Content(folder)["a.ndb"]);
    }

    [Fact]
    public void A_file_without_a_last_line_end_is_refused()
    {
        var folder = NewFolder();
        File.WriteAllText(Path.Combine(folder, "a.ndb"), "one\ntwo");
        Assert.False(TryRun(folder, "OPEN a.ndb\nADD x\nCLOSE\n"));
        Assert.False(TryRun(folder, "OPEN a.ndb\nDEL 2 two\nCLOSE\n"));
    }

    [Fact]
    public void Edits_do_what_a_list_of_lines_does() => Cases.Sample(
        edits =>
        {
            var folder = NewFolder();
            var lines = Enumerable.Range(1, 200).Select(i => (string?)$"line {i} {new string('y', i * 7 % 50)}").ToList();
            File.WriteAllText(Path.Combine(folder, "a.ndb"), string.Concat(lines.Select(line => line + "\n")));
            var script = new StringBuilder("OPEN a.ndb\n");
            var added = new List<string>();
            foreach (var (kind, at, text) in edits)
            {
                switch (kind)
                {
                    case 0:
                        script.Append(CultureInfo.InvariantCulture, $"ADD {text}\n");
                        added.Add(text);
                        break;
                    case 1:
                        script.Append(CultureInfo.InvariantCulture, $"DEL {at} line\n");
                        lines[at - 1] = null;
                        break;
                    default:
                        script.Append(CultureInfo.InvariantCulture, $"XCHG {at} line {text}\n");
                        lines[at - 1] = text;
                        break;
                }
            }

            var expected = string.Concat(lines.OfType<string>().Concat(added).Select(line => line + "\n"));
            return TryRun(folder, script.Append("CLOSE\n").ToString()) && Content(folder)["a.ndb"] == expected;
        },
        iter: 200);

    [Fact]
    public void Random_scripts_do_what_the_reference_engine_does()
    {
        Assert.SkipWhen(SigToolDatabases.Find() is null, SigToolDatabases.MissingReason);
        var random = new Random(20261122);
        for (var i = 0; i < 60; i++)
        {
            var script = RandomScript(random);
            var folder = NewFolder();
            if (TryRun(folder, script))
            {
                AssertLikeReference(script, folder);
            }
            else
            {
                Assert.False(TryReference(script, out _), script);
            }
        }
    }

    private static Gen<(int, int, string)[]> Cases { get; } =
        Gen.Select(Gen.Int[0, 2], Gen.Int[1, 200], Gen.String[Gen.Char.AlphaNumeric, 0, 30]).Array[0, 60];

    /// <summary>Mostly right, so that most of them run to their end.</summary>
    private static string RandomScript(Random random)
    {
        var script = new StringBuilder();
        string[] starts = ["one", "three", "fo", "five", "s"];
        for (var block = random.Next(1, 4); block > 0; block--)
        {
            var line = random.Next(1, 6);
            switch (random.Next(6))
            {
                case 0:
                    line = Math.Min(line, 4);
                    var last = random.Next(line + 1, 6);
                    script.Append(CultureInfo.InvariantCulture, $"MOVE a.ndb {(random.Next(3) == 0 ? "a.ndb" : "b.hdb")} {line} {starts[line - 1]} {last} {starts[last - 1]}\n");
                    break;
                case 1:
                    script.Append(random.Next(3) == 0 ? "UNLINK b.hdb\n" : "# a comment\n");
                    break;
                case 2:
                    script.Append("OPEN empty.hdb\nADD new line\nCLOSE\n");
                    break;
                default:
                    script.Append("OPEN a.ndb\n");
                    for (var edit = random.Next(4); edit > 0; edit--)
                    {
                        line = random.Next(1, 6);
                        var prefix = random.Next(20) == 0 ? "zz" : starts[line - 1];
                        var command = random.Next(3) switch { 0 => $"ADD text {line}", 1 => $"DEL {line} {prefix}", _ => $"XCHG {line} {prefix} new {line}" };
                        script.Append(command).Append('\n');
                    }

                    script.Append("CLOSE\n");
                    break;
            }
        }

        return script.ToString();
    }

    private string NewFolder()
    {
        var folder = _harness.NewFolder();
        foreach (var (name, content) in Files)
        {
            File.WriteAllText(Path.Combine(folder, name), content);
        }

        return folder;
    }

    private static bool TryRun(string folder, string script)
    {
        var files = Directory.EnumerateFiles(folder).Select(path => new DatabaseMember(Path.GetFileName(path), 0, default));
        using var stage = new PatchStage(folder, files.ToList(), new WriteBudget(long.MaxValue, CancellationToken.None));
        try
        {
            CdiffScript.Run(new MemoryStream(Text(script)), stage, CdiffLimits.Default, CancellationToken.None);
            stage.Commit();
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private void AssertLikeReference(string script, string folder)
    {
        if (SigToolDatabases.Find() is not null)
        {
            Assert.True(TryReference(script, out var reference), script);
            Assert.Equal(reference.OrderBy(file => file.Key, StringComparer.Ordinal), Content(folder).Where(IsFile).OrderBy(file => file.Key, StringComparer.Ordinal));
        }

        static bool IsFile(KeyValuePair<string, string> file) => file.Value != "(folder)";
    }

    /// <summary>The tool verifies the index afterwards, which is not there: to have come so far is its success.</summary>
    private bool TryReference(string script, out Dictionary<string, string> files)
    {
        var folder = NewFolder();
        File.WriteAllText(Path.Combine(folder, "x-2.script"), script);
        var (_, output) = SigToolDatabases.Find()!.Run(folder, "--run-cdiff=x-2.script");
        files = Content(folder).Where(file => file.Key != "x-2.script").ToDictionary();
        return output.Contains("verifydiff: Can't open", StringComparison.Ordinal);
    }
}
