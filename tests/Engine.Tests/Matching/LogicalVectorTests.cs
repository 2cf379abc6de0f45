using System.Text;
using Definitions;
using Engine.FileTypes;
using Engine.Tests.Images;

namespace Engine.Tests.Matching;

/// <summary>The .ldb vectors of clamav-formats.md §8. A line starts with the prefix of the specification: 51, 81 or 101.</summary>
public sealed class LogicalVectorTests
{
    /// <summary>Makes the object binary: <c>+Z</c>.</summary>
    private const string Z = "\0\u0001\0\0\u0001\0\0\u0001";

    public static TheoryData<string, string[], string[]> Vectors => new()
    {
        { "<51>0&1;414141;424242", ["AAA..BBB"], ["AAA..."] },
        { "<51>0|1;414141;424242", ["BBB..."], [] },
        { "<51>0&1|2;414141;424242;434343", ["AAACCC"], ["CCC..."] },
        { "<51>(0&1|2);414141;424242;434343", ["CCC...", "AAACCC"], [] },
        { "<51>(0&1)|2;414141;424242;434343", ["CCC..."], [] },
        { "<51>0=2;414141", ["AAA..AAA", "AAAA.."], ["AAA..."] },
        { "<51>0>1;414141", ["AAAA.."], ["AAA..."] },
        { "<51>0<2;414141", ["AAA" + Z, "xxx" + Z], ["AAAA" + Z] },
        { "<51>0=0;414141", ["xxx" + Z], ["AAA" + Z] },
        { "<51>0&1=0;414141;424242", ["AAA" + Z], ["AAABBB" + Z] },
        { "<51>(0&1)=0;414141;424242", ["AAA" + Z], ["AAABBB" + Z] },
        { "<51>0&(1|2)>1;414141;424242;434343", ["AAABBBCCC"], ["AAABBB"] },
        { "<51>0>=1;414141", ["AAA" + Z], ["AAAA" + Z, "xxx" + Z] },
        { "<51>0=1,2;414141", ["AAA" + Z], [] },
        { "<51>(0|1)>1;414141;424242", ["AAABBB", "AAA.AAA"], ["AAA..."] },
        { "<51>(0|1)>1,2;414141;424242", ["AAABBB"], ["AAA.AAA"] },
        { "<51>(0|1|2)=2,2;414141;424242;434343", ["AAABBB"], ["AAABBBCCC", "AAA.AAA"] },
        { "<51>(0=1);414141", ["AAA..."], [] },
        { "<51>0&2;414141;424242;434343", ["AAACCC"], [] },
        { "<51>0 & 1;414141;424242", ["AAABBB"], [] },
        { "T;Target:0;0;414141", ["AAA...", "AAA......"], [] },
        { "T;Engine:51-255,Target:0,Container:CL_TYPE_ANY;0;414141", ["AAA..."], [] },
        { "T;Engine:217-255,Target:0;0;414141", [], ["AAA..."] },
        { "T;Engine:51-255,Target:15;0;414141", [], ["AAA..."] },
        { "T;Engine:51-255,Target:0,Foo:1;0;414141", [], ["AAA..."] },
        { "T;Engine:51-255,Target:0,Container:CL_TYPE_FOO;0;414141", [], ["AAA..."] },
        { "T;Engine:51-255,Target:0,Container:CL_TYPE_ZIP;0;414141", [], ["AAA..."] },
        { "T;Engine:51-255,Target:0,FileSize:6-8;0;414141", ["AAA..."], ["AAA......"] },
        { "<51>0;414141::i", ["aAa..."], [] },
        { "<51>0;414141::w", ["A\0A\0A\0.."], ["AAA..."] },
        { "<51>0;414141::wa", ["A\0A\0A\0..", "AAA..."], [] },
        { "<51>0;414141::f", ["x AAA x"], ["xAAAxx"] },
        { "<51>0;2:414141", ["xxAAAx"], ["AAAxxx"] },
        { "<51>0;4141", ["AAxxxx"], [] },
        { "<81>0&1;414141;0/b+c/", ["AAAbbc"], ["bbc...", "AAABBC"] },
        { "<81>0&1;414141;0/b+c/i", ["AAABBC"], [] },
        { "<81>0&1;414141;3:0/bc/", ["AAAbc."], ["AAA.bc"] },
        { "<81>0&1;414141;3,2:0/bc/", ["AAA.bc"], ["AAA...bc"] },
        { "<81>0&1;414141;3:0/bc/r", ["AAA...bc"], ["bcAAA."] },
        { "<81>0&1>1;414141;0/b/", [], ["AAAbbb"] },
        { "<81>0&1>1;414141;0/b/g", ["AAAbbb"], [] },
        { "<101>0&1;414141;0(>>3#dbe3#=100)", ["xAAA100", "AAA100"], ["xAAA101"] },
        { "<101>0&1;414141;0(>>3#hb2#>0x10)", ["xAAA11."], ["xAAA10."] },
        { "<101>0&1;414141;0(>>3#il2#=0x3231)", ["xAAA12."], ["xAAA21."] },
        { "<101>0&1;414141;0(>>3#ib2#=0x3132)", ["xAAA12."], [] },
        { "<101>0&1;414141;0(<<2#ib1#=0x78)", ["zzxxAAA"], ["zxzzAAA"] },
        { "<101>0&1;414141;0(>>3#dbe3#>50,<150)", ["xAAA100"], ["xAAA200"] },
        { "<101>0&1;414141;0(>>3#ab4#=100)", ["xAAA100.", "xAAA 100"], [] },
        { "<101>0&1;414141;0(>>3#ab4#=0x64)", ["xAAA0x64"], [] },
        { "<101>0&1;414141;0(0#ib1#=0x41)", ["xAAA.."], [] },
    };

