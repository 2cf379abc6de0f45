using Definitions.Signatures;
using Engine.Images;
using Testing;

namespace Engine.Tests.Images;

public sealed class SignatureLintTests
{
    [Fact]
    public void Tells_of_each_line_what_becomes_of_it()
    {
        using var folder = new TempFolder();
        var list = folder.Write("own.ign2", "Listed\n");
        var file = folder.Write("own.ndb", "#c\nGood:0:*:414243\nListed:0:*:414243\nOther:0:*:414243:300\nBad:0:*:41zz\n");
        var names = new List<string>();
        var found = new List<Diagnostic>();
        var counts = SignatureLint.Prepare([list, file], UnwantedPolicy.NotLoaded)
            .Check(file, signature => names.Add(signature.Name), found.Add, CancellationToken.None);
        Assert.Equal(["Good"], names, StringComparer.Ordinal);
        Assert.Equal(new LintCounts(5, 1, 2, 0, 1), counts);
        Assert.Equal([("IMG006", 3), ("SIG130", 4), ("SIG030", 5)], found.Select(f => (f.Code, f.Line)));
    }

    [Fact]
    public void What_lint_says_loads_is_what_a_lenient_compile_loads()
    {
        const string text = "A:0:*:414243\nB:0:*:4142\nC:0:*:444546\nD:99:*:444546\n\nE:0:*:(41|42)434445\n";
        using var folder = new TempFolder();
        var file = folder.Write("own.ndb", text);
        var counts = SignatureLint.Prepare([file], UnwantedPolicy.NotLoaded).Check(file, _ => { }, _ => { }, CancellationToken.None);
        using var image = new CompiledImage(isOfficial: false, isLenient: true, ("own.ndb", text));
        Assert.Equal(counts.Loaded, image.Opened.SignatureCount);
        Assert.Equal(2, counts.Errors);
    }

    [Fact]
    public void Sets_of_unwanted_programs_load_by_policy_and_change_the_digest()
    {
        const string text = "PUA.Win.NetTool.A:0:*:414243\nPUA.Win.Game.A:0:*:414243\n";
        using var folder = new TempFolder();
        var file = folder.Write("own.ndu", text);
        CompileReport Compile(UnwantedPolicy unwanted) => ImageCompiler.Compile(
            new CompileRequest { Inputs = [new CompileInput(CompiledImage.Package, true, false, [file])], Unwanted = unwanted },
            folder.Path("an.image"), CancellationToken.None);
        var none = Compile(UnwantedPolicy.NotLoaded);
        var all = Compile(UnwantedPolicy.LoadAll);
        var some = Compile(UnwantedPolicy.Load(["Game"], []));
        Assert.Equal([0L, 2, 1], new[] { none, all, some }.Select(r => r.Signatures[CompiledImage.Package.Name]));
        Assert.Equal(3, new[] { none.InputDigest, all.InputDigest, some.InputDigest }.Distinct().Count());
    }

    [Fact]
    public void Lines_that_match_nothing_here_are_counted_and_told()
    {
        using var image = new CompiledImage(
            ("a.cfg", "PE:0x1:1:255\n"), ("b.cbc", "ClamBC\n"), ("c.ndb", "T:0:*:414243\n"));
        Assert.Equal(1, image.Report!.AcceptedByExtension["test/cfg"]);
        Assert.Equal(1, image.Opened.SignatureCount);
        Assert.Equal(["SIG133", "SIG135"], image.Report.Diagnostics.Select(d => d.Code).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("t.cdb", "T:CL_TYPE_MSCAB:*:*:*:*:*:*:*:*", "CL_TYPE_MSCAB")]
    [InlineData("t.cdb", "T:CL_TYPE_CPIO_NEWC:*:*:*:*:*:*:*:*", "CL_TYPE_CPIO_NEWC")]
    [InlineData("t.cdb", "T:CL_TYPE_GZ:*:*:*:*:*:*:*:*", "CL_TYPE_GZ")]
    [InlineData("t.cdb", "T:CL_TYPE_OOXML_WORD:*:*:*:*:*:*:*:*", null)]
    [InlineData("t.cdb", "T:*:*:*:*:*:*:*:*:*", null)]
    [InlineData("t.ldb", "T;Engine:81-255,Container:CL_TYPE_SWF,Target:0;0;414243", "CL_TYPE_SWF")]
    [InlineData("t.ldb", "T;Engine:81-255,Container:CL_TYPE_UUENCODED,Target:0;0;414243", "CL_TYPE_UUENCODED")]
    [InlineData("t.ldb", "T;Engine:81-255,Container:CL_TYPE_GZ,Target:0;0;414243", null)]
    [InlineData("t.ldb", "T;Engine:81-255,Container:CL_TYPE_ANY,Target:0;0;414243", null)]
    [InlineData("t.ldb", "T;Engine:81-255,Intermediates:CL_TYPE_MSEXE>CL_TYPE_ZIP,Target:0;0;414243", null)]
    [InlineData("t.ldb", "T;Engine:81-255,Intermediates:CL_TYPE_ZIP>CL_TYPE_MSEXE,Target:0;0;414243", "CL_TYPE_MSEXE")]
    [InlineData("t.ldb", "T;Engine:81-255,Intermediates:CL_TYPE_ISO9660>CL_TYPE_ZIP,Target:0;0;414243", "CL_TYPE_ISO9660")]
    public void Containers_that_nothing_opens_are_told_of(string name, string line, string? type)
    {
        using var folder = new TempFolder();
        var file = folder.Write(name, line + "\n");
        var found = new List<Diagnostic>();
        var counts = SignatureLint.Prepare([file], UnwantedPolicy.NotLoaded).Check(file, _ => { }, found.Add, CancellationToken.None);
        using var image = new CompiledImage((name, line + "\n"));
        foreach (var findings in new[] { found, image.Report!.Diagnostics })
        {
            var told = findings.Where(f => f.Code == "IMG010").ToList();
            Assert.Equal(type is null ? 0 : 1, told.Count);
            Assert.All(told, f => Assert.Contains($" {type} ", f.Message, StringComparison.Ordinal));
        }

        Assert.Equal((1, type is null ? 0 : 1), (counts.Loaded, counts.Warnings));
    }
}
