using System.Text;
using Engine.FileTypes;

namespace Engine.Tests.FileTypes;

public sealed class TypeDetectorTests
{
    [Theory]
    [InlineData("504B0304", ObjectType.Zip)]
    [InlineData("504B0506", ObjectType.Zip)]
    [InlineData("504B3030504B0304", ObjectType.Zip)]
    [InlineData("1F8B08", ObjectType.Gzip)]
    [InlineData("425A6839314159265359", ObjectType.Bzip2)]
    [InlineData("425A683930303030303030", ObjectType.TextAscii)]
    [InlineData("FD377A585A00", ObjectType.Xz)]
    [InlineData("28B52FFD", ObjectType.Zstandard)]
    [InlineData("5A2A4D18", ObjectType.Zstandard)]
    [InlineData("377ABCAF271C", ObjectType.SevenZip)]
    [InlineData("526172211A0700", ObjectType.Rar)]
    [InlineData("526172211A070100", ObjectType.Rar)]
    [InlineData("4D5A9000", ObjectType.Pe)]
    [InlineData("7F454C46", ObjectType.Elf)]
    [InlineData("CEFAEDFE", ObjectType.MachO)]
    [InlineData("FEEDFACF", ObjectType.MachO)]
    [InlineData("CAFEBABE00000002", ObjectType.MachOUniversal)]
    [InlineData("CAFEBABE00000034", ObjectType.JavaClass)]
    [InlineData("255044462D312E34", ObjectType.Pdf)]
    [InlineData("0000255044462D", ObjectType.Pdf)]
    [InlineData("D0CF11E0A1B11AE1", ObjectType.Ole2)]
    [InlineData("7B5C727466", ObjectType.Rtf)]
    [InlineData("435753", ObjectType.Flash)]
    [InlineData("474946383961", ObjectType.Graphics)]
    [InlineData("89504E470D0A1A0A", ObjectType.Graphics)]
    [InlineData("FFD8FFE0", ObjectType.Graphics)]
    [InlineData("49492A00", ObjectType.Graphics)]
    [InlineData("A70D0D0A", ObjectType.PythonCompiled)]
    [InlineData("0000000000", ObjectType.Binary)]
    [InlineData("", ObjectType.Binary)]
    [InlineData("FFFE410042004300", ObjectType.TextUtf16)]
    [InlineData("00C3A400C3A4", ObjectType.TextUtf8)]
    public void Knows_types_by_their_first_bytes(string hex, ObjectType expected) =>
        Assert.Equal(expected, TypeDetector.Detect(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("plain text", ObjectType.TextAscii)]
    [InlineData("text\u00e4 in Latin-1", ObjectType.TextAscii)]
    [InlineData("<p>x <SCRIPT src=y>", ObjectType.Html)]
    [InlineData("\0\0<iframe>", ObjectType.Html)]
    [InlineData("<\0h\0t\0m\0l\0>\0", ObjectType.Html)]
    [InlineData("a < b and <c", ObjectType.TextAscii)]
    [InlineData("Received: from x\r\n", ObjectType.Mail)]
    [InlineData("message-id: <1>\nfrom: a\n", ObjectType.Mail)]
    [InlineData("\r\n\r\nSubject: x\r\n", ObjectType.Mail)]
    [InlineData("X-Odd: 1\r\nFrom: a\r\nContent-Type: text/html\r\n\r\n<html>", ObjectType.Mail)]
    [InlineData("From a@b Thu Jan 1 00:00:00 2026\nReceived: x\n", ObjectType.Mail)]
    [InlineData("From here on it is prose.\nNothing else.\n", ObjectType.TextAscii)]
    [InlineData("Note: the content\nis a text\n", ObjectType.TextAscii)]
    [InlineData("MM are initials", ObjectType.TextAscii)]
    [InlineData("BMW is a car, and this is no bitmap at all", ObjectType.TextAscii)]
    public void Knows_texts_by_what_they_say(string text, ObjectType expected) =>
        Assert.Equal(expected, TypeDetector.Detect(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Never_fails_on_any_head()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var head = new byte[random.Next(0, 600)];
            random.NextBytes(head);
            Assert.True(Enum.IsDefined(TypeDetector.Detect(head)));
        }
    }
}
