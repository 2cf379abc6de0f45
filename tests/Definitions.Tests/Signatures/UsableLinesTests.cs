using System.Text;
using Definitions.Signatures;

namespace Definitions.Tests.Signatures;

public sealed class UsableLinesTests
{
    [Theory]
    [InlineData("a.ndb", "Service unavailable\n", true)]
    [InlineData("a.ndb", "{\"error\":1}", true)]
    [InlineData("a.hdb", "try again later\n\n# please\n", true)]
    [InlineData("a.hdu", "Service unavailable\n", true)]
    [InlineData("a.ldb", "Service unavailable\n", true)]
    [InlineData("a.yar", "Service unavailable\n", true)]
    [InlineData("a.yar", "{\"error\":1}", true)]
    [InlineData("a.ndb", "", false)]
    [InlineData("a.ndb", "# comment only\n", false)]
    [InlineData("a.ndb", "# comment\n\n\n", false)]
    [InlineData("a.ndb", "broken\nGood:0:*:414243\n", false)]
    [InlineData("a.ndb", "Later:0:*:414243:500\n", false)]
    [InlineData("a.hdb", "44d88612fea8a8f36de82e1278abb02f:68:Eicar\n", false)]
    [InlineData("a.fp", "44d88612fea8a8f36de82e1278abb02f:68:Eicar\n", false)]
    [InlineData("a.ign2", "Some.Name\n", false)]
    [InlineData("a.cfg", "something\n", false)]
    [InlineData("a.cbc", "ClamBC\n", false)]
    [InlineData("a.info", "x\n", false)]
    [InlineData("a.yar", "rule a { condition: filesize > 1 }\n", false)]
    [InlineData("a.yar", "rule a { strings: $a = \"abcd\" condition: $a }\n", false)]
    [InlineData("a.yar", "// nothing\n", false)]
    public void Content_without_a_line_of_use_is_another_file(string name, string content, bool isAnother)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        Assert.Equal(isAnother, UsableLines.Of(stream, name).IsAnotherFile);
    }

    [Fact]
    public void A_good_line_far_behind_counts()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 30_000; i++)
        {
            text.Append("not a signature at all\n");
        }

        using var bad = new MemoryStream(Encoding.ASCII.GetBytes(text.ToString()));
        Assert.True(UsableLines.Of(bad, "a.ndb").IsAnotherFile);
        using var good = new MemoryStream(Encoding.ASCII.GetBytes(text.Append("Good:0:*:414243\n").ToString()));
        Assert.False(UsableLines.Of(good, "a.ndb").IsAnotherFile);
    }
}
