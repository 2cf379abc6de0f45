using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Definitions.Signatures;
using Engine.Tests.Scanning;
using Testing;

namespace Engine.Tests.Phishing;

/// <summary>Rules about links in mail (clamav-formats.md §3.9, and the phishing case of §8).</summary>
public sealed class PhishingTests : IDisposable
{
    private const string Evil = "http://evil.test/x";
    private const string Bank = "http://www.bank.test/login";

    private static readonly string[] _shown =
    [
        Bank, "http://bank.test", "https://bank.test/", "www.bank.test", "click http://www.bank.test/", "http://www.bank.test/ click",
        "<b>http://www.bank.test</b>", "http://www.<b>bank</b>.test", "ftp://www.bank.test", "http://xbank.test", "http://x.y.bank.test",
        "http://user@www.bank.test", "http://www.bank.test:8080/", "http://www.bank.test.", "http://bank.test?x=1", "mailto:a@bank.test",
        "(http://www.bank.test)", "&quot;http://www.bank.test&quot;", "https://www.other.test/", "http://other.test", "", "  \n http://www.bank.test \n",
    ];

    private static readonly string[] _real =
    [
        Evil, "http://bank.test/", "http://www.bank.test/", "http://x.bank.test", "https://evil.test/", "evil.test", "mailto:x@evil.test",
        "ftp://evil.test", "#", "", "http://1.2.3.4/", "http://www.bank.test@evil.test/", "http://evil.test/www.bank.test",
        "http://bank.test.evil.test", "http://xbank.test", "http://evil.test%00.bank.test/", "http://www.other.test/", "http://a.evil.test:80/y/z",
    ];

    private static readonly string[] _protected =
        ["H:bank.test", "H:www.bank.test", "H:test", "H:bank.test:300-", @"R:.+\.bank\.test([/?].*)?", @"R:http://evil\.test:http://www\.bank\.test", "R:evil"];

    private static readonly string[] _allowed =
        ["", "M:evil.test:www.bank.test", "M:evil.test:bank.test", "M:test:www.bank.test:17-", @"X:.+evil\.test([/?].*)?:.+bank\.test([/?].*)?", @"X:evil\.test:www\.bank\.test", "X:evil:bank"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_case_of_the_specification()
    {
        using (var engine = Engine(("a.pdb", "H:bank.test\n")))
        {
            var result = engine.Scan(Mail(Link(Evil, Bank)));
            Assert.Equal(PhishingRule.SpoofedDomain, result.Threat);
            Assert.Null(engine.Scan(Encoding.Latin1.GetBytes(Link(Evil, Bank))).Threat);
        }

        using var allowing = Engine(("a.pdb", "H:bank.test\n"), ("b.wdb", "M:evil.test:www.bank.test\n"));
        Assert.Null(allowing.Scan(Mail(Link(Evil, Bank))).Threat);
    }

    [Theory]
    [InlineData("S:F:", "evil.test/", PhishingRule.MalwareAddress)]
    [InlineData("S1:F:", "evil.test/x", PhishingRule.BlockedAddress)]
    [InlineData("S2:F:", "evil.test/", PhishingRule.PhishingAddress)]
    [InlineData("S:F:", "evil.test", null)]
    [InlineData("S:F:", "test/", null)]
    public void Addresses_are_found_by_their_hashes(string rule, string hashed, string? expected)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hashed)));
        using var engine = Engine(("a.gdb", $"{rule}{hash}\n"));
        Assert.Equal(expected, engine.Scan(Mail(Link(Evil, "click"))).Threat);
        Assert.Equal(expected, engine.Scan(Mail($"<html><form action=\"{Evil}\">")).Threat);
        Assert.Equal(expected, engine.Scan(Mail($"see {Evil} for more", "text/plain")).Threat);
        using var allowing = Engine(("a.gdb", $"{rule}{hash}\nS:W:{hash}\n"));
        Assert.Null(allowing.Scan(Mail(Link(Evil, "click"))).Threat);
    }

    [Fact]
    public void A_strong_match_comes_first()
    {
        using var engine = Engine(("a.pdb", "H:bank.test\n"), ("b.ndb", "Strong:0:*:6c6f67696e\n"));
        Assert.Equal("Strong", engine.Scan(Mail(Link(Evil, Bank))).Threat);
        Assert.Equal(
            ["Strong", PhishingRule.SpoofedDomain],
            engine.Scan(Mail(Link(Evil, Bank)), allMatches: true).Matches.Select(m => m.Signature).Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Names_are_those_of_clamscan(int seed)
    {
        var clamscan = ClamScan.Find();
        Assert.SkipWhen(clamscan is null, ClamScan.MissingReason);
        var random = new Random(seed);
        for (var set = 0; set < 5; set++)
        {
            var root = $"{seed}-{set}";
            var rules = (_protected[random.Next(_protected.Length)], _allowed[random.Next(_allowed.Length)]);
            (string Name, string Content)[] lists = [("a.pdb", rules.Item1 + "\n"), ("b.wdb", rules.Item2 + "\n"), ("c.ndb", "X:0:*:7a7a7a7a7a7a7a\n")];
            foreach (var (name, content) in lists)
            {
                _folder.Write(Path.Combine(root, "db", name), content);
            }

            var mails = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < 40; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"m{i:d2}");
                mails[name] = Link(_real[random.Next(_real.Length)], _shown[random.Next(_shown.Length)]);
                _folder.Write(Path.Combine(root, "mail", name), Mail(mails[name]));
            }

            var report = clamscan.Scan(_folder.Path(Path.Combine(root, "db")), _folder.Path(Path.Combine(root, "mail")));
            using var engine = Engine(lists);
            foreach (var (name, html) in mails)
            {
                var expected = string.Join(' ', report.NamesByPath[Path.Combine(_folder.Path(Path.Combine(root, "mail")), name)]);
                var actual = engine.Scan(Mail(html)).Threat ?? "";
                Assert.True(expected == actual, $"{rules} {html}: expected '{expected}', actual '{actual}'");
            }
        }
    }

    private static string Link(string target, string text) => $"<html><body><a href=\"{target}\">{text}</a></body></html>";

    private static byte[] Mail(string body, string type = "text/html") => Encoding.Latin1.GetBytes(
        $"From: a@b\r\nTo: c@d\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: {type}\r\n\r\n{body}\r\n");

    private EngineUnderTest Engine(params (string Name, string Content)[] files) =>
        new(TimeProvider.System, _folder.Path("scratch"), files);
}
