using System.Security.Cryptography;
using System.Text;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;
using Engine.Tests.Images;
using Testing.Executables;

namespace Engine.Tests.Matching;

/// <summary>Signatures that ask for a parsed executable (clamav-formats.md §3.4, §3.6).</summary>
public sealed class ExecutableMatchTests
{
    private static readonly byte[] _code = Encoding.ASCII.GetBytes(new string('.', 16) + "ENTRY-HERE" + new string('.', 0x1E6));
    private static readonly byte[] _data = Encoding.ASCII.GetBytes("SECOND-ONE" + new string('-', 0x1F6));

    [Theory]
    [InlineData("EP+0", "ENTRY", true)]
    [InlineData("EP+1", "NTRY", true)]
    [InlineData("EP+0", "NTRY", false)]
    [InlineData("EP-16", "....", true)]
    [InlineData("EP-2000,2000", "ENTRY", false)]
    [InlineData("EP-16,15", "ENTRY", false)]
    [InlineData("EP-16,16", "ENTRY", true)]
    [InlineData("S0+16", "ENTRY", true)]
    [InlineData("S1+0", "SECOND", true)]
    [InlineData("S2+0", "SECOND", false)]
    [InlineData("S300+0", "SECOND", false)]
    [InlineData("SL+3", "OND", true)]
    [InlineData("SE0", "SECOND", true)] // the end position counts
    [InlineData("SE0", "ECOND", false)]
    [InlineData("SE0,1", "ECOND", true)]
    [InlineData("SE1", "ECOND", true)]
    [InlineData("SE1", "ENTRY", false)]
    public void Offsets_are_measured_from_the_parts_of_the_file(string offset, string text, bool isHit)
    {
        var file = new PeBuilder { EntryPoint = 0x1010 }.Add(_code).Add(_data).Build();
        using var image = new CompiledImage(("a.ndb", $"T:1:{offset}:{Hex(text)}\n"));
        Assert.Equal(isHit ? 1 : 0, image.Match(file, ObjectType.Pe).Count);
        Assert.Empty(image.Match(file, ObjectType.Binary));
        Assert.Equal(1, image.Opened.SignatureCount);
    }

    [Theory]
    [InlineData("NAME", true)]
    [InlineData("AME", false)]
    [InlineData("NAME*SECOND", false)]
    [InlineData("NAME*V1", true)]
    [InlineData("OTHER", true)]
    [InlineData("V1", false)]
    public void Version_information_is_matched_at_the_names_of_its_strings(string texts, bool isHit)
    {
        var file = new PeBuilder().Add(_data).VersionString("NAME", "V1").VersionString("OTHER", "V2").Build();
        var hex = string.Join('*', texts.Split('*').Select(t => Convert.ToHexString(Encoding.Unicode.GetBytes(t))));
        using var image = new CompiledImage(("a.ndb", $"T:1:VI:{hex}\n"));
        Assert.Equal(isHit ? 1 : 0, image.Match(file, ObjectType.Pe).Count);
    }

    [Fact]
    public void Offsets_of_elf_and_macho_files_are_measured_too()
    {
        var body = new byte[0x400];
        "ENTRY-HERE"u8.CopyTo(body.AsSpan(0x310));
        using var image = new CompiledImage(("a.ndb", $"E:6:EP+0:{Hex("ENTRY")}\nM:9:EP+0:{Hex("ENTRY")}\nS:9:S0+16:{Hex("ENTRY")}\n"));
        var elf = new ElfBuilder { EntryPoint = 0x10310, Body = body }.Segment(0, 0x10000, 0x400).Section(0x300, 0x80).Build();
        Assert.Equal("E", Assert.Single(image.Match(elf, ObjectType.Elf)).Signature);
        var macho = new MachOBuilder { MainOffset = 0x310, Body = body }.Section(0x1000, 0x80, 0x300).Build();
        Assert.Equal(["M", "S"], image.Match(macho, ObjectType.MachO).Select(h => h.Signature).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sections_and_imports_are_reported_after_everything_else(bool isPlus)
    {
        var file = new PeBuilder { IsPlus = isPlus, EntryPoint = 0x1010 }.Add(_code).Add(_data).Import("KERNEL32.dll", "A").Build();
        var first = file.AsSpan(0x400, 0x200);
        var second = file.AsSpan(0x600, 0x200);
        using var image = new CompiledImage(
            ("a.imp", $"{Md5("kernel32.a"u8)}:*:Imports\n{Md5("kernel32.a"u8)}:9:Wrong\n"),
            ("b.mdb", $"512:{Md5(second)}:Second\n*:{Md5(first)}:AnySize:73\n513:{Md5(first)}:Wrong\n512:{Md5(first)}:First\n"),
            ("c.msb", $"512:{Convert.ToHexStringLower(SHA256.HashData(first))}:FirstSha\n"),
            ("d.hdb", $"{Md5(file)}:{file.Length}:Whole\n"),
            ("e.ndb", $"Body:1:EP+0:{Hex("ENTRY")}\n"));
        Assert.Equal(
            ["Body", "Whole", "First", "AnySize", "FirstSha", "Second", "Imports"],
            image.Match(file, ObjectType.Pe).Select(h => h.Signature));
        Assert.DoesNotContain("First", image.Match(file, ObjectType.Binary).Select(h => h.Signature));
    }

    /// <summary>Each of a thousand sections is the whole file: hashing them all would be a thousand times the work.</summary>
    [Fact]
    public void Sections_that_overlap_do_not_multiply_the_work()
    {
        var builder = new PeBuilder { EntryPoint = 0 };
        for (uint i = 0; i < 1000; i++)
        {
            builder.Add(0x10_0000, 0, 0, 0x20_0000, []);
        }

        var file = new byte[0x2_0000];
        builder.Add(0x1000, 0x200, 0x1_F000, 0x200, new byte[0x200]).Build().AsSpan(0, 0xF000).CopyTo(file);
        using var image = new CompiledImage(("a.mdb", $"{file.Length}:{Md5(file)}:T\n"));
        var hits = new List<SignatureHit>();
        var completion = new ObjectMatcher(image.Set).Match(
            MatchSubject.Raw(image.Opened.Features, new MemoryContent(file), ObjectType.Pe), allMatches: true, hits, static () => { });
        Assert.Equal(MatchCompletion.BudgetExhausted, completion);
        Assert.Single(hits);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));

#pragma warning disable CA5351 // The signature formats are defined on this digest.
    private static string Md5(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(MD5.HashData(data));
#pragma warning restore CA5351
}
