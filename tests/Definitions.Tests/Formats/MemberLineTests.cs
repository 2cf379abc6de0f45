using Definitions.Signatures;
using Testing;

namespace Definitions.Tests.Formats;

public sealed class MemberLineTests
{
    [Fact]
    public void Reads_every_field()
    {
        var member = Assert.IsType<MemberSignature>(Assert.Single(
            ParsedSignatures.Of("t.cdb", @"T (Clam):CL_TYPE_ZIP:1-9:\.exe$:5:6-7:1:2:x:y:1:300").Signatures));
        Assert.Equal("T", member.Name);
        Assert.Equal(FileTypeName.Zip, member.ContainerType);
        Assert.Equal(new NumberRange(1, 9), member.ContainerSize);
        Assert.Equal(new NumberRange(5, 5), member.CompressedSize);
        Assert.Equal(new NumberRange(6, 7), member.RealSize);
        Assert.True(member.IsEncrypted);
        Assert.Equal(new NumberRange(2, 2), member.Position);
        Assert.Null(member.Crc);
        Assert.Equal(@"\u002eexe\z", member.NamePattern);
    }

    [Theory]
    [InlineData("T:*:*:*:*:*:*:*:*:*")]
    [InlineData("T:CL_TYPE_ANY:*:*:*:*:*:*:*:*")]
    public void Stars_ask_for_nothing(string line)
    {
        var member = Assert.IsType<MemberSignature>(Assert.Single(ParsedSignatures.Of("t.cdb", line).Signatures));
        Assert.Null(member.ContainerType);
        Assert.Null(member.NamePattern);
        Assert.Null(member.IsEncrypted);
        Assert.Null(member.Position);
    }

    [Fact]
    public void Legacy_lines_are_about_zip_and_rar()
    {
        var zip = Assert.IsType<MemberSignature>(Assert.Single(ParsedSignatures.Of("t.zmd", "T:0:m1:30:16:eb7dcc21:8:1:*").Signatures));
        Assert.Equal((FileTypeName.Zip, 0xEB7DCC21u), (zip.ContainerType!.Value, zip.Crc!.Value));
        var rar = Assert.IsType<MemberSignature>(Assert.Single(ParsedSignatures.Of("t.rmd", "T:*:*:*:*:*:*:*:*").Signatures));
        Assert.Equal(FileTypeName.Rar, rar.ContainerType);
    }
}
