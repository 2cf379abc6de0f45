using Definitions;
using Engine.FileTypes;
using Engine.Images;
using Engine.Matching;
using Engine.Objects;
using Testing;

namespace Engine.Tests.Images;

/// <summary>Several packages, an image each, must find what one image of all of them finds.</summary>
public sealed class ImageSetTests : IDisposable
{
    private static readonly DefinitionsVersion _version = DefinitionsVersion.Parse("20261122.001");

    private readonly TempFolder _folder = new();
    private readonly List<ImageSet> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(set => set.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Finds_the_signatures_of_every_image_in_one_pass()
    {
        var set = Open(("a", "x.ndb", "A:0:*:616263646566"), ("b", "x.ndb", "B:0:*:646566676869"), ("c", "x.ldb", "C;Target:0;0&1;616263;676869"));

        Assert.Equal(["A", "B", "C"], Names(set, "..abcdefghi.."));
        Assert.Equal(["B"], Names(set, "..defghi.."));
    }

    [Fact]
    public void Names_the_package_of_each_image()
    {
        var set = Open(("a", "x.ndb", "A:0:*:616263646566"), ("b", "x.ndb", "B:0:*:646566676869"));

        Assert.Equal(["a", "b"], Hits(set, "..abcdefghi..").Select(hit => hit.Package.Name));
        Assert.Equal(2, set.SignatureCount);
    }

    [Fact]
    public void An_ignore_list_takes_signatures_out_of_other_packages()
    {
        var set = Open(
            ("a", "x.ndb", "Bad.A:0:*:616263646566\nBad.B.{x}:0:*:616263646566\nKept:0:*:616263646566"),
            ("b", "x.ign2", "Bad.A\nBad.B"),
            ("c", "x.yar", "rule R { strings: $a = \"abcdef\" condition: $a }"),
            ("d", "x.ign", "c.yar:1:R"));

        Assert.Equal(["Kept"], Names(set, "..abcdef.."));
    }

    [Fact]
    public void An_ignored_digest_does_not_hide_the_next_one()
    {
        var md5 = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("payload"u8));
        var set = Open(("a", "y.ndb", "Other:0:*:2e2e2e2e"), ("b", "x.hdb", $"{md5}:7:First\n{md5}:7:Second"), ("c", "x.ign2", "First"));

        Assert.Equal(["Second"], Names(set, "payload", allMatches: false));
    }

    [Fact]
    public void An_allow_list_of_one_package_covers_what_another_finds()
    {
        var sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("payload"u8));
        var set = Open(("a", "x.ndb", "A:0:*:7061796c6f6164"), ("b", "x.sfp", $"{sha}:7:good"));

        using var content = new MemoryContent("payload"u8.ToArray());
        Assert.True(new ObjectMatcher(set).IsAllowed(content));
    }

    [Fact]
    public void Members_of_a_macro_group_may_be_in_another_package()
    {
        var macro = ("a", "x.ldb", "M;Target:0;0&1;6162636465;${1-9}12$");
        var member = ("b", "x.ndb", "G:0:$12$:77777777");

        Assert.Equal(["M"], Names(Open(macro, member), "abcde...wwww"));
        Assert.Empty(Names(Open(macro, member, ("c", "x.ign2", "G")), "abcde...wwww"));
        Assert.Empty(Names(Open(macro), "abcde...wwww"));
    }

    [Fact]
    public void One_match_is_told_when_one_is_asked_for()
    {
        var set = Open(("a", "x.ndb", "A:0:*:676869"), ("b", "x.ndb", "B:0:*:616263"));

        Assert.Single(Names(set, "..abcdefghi..", allMatches: false));
    }

    [Fact]
    public void Matches_of_many_images_equal_those_of_one()
    {
        var random = new Random(20261127);
        var files = Enumerable.Range(0, 24).Select(i => ($"p{i:00}", i % 3 == 0 ? "x.ldb" : "x.ndb", Lines(random, i))).ToArray();
        var apart = Open(files);
        var together = OpenOne(files);
        for (var round = 0; round < 40; round++)
        {
            var text = new string([.. Enumerable.Range(0, 4000).Select(_ => (char)('a' + random.Next(4)))]);
            Assert.Equal(Names(together, text).Order(StringComparer.Ordinal), Names(apart, text).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_set_with_a_damaged_image_is_not_opened()
    {
        var good = Compile("a", "x.ndb", "A:0:*:616263646566");
        var bad = _folder.Write("bad.image", "no image");

        Assert.Throws<ImageException>(() => ImageSet.Open([good, bad]));
    }

    private static string Lines(Random random, int package)
    {
        string Word(int length) => Convert.ToHexStringLower(Enumerable.Range(0, length).Select(_ => (byte)('a' + random.Next(4))).ToArray());
        return string.Join('\n', Enumerable.Range(0, 20).Select(i => package % 3 == 0
            ? $"L{package}.{i};Target:0;0&1>2;{Word(6)};{Word(3)}"
            : $"N{package}.{i}:0:*:{Word(random.Next(3, 9))}{(random.Next(2) == 0 ? "*" + Word(4) : "")}"));
    }

    private ImageSet Open(params (string Package, string File, string Text)[] packages)
    {
        var set = ImageSet.Open([.. packages.Select(package => Compile(package.Package, package.File, package.Text))]);
        _opened.Add(set);
        return set;
    }

    private ImageSet OpenOne((string Package, string File, string Text)[] packages)
    {
        var path = _folder.Path("one.image");
        ImageCompiler.Compile(
            new CompileRequest { Inputs = [.. packages.Select(package => Input(package.Package, package.File, package.Text))] },
            path, TestContext.Current.CancellationToken);
        var set = new ImageSet(Image.Open(path));
        _opened.Add(set);
        return set;
    }

    private string Compile(string package, string file, string text)
    {
        var path = _folder.Path($"{package}.image");
        ImageCompiler.Compile(new CompileRequest { Inputs = [Input(package, file, text)] }, path, TestContext.Current.CancellationToken);
        Image.Verify(path, TestContext.Current.CancellationToken);
        return path;
    }

    private CompileInput Input(string package, string file, string text) =>
        new(new PackageId(package, _version), IsOfficial: true, IsLenient: false, [_folder.Write($"{package}/{file}", text + "\n")]);

    private static IEnumerable<string> Names(ImageSet set, string text, bool allMatches = true) =>
        Hits(set, text, allMatches).Select(hit => hit.Signature);

    private static List<SignatureHit> Hits(ImageSet set, string text, bool allMatches = true)
    {
        using var content = new MemoryContent(text.Select(c => (byte)c).ToArray());
        var hits = new List<SignatureHit>();
        Assert.Equal(
            MatchCompletion.Complete,
            new ObjectMatcher(set).Match(MatchSubject.Raw(content, ObjectType.Binary), allMatches, hits, static () => { }));
        return hits;
    }
}
