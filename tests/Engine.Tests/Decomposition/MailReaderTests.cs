using System.Text;
using Engine.FileTypes;
using Testing;

namespace Engine.Tests.Decomposition;

public sealed class MailReaderTests
{
    [Fact, Trait("req", "M-120"), Trait("req", "M-061")]
    public void Takes_a_plain_mail_for_clean_and_says_that_it_is_one()
    {
        var seen = Decomposed.Of(Archive.Text("From: a@b\r\nSubject: x\r\n\r\nhello there\r\n"), "m.eml");
        var code = Assert.Single(seen.Codes);
        Assert.Equal((ScanCode.DecOuterContainerIsMime, "m.eml"), (code.Code, code.Node));
        Assert.Equal(ScanStatus.Clean, seen.Status);
        Assert.Equal("m.eml,m.eml!part1", seen.Paths);
    }

    [Theory, Trait("req", "M-057")]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("x-uuencode")]
    [InlineData("7bit")]
    public void Decodes_an_attachment(string encoding)
    {
        var body = encoding switch
        {
            "base64" => Convert.ToBase64String(Eicar.Content, Base64FormattingOptions.InsertLineBreaks),
            "quoted-printable" => Eicar.Text.Replace("=", "=3D", StringComparison.Ordinal).Insert(20, "=\r\n"),
            "x-uuencode" => Uuencode(Eicar.Content),
            _ => Eicar.Text,
        };
        var seen = Decomposed.Of(Mail(Part("application/octet-stream; name=\"v.com\"", encoding, body)), "m.eml");
        Assert.Equal("m.eml,m.eml!part1,m.eml!v.com", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[2].Bytes[..Eicar.Content.Length]);
        seen.AssertClean();
    }

    [Fact]
    public void Opens_archives_in_attachments()
    {
        var zip = Convert.ToBase64String(Archive.Zip(("a/b.exe", Eicar.Content)));
        var seen = Decomposed.Of(Mail(Part("application/zip; name=invoice.zip", "base64", zip)), "mail.eml");
        Assert.Equal("mail.eml!invoice.zip!a/b.exe", seen.Nodes[^1].Path);
        Assert.Equal(Eicar.Content, seen.Nodes[^1].Bytes);
    }

    [Theory]
    [InlineData("7bit")]
    [InlineData("base64")]
    public void Opens_attached_mails_as_nodes_of_their_own(string encoding)
    {
        var inner = Encoding.Latin1.GetString(Mail(Part("text/plain; name=v.txt", "base64", Convert.ToBase64String(Eicar.Content))));
        var body = encoding == "base64" ? Convert.ToBase64String(Archive.Text(inner)) : inner;
        var seen = Decomposed.Of(Mail(Part("message/rfc822; name=in.eml", encoding, body)), "m.eml");
        var attached = Assert.Single(seen.Nodes, n => n.Path == "m.eml!in.eml");
        Assert.Equal(ObjectType.Mail, attached.Type);
        Assert.Equal("m.eml!in.eml!v.txt", seen.Nodes[^1].Path);
        Assert.Equal(Eicar.Content, seen.Nodes[^1].Bytes);
        seen.AssertClean();
    }

    [Fact, Trait("req", "M-024")]
    public void Ends_mails_in_mails_at_the_depth_limit()
    {
        var mail = "From: a\r\n\r\nbody\r\n";
        for (var i = 0; i < 200; i++)
        {
            mail = "From: a\r\nContent-Type: message/rfc822\r\n\r\n" + mail;
        }

        var seen = Decomposed.Of(Archive.Text(mail));
        Assert.True(seen.Has(ScanCode.DecMaximumDepthReached));
        Assert.True(seen.Nodes.Count < 30);
    }

    [Fact, Trait("req", "M-121")]
    public void Reports_a_multipart_without_boundary()
    {
        var seen = Decomposed.Of(Archive.Text("MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nsome text that is long enough\r\n"), "m");
        Assert.True(seen.Has(ScanCode.DecMimeParsingFailed, "m"));
    }

    [Fact, Trait("req", "M-121"), Trait("req", "M-327")]
    public void Reports_two_thousand_nested_multiparts()
    {
        var mail = new StringBuilder("MIME-Version: 1.0\r\n");
        for (var i = 0; i < 2000; i++)
        {
            mail.Append("Content-Type: multipart/mixed; boundary=b").Append(i).Append("\r\n\r\n--b").Append(i).Append("\r\n");
        }

        mail.Append("\r\nx\r\n");
        var started = TimeProvider.System.GetTimestamp();
        Assert.True(Decomposed.Of(Archive.Text(mail.ToString())).Has(ScanCode.DecMimeParsingFailed));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Does_not_spend_seconds_on_a_header_field_of_eight_megabytes(bool isFolded)
    {
        var line = isFolded ? string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n ", 115_000)) : new string('x', 8 << 20);
        var mail = Archive.Text($"From: a\r\nSubject: {line}\r\n\r\n{Eicar.Text}\r\n");
        var started = TimeProvider.System.GetTimestamp();
        var seen = Decomposed.Of(mail, "m");
        Assert.True(seen.Has(ScanCode.DecMimeParsingFailed, "m"));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Does_not_take_a_long_body_line_for_a_header()
    {
        var payload = Archive.Join(Archive.Noise(2_000_000), Eicar.Content);
        var seen = Decomposed.Of(Mail(Part("application/octet-stream", "base64", Convert.ToBase64String(payload))));
        seen.AssertClean();
        Assert.Contains(seen.Nodes, n => n.Length == payload.Length);
    }

    [Fact]
    public void Reports_a_header_block_over_the_limit()
    {
        var fields = string.Concat(Enumerable.Range(0, 5000).Select(i => $"X-Field-{i}: {new string('y', 60)}\r\n"));
        var seen = Decomposed.Of(Archive.Text($"From: a\r\n{fields}\r\nbody\r\n"));
        Assert.True(seen.Has(ScanCode.DecMimeParsingFailed));
    }

    [Fact, Trait("req", "M-119")]
    public void Reports_a_piece_of_a_split_mail()
    {
        var seen = Decomposed.Of(Archive.Text("From: a\r\nContent-Type: message/partial; id=x; number=1; total=3\r\n\r\nSubject: in\r\n\r\nbody\r\n"), "m");
        Assert.True(seen.Has(ScanCode.DecPartialMessageDetected, "m"));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact]
    public void Opens_each_mail_of_a_mailbox()
    {
        var one = "From a@b Thu Jan  1 00:00:00 2026\nSubject: x\nContent-Transfer-Encoding: base64\n\n";
        var box = one + Convert.ToBase64String([1, 2, 3]) + "\n\n" + one + Convert.ToBase64String(Eicar.Content) + "\n";
        var seen = Decomposed.Of(Archive.Text(box), "box");
        Assert.Equal("box,box!part1,box!part2", seen.Paths);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Shows_preamble_and_epilogue()
    {
        var mail = Encoding.Latin1.GetString(Mail());
        mail = mail.Replace("\r\n\r\n--b\r\n", "\r\n\r\n" + Eicar.Text + "\r\n--b\r\n", StringComparison.Ordinal) + "epilogue " + Eicar.Text + "\r\n";
        var seen = Decomposed.Of(Archive.Text(mail), "m");
        Assert.Contains(seen.Nodes, n => n.Path == "m!preamble");
        Assert.Contains(seen.Nodes, n => n.Path == "m!epilogue");
    }

    [Fact]
    public void Follows_each_of_two_transfer_encodings()
    {
        var seen = Decomposed.Of(Archive.Text(
            "From: a\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n" + Convert.ToBase64String(Eicar.Content) + "\r\n"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Theory]
    [InlineData("From: a\r\n\r\n")]
    [InlineData("From: a")]
    [InlineData("Subject: \r\n\r\n")]
    [InlineData("From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b\r\n\r\n--b--\r\n")]
    [InlineData("From: a\r\nContent-Type: message/rfc822\r\n\r\n")]
    public void Takes_empty_mails_and_parts_for_clean(string mail) => Decomposed.Of(Archive.Text(mail)).AssertClean();

    [Fact, Trait("req", "M-114")]
    public void Stops_at_the_member_limit_in_a_mail_of_many_parts()
    {
        var mail = new StringBuilder("From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
        for (var i = 0; i < 100_000; i++)
        {
            mail.Append("--b\r\n\r\nx\r\n");
        }

        var started = TimeProvider.System.GetTimestamp();
        var seen = Decomposed.Of(Archive.Text(mail.ToString()));
        Assert.True(seen.Has(ScanCode.DecMaximumFilesExtracted));
        Assert.Equal(5001, seen.Nodes.Count);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
    }

    private static byte[] Mail(params string[] parts) => Archive.Text(
        "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\n"
        + "Content-Type: text/plain\r\n\r\nhello\r\n" + string.Concat(parts.Select(p => "--b\r\n" + p)) + "--b--\r\n");

    private static string Part(string type, string encoding, string body) =>
        $"Content-Type: {type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n";

    private static string Uuencode(byte[] bytes)
    {
        var text = new StringBuilder("begin 644 v.com\r\n");
        foreach (var line in bytes.Chunk(45))
        {
            text.Append((char)(32 + line.Length));
            foreach (var group in line.Chunk(3))
            {
                var value = (group[0] << 16) | (group.ElementAtOrDefault(1) << 8) | group.ElementAtOrDefault(2);
                for (var shift = 18; shift >= 0; shift -= 6)
                {
                    var six = (value >> shift) & 63;
                    text.Append(six == 0 ? '`' : (char)(32 + six));
                }
            }

            text.Append("\r\n");
        }

        return text.Append("`\r\nend").ToString();
    }
}
