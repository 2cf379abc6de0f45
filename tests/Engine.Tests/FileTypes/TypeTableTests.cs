using System.Text;
using Engine.FileTypes;
using Engine.Objects;
using Engine.Tests.Images;

namespace Engine.Tests.FileTypes;

/// <summary>File type magic of a signature set (clamav-formats.md §4.1).</summary>
public sealed class TypeTableTests
{
    [Theory]
    [InlineData("0:0:4d5a:PE:CL_TYPE_ANY:CL_TYPE_MSEXE", "MZxxxx", ObjectType.Pe)]
    [InlineData("0:2:6162:x:CL_TYPE_ANY:CL_TYPE_PDF", "xxab..", ObjectType.Pdf)]
    [InlineData("0:2:6162:x:CL_TYPE_ANY:CL_TYPE_PDF", "ab....", ObjectType.TextAscii)]
    [InlineData("0:0:6162:x:CL_TYPE_ANY:CL_TYPE_PDF\n0:0:616263:y:CL_TYPE_ANY:CL_TYPE_RTF", "abcdef", ObjectType.Rtf)]
    [InlineData("0:0:616263:y:CL_TYPE_ANY:CL_TYPE_RTF\n0:0:6162:x:CL_TYPE_ANY:CL_TYPE_PDF", "abcdef", ObjectType.Pdf)]
    [InlineData("1:*:3c686561(64|44)3e:h:CL_TYPE_ANY:CL_TYPE_HTML", "xx <heaD> y", ObjectType.Html)]
    [InlineData("1:3,4:4142{1-2}4344:h:CL_TYPE_ANY:CL_TYPE_HTML", "xxxxxABxCD", ObjectType.Html)]
    [InlineData("1:3,4:4142{1-2}4344:h:CL_TYPE_ANY:CL_TYPE_HTML", "ABxCDxxxxx", ObjectType.TextAscii)]
    [InlineData("1:EOF-4:41424344:h:CL_TYPE_ANY:CL_TYPE_HTML", "xxxABCD", ObjectType.TextAscii)]
    [InlineData("1:*:41424344:h:CL_TYPE_ANY:CL_TYPE_PDF", "xx<html>ABCD", ObjectType.Html)]
    [InlineData("1:*:41424344:h:CL_TYPE_ANY:CL_TYPE_PDF", "MZ ABCD", ObjectType.Pe)]
    [InlineData("0:0:4142:x:CL_TYPE_ANY:CL_TYPE_SCRIPT", "ABCDEF", ObjectType.TextAscii)]
    [InlineData("1:*:41424344:h:CL_TYPE_TEXT_ASCII:CL_TYPE_HTML", "xxxABCD", ObjectType.Html)]
    [InlineData("1:*:41424344:h:CL_TYPE_BINARY_DATA:CL_TYPE_HTML", "xxxABCD", ObjectType.TextAscii)]
    [InlineData("0:0:494433:MP3:CL_TYPE_ANY:CL_TYPE_IGNORED", "ID3xxx", ObjectType.Ignored)]
    [InlineData("0:0:4d5a:PE:CL_TYPE_ANY:CL_TYPE_MSEXE", "<html> x", ObjectType.TextAscii)]
    [InlineData("0:0:4d5a:PE:CL_TYPE_ANY:CL_TYPE_MSEXE", "PK\u0003\u0004xxxx", ObjectType.Zip)]
    [InlineData("4:0:6162:x:CL_TYPE_ANY:CL_TYPE_PDF", "abcdef", ObjectType.TextAscii)]
    public void Decides_in_place_of_what_is_built_in(string lines, string content, ObjectType expected)
    {
        using var image = new CompiledImage(("t.ftm", lines + "\n"));
        var bytes = Encoding.Latin1.GetBytes(content);
        Assert.Equal(expected, TypeDetector.Detect(new MemoryContent(bytes), image.Set.Types));
    }

    [Fact]
    public void A_set_without_magic_leaves_the_built_in_types()
    {
        using var image = new CompiledImage(("t.ndb", "T:0:*:414243\n"));
        Assert.Null(image.Set.Types);
        Assert.Null(image.Set.Phishing);
    }
}
