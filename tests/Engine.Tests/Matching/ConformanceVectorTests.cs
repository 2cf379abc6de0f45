using System.Text;
using Definitions;
using Engine.FileTypes;
using Engine.Tests.Images;

namespace Engine.Tests.Matching;

/// <summary>The vectors of clamav-formats.md §8 for .hdb, .hsb and .ndb that need no normaliser and no executable.</summary>
public sealed class ConformanceVectorTests
{
    private const string Md5 = "cf0c408fc7d28447d52601c2ad71e404";

    [Theory]
    [InlineData("T.hdb", Md5 + ":10:T", "xxABCDEFxx")]
    [InlineData("T.hdb", "CF0C408FC7D28447D52601C2AD71E404:10:T", "xxABCDEFxx")]
    [InlineData("T.hdb", Md5 + ":*:T:73", "xxABCDEFxx")]
    [InlineData("T.hdb", Md5 + ":010:T", "xxABCDEFxx")]
    [InlineData("T.hdb", "#c\n" + Md5 + ":10:T", "xxABCDEFxx")]
    [InlineData("T.hdb", "8827a41122a5028b9808c7bf84b9fcf6:6:T", "ABCDEF")]
    [InlineData("T.hsb", "4f18cdc6f9095d06993f8a3aeaf2e44c7aaf4c1e:10:T", "xxABCDEFxx")]
    [InlineData("T.hsb", "7c61886d64f1198ef50addf95eae348c3081d87e60588387d4b39a201494bbaa:10:T", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:414243", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:4142??44", "xxABCDEFxx", "ABDDxx")]
    [InlineData("T.ndb", "T:0:*:41424?44", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:4142?344", "xxABCDEFxx", "ABsDxx")]
    [InlineData("T.ndb", "T:0:*:4142*4546", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:4142{2}4546", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:4142{-2}4546", "ABEFxx", "ABxxEF")]
    [InlineData("T.ndb", "T:0:*:4142{2-}4546", "ABxxEF", "ABxxxxxEF")]
    [InlineData("T.ndb", "T:0:*:4142{1-3}4546", "ABxEFx")]
    [InlineData("T.ndb", "T:0:*:4142{0}4546", "ABxxxxEF")]
    [InlineData("T.ndb", "T:0:*:41[1-3]43444546", "AxCDEF", "AxxxCDEF")]
    [InlineData("T.ndb", "T:0:*:41424344[2]46", "ABCDxxF")]
    [InlineData("T.ndb", "T:0:*:(41|58)424344", "ABCDxx", "XBCDxx")]
    [InlineData("T.ndb", "T:0:*:4142(4344|5858)4546", "xxABCDEFxx", "ABXXEF")]
    [InlineData("T.ndb", "T:0:*:4142(43|4344|??5858)4546", "ABCEFx", "ABCDEF", "AByXXEF")]
    [InlineData("T.ndb", "T:0:*:4142!(43|44)4546", "ABxEFx")]
    [InlineData("T.ndb", "T:0:*:4142!(4344|5858)4546", "ABxxEF")]
    [InlineData("T.ndb", "T:0:*:4142(43(44|45)|58)46", "ABCEFx", "ABXFxx")]
    [InlineData("T.ndb", "T:0:*:(B)414243(B)", "ABC xxx", "<ABC>xx")]
    [InlineData("T.ndb", "T:0:*:(W)414243(W)", "x,ABC,x")]
    [InlineData("T.ndb", "T:0:*:(L)414243(L)", "ABC\nxx", "x\nABC\r\n")]
    [InlineData("T.ndb", "T:0:*:!(W)414243", "xABCxx")]
    [InlineData("T.ndb", "T:0:0:414243", "ABCxxx")]
    [InlineData("T.ndb", "T:0:2,2:414243", "xxABCx", "xxxxABC")]
    [InlineData("T.ndb", "T:0:EOF-3:414243", "xxxABC")]
    [InlineData("T.ndb", "T:0:EOF-5,2:414243", "xABCxx", "xxxABC")]
    [InlineData("T.ndb", "T:0:*:414243:216", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:414243:", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:*:*:414243", "xxABCDEFxx")]
    [InlineData("T.ndb", "T (Clam):0:*:414243", "xxABCDEFxx")]
    public void Hits(string file, string line, params string[] objects) =>
        AssertVector(file, line, objects, isHit: true);

    [Theory]
    [InlineData("T.hdb", Md5 + ":11:T", "xxABCDEFxx")]
    [InlineData("T.hdb", Md5 + ":10:T:999", "xxABCDEFxx")]
    [InlineData("T.hdb", Md5 + ":10:T:1:100", "xxABCDEFxx")]
    [InlineData("T.hdb", "2ecdde3959051d913f61b14579ea136d:5:T", "ABCDE")]
    [InlineData("T.ndb", "T:0:*:414243", "xxABDxx")]
    [InlineData("T.ndb", "T:0:*:41424?44", "AB4D..")]
    [InlineData("T.ndb", "T:0:*:4142*4546", "EFxxAB..")]
    [InlineData("T.ndb", "T:0:*:4142{2}4546", "ABxEFxxx")]
    [InlineData("T.ndb", "T:0:*:4142{-2}4546", "ABxxxEF")]
    [InlineData("T.ndb", "T:0:*:4142{2-}4546", "ABxEFx")]
    [InlineData("T.ndb", "T:0:*:4142{1-3}4546", "ABEFxx", "ABxxxxEF")]
    [InlineData("T.ndb", "T:0:*:4142{4-2}4546", "ABxxxEF")]
    [InlineData("T.ndb", "T:0:*:41[1-3]43444546", "AxxxxCDEF")]
    [InlineData("T.ndb", "T:0:*:41424344[2]46", "ABCDxF")]
    [InlineData("T.ndb", "T:0:*:(41|58)424344", "YBCDxx")]
    [InlineData("T.ndb", "T:0:*:4142(4344|5858)4546", "ABXCEF")]
    [InlineData("T.ndb", "T:0:*:4142!(43|44)4546", "ABCEFx")]
    [InlineData("T.ndb", "T:0:*:4142!(4344|5858)4546", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:(B)414243(B)", "x ABC.", "xABC x", "\"ABC\"xx")]
    [InlineData("T.ndb", "T:0:*:(W)414243(W)", "xABC,x", "ABCxxx")]
    [InlineData("T.ndb", "T:0:*:(L)414243(L)", "x ABC\n")]
    [InlineData("T.ndb", "T:0:*:!(W)414243", ".ABCxx")]
    [InlineData("T.ndb", "T:0:0:414243", "xABCxx")]
    [InlineData("T.ndb", "T:0:2,2:414243", "xxxxxABC")]
    [InlineData("T.ndb", "T:0:EOF-3:414243", "xxABCx")]
    [InlineData("T.ndb", "T:0:EOF-5,2:414243", "ABCxxx")]
    [InlineData("T.ndb", "T:0:*:414243:217", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:414243:1:215", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:0:*:414243::", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:15:*:414243", "xxABCDEFxx")]
    [InlineData("T.ndb", "T:1:*:414243", "xxABCDEFxx")]
    public void Misses(string file, string line, params string[] objects) =>
        AssertVector(file, line, objects, isHit: false);

    [Fact]
    public void A_gap_of_130_bytes_is_exact()
    {
        using var image = new CompiledImage(("T.ndb", "T:0:*:4142{130}4546\n"));
        Assert.Single(image.Match(Encoding.ASCII.GetBytes("AB" + new string('x', 130) + "EF")));
        Assert.Empty(image.Match(Encoding.ASCII.GetBytes("AB" + new string('x', 129) + "EF")));
    }

    [Theory]
    [InlineData("T.hdb", Md5 + ":*:T")]
    [InlineData("T.hdb", Md5 + ":0:T")]
    [InlineData("T.hdb", Md5 + ":10:T\n\n")]
    [InlineData("T.ndb", "T:0:*:4142")]
    [InlineData("T.ndb", "T:0:*:41??43")]
    [InlineData("T.ndb", "T:0:*:(41424344|45464748)")]
    [InlineData("T.ndb", "T:0:EP+0:414243")]
    [InlineData("T.ndb", "T:x:*:414243")]
    public void A_malformed_line_refuses_the_whole_set(string file, string line)
    {
        var refusal = Assert.Throws<RefusedException>(
            () => new CompiledImage(("good.ndb", "G:0:*:616263\n"), (file, line + "\n")));
        Assert.Equal(RefusalReason.SignatureMalformed, refusal.Reason);
        Assert.Contains(file + ":", refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertVector(string file, string line, string[] objects, bool isHit)
    {
        using var image = new CompiledImage(isOfficial: false, isLenient: false, (file, line + "\n"));
        foreach (var content in objects)
        {
            var names = image.Match(Encoding.Latin1.GetBytes(content), ObjectType.Binary).Select(h => h.Signature);
            Assert.Equal(isHit ? ["T.UNOFFICIAL"] : [], names, StringComparer.Ordinal);
        }
    }
}
