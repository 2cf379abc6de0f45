using System.Text;
using Definitions.Formats.ClamAv;
using Definitions.Formats.Dns;

namespace Definitions.Tests.Formats;

public sealed class MirrorVersionsTests
{
    private static readonly byte[] Query = TxtMessage.WriteQuery(0x1234, "current.cvd.example");

    [Fact]
    public void The_example_of_the_specification_is_read()
    {
        var versions = MirrorVersions.TryParse("0.103.2:59:26141:1617981959:1:90:49191:333"u8);
        Assert.NotNull(versions);
        Assert.Equal(59, versions.Find("main"));
        Assert.Equal(26141, versions.Find("daily"));
        Assert.Equal(333, versions.Find("bytecode"));
        Assert.Null(versions.Find("safebrowsing"));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1617981959), versions.Time);
    }

    [Fact]
    public void A_record_is_believed_for_twelve_hours()
    {
        var versions = MirrorVersions.TryParseOne("5:1617981959"u8);
        Assert.NotNull(versions);
        Assert.Equal(5, versions.Find("anything"));
        Assert.True(versions.IsFresh(versions.Time.AddHours(12)));
        Assert.False(versions.IsFresh(versions.Time.AddHours(12).AddSeconds(1)));
        Assert.False(versions.IsFresh(versions.Time.AddHours(-13)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=spf1 -all")]
    [InlineData("0.103.2:59:26141")]
    [InlineData("0.103.2:59:26141:x:1:90")]
    [InlineData("0.103.2:59:26141:-5:1:90")]
    [InlineData("0.103.2:59:26141:999999999999999999:1:90")]
    public void What_is_no_record_is_none(string text) => Assert.Null(MirrorVersions.TryParse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_field_that_is_no_number_is_unknown()
    {
        var versions = MirrorVersions.TryParse("x:+59: 26141:1617981959"u8);
        Assert.NotNull(versions);
        Assert.Null(versions.Find("main"));
        Assert.Null(versions.Find("daily"));
        Assert.Null(versions.Find("bytecode"));
    }

    [Fact]
    public void The_first_string_of_the_first_TXT_record_is_the_answer()
    {
        byte[] alias = [0xC0, 0x0C, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2, 0xC0, 0x0C];
        byte[] text = [1, (byte)'x', 0, 0, 16, 0, 1, 0, 0, 0, 1, 0, 6, 2, (byte)'h', (byte)'i', 2, (byte)'n', (byte)'o'];
        Assert.Equal("hi"u8.ToArray(), TxtMessage.ReadReply(Query, Reply(2, [.. alias, .. text])));
    }

    [Fact]
    public void An_answer_to_something_else_is_none()
    {
        byte[] text = [0xC0, 0x0C, 0, 16, 0, 1, 0, 0, 0, 1, 0, 3, 2, (byte)'h', (byte)'i'];
        var good = Reply(1, text);
        Assert.Equal("hi"u8.ToArray(), TxtMessage.ReadReply(Query, good));
        Assert.Null(TxtMessage.ReadReply(TxtMessage.WriteQuery(0x1235, "current.cvd.example"), good));
        Assert.Null(TxtMessage.ReadReply(TxtMessage.WriteQuery(0x1234, "current.cvd.exampl2"), good));
        Assert.Null(TxtMessage.ReadReply(Query, Query));
        Assert.Null(TxtMessage.ReadReply(Query, Reply(0, [])));
        Assert.Null(TxtMessage.ReadReply(Query, Reply(5, [])));
        for (var length = 0; length < good.Length; length++)
        {
            Assert.Null(TxtMessage.ReadReply(Query, good.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData("current.cvd.example", true)]
    [InlineData("_a.b-1", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("a.b.", false)]
    [InlineData("a b", false)]
    public void Names_are_plain(string name, bool isName) => Assert.Equal(isName, TxtMessage.IsName(name));

    [Fact]
    public void No_damage_to_a_reply_escapes() => Sample(bytes => TxtMessage.ReadReply(Query, bytes));

    private static void Sample(Action<byte[]> read)
    {
        byte[] text = [0xC0, 0x0C, 0, 16, 0, 1, 0, 0, 0, 1, 0, 3, 2, (byte)'h', (byte)'i'];
        var good = Reply(1, text);
        for (var at = 0; at < good.Length; at++)
        {
            foreach (var value in (byte[])[0, 1, 63, 64, 127, 128, 192, 255])
            {
                byte[] changed = [.. good];
                changed[at] = value;
                read(changed);
            }
        }
    }

    private static byte[] Reply(byte answers, byte[] records)
    {
        byte[] head = [.. Query];
        head[2] = 0x81;
        head[3] = 0x80;
        head[7] = answers;
        return [.. head, .. records];
    }
}
