using System.Security.Cryptography;
using System.Text;
using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Which of several names is reported: clamav-formats.md §3.13, and clamscan where it is installed.</summary>
public sealed class FirstMatchTests : IDisposable
{
    private static readonly byte[] _one = Archive.Text("member one MARKONE \0\u0001" + new string('a', 50));
    private static readonly byte[] _two = Archive.Text("member two MARKTWO \0\u0001" + new string('b', 60));

    private static readonly string[] _bodies =
    [
        Body("Outer", "OUTERMARK"), Body("One", "MARKONE"), Body("Two", "MARKTWO"), Body("Front", "FRONTMARK"),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_what_the_reference_engine_names()
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var objects = Objects();
        var paths = objects.Select(o => _folder.Write($"objects/{o.Name}", o.Bytes)).ToArray();
        foreach (var (name, files) in Sets(objects))
        {
            foreach (var (file, text) in files)
            {
                _folder.Write($"{name}/{file}", text);
            }

            var expected = clamScan.ScanFirst(_folder.Path(name), paths).NamesByPath;
            using var engine = new EngineUnderTest(TimeProvider.System, _folder.Path("scratch"), files);
            Assert.All(objects.Zip(paths), pair => Assert.Equal(
                $"{name}: {string.Join(',', expected[pair.Second])}",
                $"{name}: {string.Join(',', engine.Scan(pair.First.Bytes, pair.First.Name).Matches.Select(m => m.Signature + ".UNOFFICIAL"))}"));
        }
    }

    [Fact]
    public void Lists_members_before_their_container_and_strong_names_first()
    {
        using var engine = Engine(("a.ndb", Lines(Body("Outer", "PK\u0003\u0004"), Body("PUA.One", "MARKONE"), Body("Two", "MARKTWO"))));
        var inner = Archive.Zip(("1", _one), ("2", _two));
        var result = engine.Scan(Archive.Zip(("in.zip", inner), ("3", _two)), "z", allMatches: true);
        Assert.Equal(
            "z!in.zip!2,z!in.zip,z!3,z,z!in.zip!1", string.Join(',', result.Matches.Select(match => match.Node)));
    }

    [Fact]
    public void A_limit_inside_does_not_hide_what_the_container_itself_matches()
    {
        using var engine = Engine(("a.ndb", Lines(Body("Outer", "PK\u0003\u0004"))));
        var profile = ScanProfile.Default with { MaxFileCount = 1 };
        var result = engine.Scan(Archive.Zip(("1", _one), ("2", _two)), "z", profile);
        Assert.Equal(("Outer", "z"), (Assert.Single(result.Matches).Signature, result.Matches[0].Node));
        Assert.Contains(result.Codes, c => c.Code == ScanCode.DecMaximumFilesExtracted);
        Assert.Equal(ScanStatus.Infected, result.Status);
    }

    [Fact]
    public void A_match_of_target_0_is_kept_when_the_rest_cannot_be_read()
    {
        using var engine = Engine(("a.ndb", Lines(Body("Early", "EARLYMARK"), $"Late:1:*:{Hex("LATEMARK")}")));
        var bytes = Archive.Text("MZ" + Marks() + new string('\0', 4 << 20) + "LATEMARK");
        Assert.Equal("Late", Assert.Single(engine.Scan(bytes).Matches).Signature);
        var damaged = engine.Scan(new FailingContent(Archive.Text("MZ EARLYMARK" + new string('\0', 4 << 20)), 2 << 20));
        Assert.Equal("Early", Assert.Single(damaged.Matches).Signature);
    }

    [Fact, Trait("req", "M-148")]
    public void Says_that_something_was_left_only_where_it_was()
    {
        using var engine = Engine(("a.ndb", Lines(Body("Outer", "PK\u0003\u0004"))));
        var alone = Archive.Zip(("1", _one));
        Assert.DoesNotContain(engine.Scan(alone, "z").Codes, c => c.Code == ScanCode.DecAbortedAfterFirstThreat);
        var result = engine.Scan(Archive.Zip(("in.zip", alone), ("2", _two)), "z");
        Assert.Equal("z!in.zip", Assert.Single(result.Matches).Node);
        Assert.Contains(result.Codes, c => c.Code == ScanCode.DecAbortedAfterFirstThreat);
    }