    public static TheoryData<string> Malformed =>
    [
        "<51>0=;414141", "<51>0&;414141", "<51>(0&1;414141;424242", "<51>(0)=1;414141", "<51>0&1;414141",
        "<51>0;414141;424242", "<51>0&1;414141;424242;", "T;Target:0,Engine:51-255;0;414141", "T;Engine:51-255;0;414141",
        "T;Engine:51,Target:0;0;414141", "T;Engine:50-255,Target:0,FileSize:6-8;0;414141",
        "T;Engine:51-255,Target:0,EntryPoint:1-2;0;414141", "T;Engine:51-255,Target:0,IconGroup1:x;0;414141",
        "<51>0;414141::z", "<51>0;41", "<81>0&1;414141;/b/", "<81>0&1;414141;1/b/", "<81>0&1;414141;0//",
        "<81>0&1;414141;0/b/q", "<101>0&1;414141;0(>>3#ib3#=1)", "<101>0&1;414141;0(>>3#dl3#=100)",
    ];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Hits_and_misses_as_the_reference_engine(string line, string[] hits, string[] misses)
    {
        using var image = new CompiledImage(isOfficial: false, isLenient: false, ("t.ldb", Full(line) + "\n"));
        Assert.All(hits, content => Assert.Equal(
            ["T.UNOFFICIAL"], image.Match(Encoding.Latin1.GetBytes(content), ObjectType.Binary).Select(h => h.Signature), StringComparer.Ordinal));
        Assert.All(misses, content => Assert.Empty(image.Match(Encoding.Latin1.GetBytes(content), ObjectType.Binary)));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Refuses_what_the_reference_engine_refuses(string line)
    {
        var refusal = Assert.Throws<RefusedException>(() => new CompiledImage(("t.ldb", Full(line) + "\n")));
        Assert.Equal(RefusalReason.SignatureMalformed, refusal.Reason);
    }

    private static string Full(string line)
    {
        foreach (var level in (string[])["51", "81", "101"])
        {
            line = line.Replace($"<{level}>", $"T;Engine:{level}-255,Target:0;", StringComparison.Ordinal);
        }

        return line;
    }
}