    private static (string Name, (string File, string Text)[] Files)[] Sets((string Name, byte[] Bytes)[] objects)
    {
        var containers = Lines([.. objects.Select(o => Hash("Container", o.Bytes))]);
        return
        [
            ("bodies", [("a.ndb", Lines(_bodies))]),
            ("own-target", [("a.ndb", Lines([.. _bodies, .. Enumerable.Range(1, 14).Select(target => $"T{target}:{target}:*:{Hex("LATEMARK")}"), Body("Early", "EARLYMARK")]))]),
            ("own-target-first", [("a.ndb", Lines([.. Enumerable.Range(1, 14).Select(target => $"T{target}:{target}:*:{Hex("EARLYMARK")}"), Body("Late", "LATEMARK")]))]),
            ("hash-and-bodies", [("a.ndb", Lines(_bodies)), ("h.hdb", containers)]),
            ("hashes", [("h.hdb", containers + Lines(Hash("Second", _two)))]),
            ("outer-and-hash", [("a.ndb", Lines(_bodies[0])), ("h.hdb", Lines(Hash("Second", _two)))]),
            ("logical", [("h.hdb", containers), ("a.ldb", Lines(Logical("LOuter", "OUTERMARK"), Logical("LTwo", "MARKTWO")))]),
            ("weak-member", [("a.ndb", Lines(_bodies[0])), ("h.hdb", Lines(Hash("PUA.One", _one)))]),
            ("weak-container", [("a.ndb", Lines(_bodies[2])), ("h.hdb", Lines([.. objects.Select(o => Hash("PUA.Container", o.Bytes))]))]),
            ("allowed-member", [("a.ndb", Lines(_bodies)), ("h.fp", Lines(Hash("X", _one)))]),
            ("allowed-members", [("a.ndb", Lines(_bodies)), ("h.fp", Lines(Hash("X", _one), Hash("X", _two)))]),
            ("allowed-containers", [("a.ndb", Lines(_bodies)), ("h.fp", Lines([.. objects.Select(o => Hash("X", o.Bytes))]))]),
            ("told-and-bodies", [("a.ndb", Lines(_bodies)), ("c.cdb", "C2:*:*:2:*:*:*:*:*:*\n")]),
            ("told-and-outer", [("a.ndb", Lines(_bodies[0])), ("c.cdb", "C1:*:*:1:*:*:*:*:*:*\nC2:*:*:2:*:*:*:*:*:*\n")]),
            ("told-weak", [("a.ndb", Lines(_bodies[0])), ("c.cdb", "PUA.C1:*:*:1:*:*:*:*:*:*\nC2:*:*:2:*:*:*:*:*:*\n")]),
        ];
    }

    private static (string Name, byte[] Bytes)[] Objects()
    {
        (string, byte[])[] members = [("1.bin", _one), ("2.bin", _two)];
        var zip = Archive.Join(Archive.Zip(members));
        var marked = Archive.WithComment(zip, "OUTERMARK");
        var tar = Archive.Tar(("OUTERMARK-1.bin", _one), ("2.bin", _two));
        return
        [
            ("a.zip", marked),
            ("stored.zip", Archive.WithComment(Archive.Zip(System.IO.Compression.CompressionLevel.NoCompression, members), "OUTERMARK")),
            ("nested.zip", Archive.WithComment(Archive.Zip(("in.zip", marked), ("2.bin", _two)), "FRONTMARK")),
            ("a.tar", tar),
            ("a.tar.gz", Archive.Gzip(tar)),
            ("a.gz", Archive.Join(Archive.Gzip(_one))),
            ("a.bz2", Archive.Join(Archive.Bzip2(_one))),
            ("a.eml", Mail()),
            ("script.bin", Archive.Join(Archive.Text("#!/bin/sh\necho FRONTMARK\n"), zip)),
            ("own.exe", Archive.Text("MZ" + Marks())), ("own.elf", Archive.Text("\u007fELF\u0002\u0001\u0001" + Marks())),
            ("own.gif", Archive.Text("GIF89a" + Marks())), ("own.pdf", Archive.Text("%PDF-1.4\n" + Marks())),
            ("own.swf", Archive.Text("FWS\u0005" + Marks())), ("own.bin", Archive.Text("\0\u0001\u0002" + Marks())),
            ("own.rtf", Archive.Text(@"{\rtf1 " + Marks())), ("own.txt", Archive.Text("a text EARLYMARK and LATEMARK")),
            ("program.bin", Archive.Join(Archive.Text("\0\u0001\u0002FRONTMARK\0"), marked)),
        ];
    }

    private static string Marks() => "\0\u0001\u0002\u0003\0\0 EARLYMARK \0\0\0 LATEMARK \0\0\0\0\0\0\0";

    private static byte[] Mail()
    {
        static string Part(string name, byte[] bytes) =>
            "--zz\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            + $"Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{Convert.ToBase64String(bytes)}\r\n";

        return Archive.Text(
            "From: a@b.test\r\nTo: c@d.test\r\nSubject: OUTERMARK\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=\"zz\"\r\n\r\n--zz\r\nContent-Type: text/plain\r\n\r\nhello text\r\n\r\n"
            + Part("1.bin", _one) + Part("2.bin", _two) + "\r\n--zz--\r\n");
    }

    private static string Lines(params string[] lines) => string.Concat(lines.Select(line => line + "\n"));

    private static string Body(string name, string text) => $"{name}:0:*:{Hex(text)}";

    private static string Logical(string name, string text) => $"{name};Engine:51-255,Target:0;0;{Hex(text)}";

    private static string Hash(string name, byte[] bytes) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}:{bytes.Length}:{name}";

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text));

    private EngineUnderTest Engine(params (string Name, string Content)[] files) =>
        new(TimeProvider.System, _folder.Path("scratch"), files);
}
