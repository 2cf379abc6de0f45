using Engine.Tests.Decomposition;
using Testing;

namespace Engine.Tests.Scanning;

/// <summary>Signatures about members of containers: clamav-formats.md §3.8, and clamscan where it is installed.</summary>
public sealed class MemberSignatureTests : IDisposable
{
    /// <summary>Two members and a folder between them: <c>m1.exe</c>, <c>dir/</c>, <c>dir/m2.txt</c>; 389 bytes.</summary>
    private static readonly byte[] _zip = Convert.FromBase64String(
        "UEsDBBQAAAAIADypdl0hzH3rEAAAAB4AAAAGAAAAbTEuZXhly0jNyclXyMAgHZ2cXVzdAFBLAwQUAAAACAA8qXZdAAAAAAIAAAAAAAAABAAAAGRpci8DAFBL"
        + "AwQUAAAACAA8qXZdAtZM7x0AAABkAAAACgAAAGRpci9tMi50eHQrTk3Oz0tRSMvMSVUAskpS80qKFTJSi1KLqScBAFBLAQIUAxQAAAAIADypdl0hzH3rEAAA"
        + "AB4AAAAGAAAAAAAAAAAAAACAAQAAAABtMS5leGVQSwECFAMUAAAACAA8qXZdAAAAAAIAAAAAAAAABAAAAAAAAAAAABAA/UE0AAAAZGlyL1BLAQIUAxQAAAAI"
        + "ADypdl0C1kzvHQAAAGQAAAAKAAAAAAAAAAAAAACAAVgAAABkaXIvbTIudHh0UEsFBgAAAAADAAMAngAAAJ0AAAAAAA==");

    /// <summary><c>m1.exe</c> (hello ABCDEF tar) and <c>sub/m2.txt</c>, encrypted in the traditional way with <c>secret</c>.</summary>
    internal static readonly byte[] EncryptedZip = Convert.FromBase64String(
        "UEsDBAoACQAAAHWpdl3zYyAWHAAAABAAAAAGABwAbTEuZXhlVVQJAAOOWgNrjloDa3V4CwABBAAAAAAEAAAAAAdRw2hmydCpZZjr+3JAwoJMc8PfRnYK5zmM"
        + "bwNQSwcI82MgFhwAAAAQAAAAUEsDBAoACQAAAHWpdl1pER+2EgAAAAYAAAAKABwAc3ViL20yLnR4dFVUCQADjloDa45aA2t1eAsAAQQAAAAABAAAAABSx6wK"
        + "ZeCxNg9ZkzQINcWJWu9QSwcIaREfthIAAAAGAAAAUEsBAh4DCgAJAAAAdal2XfNjIBYcAAAAEAAAAAYAGAAAAAAAAQAAAKSBAAAAAG0xLmV4ZVVUBQADjloD"
        + "a3V4CwABBAAAAAAEAAAAAFBLAQIeAwoACQAAAHWpdl1pER+2EgAAAAYAAAAKABgAAAAAAAEAAACkgWwAAABzdWIvbTIudHh0VVQFAAOOWgNrdXgLAAEEAAAA"
        + "AAQAAAAAUEsFBgAAAAACAAIAnAAAANIAAAAAAA==");

    private static readonly byte[] _mail = Archive.Text(
        "From: a@b.test\r\nTo: c@d.test\r\nSubject: x\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/mixed; boundary=\"zz\"\r\n\r\n--zz\r\nContent-Type: text/plain\r\n\r\nhello text\r\n\r\n--zz\r\n"
        + "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        + "Content-Disposition: attachment; filename=\"m1.exe\"\r\n\r\nYmluYXJ5IEFCQ0RFRiAAAQ==\r\n\r\n--zz--\r\n");

    private static readonly string[] _lines =
    [
        @"CL_TYPE_ZIP:*:\.exe$:*:*:*:*:*:*", "*:*:m2:*:*:*:*:*:*", "*:*:*:*:*:*:*:*:*", "*:*:*:*:*:1:*:*:*", "*:*:*:*:*:0:*:*:*",
        "*:*:m1:*:30:*:*:*:*", "*:*:m1:*:29-31:*:*:*:*", "*:*:m1:*:31-29:*:*:*:*", "*:*:m1:*:*:*:1:*:*", "*:*:m2:*:*:*:2:*:*",
        "*:*:m2:*:*:*:3:*:*", "*:*:dir/$:*:*:*:*:*:*", "CL_TYPE_RAR:*:m1:*:*:*:*:*:*", "CL_TYPE_ANY:*:m1:*:*:*:*:*:*",
        "*:400:m1:*:*:*:*:*:*", "*:300-420:m1:*:*:*:*:*:*", "*:*:M1:*:*:*:*:*:*", "*:*:m1:*:*:*:*:deadbeef:*",
        "*:*:m1:*:*:*:0:*:*", @"*:*:m\d:*:*:*:*:*:*", "*:*:m(1|2)+:*:*:*:*:*:*", "CL_TYPE_POSIX_TAR:*:m1:*:*:0:1:*:*",
        "CL_TYPE_POSIX_TAR:*:m2:*:*:0:2:*:*", "CL_TYPE_OLD_TAR:*:m1:*:*:0:*:*:*", "CL_TYPE_MAIL:*:m1:*:*:0:0:*:*",
        "CL_TYPE_MAIL:*:m1:*:*:0:1:*:*", "CL_TYPE_MAIL:*:m1:16:16:*:*:*:*", "CL_TYPE_ZIP:*:m1:28:16:1:1:*:*",
    ];

    private readonly TempFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Finds_the_same_names_as_the_reference_engine()
    {
        if (ClamScan.Find() is not { } clamScan)
        {
            Assert.Skip(ClamScan.MissingReason);
            return;
        }

        var database = string.Concat(_lines.Select((line, i) => $"T{i:00}:{line}\n"));
        (string Name, byte[] Bytes)[] objects =
        [
            ("plain.zip", _zip), ("encrypted.zip", EncryptedZip), ("mail.eml", _mail),
            ("posix.tar", Archive.Tar(("m1.exe", Archive.Text("hello ABCDEF tar")), ("sub/m2.txt", Archive.Text("second")))),
            ("nested.zip", Archive.Zip(("inner.zip", _zip), ("o.txt", Archive.Text("outer")))),
            ("m1.exe.gz", Archive.Gzip(Archive.Text("hello ABCDEF tar"))),
        ];
        using var folder = new TempFolder();
        var path = folder.Write("db/t.cdb", database);
        var paths = objects.Select(o => folder.Write($"objects/{o.Name}", o.Bytes)).ToArray();
        var expected = clamScan.Scan(path, paths).NamesByPath;
        using var engine = new EngineUnderTest(TimeProvider.System, _scratch.Root, [("t.cdb", database)]);
        Assert.All(objects.Zip(paths), pair =>
        {
            var names = engine.Scan(pair.First.Bytes, pair.First.Name, allMatches: true).Matches
                .Select(match => match.Signature + ".UNOFFICIAL").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            Assert.Equal(expected[pair.Second], names, StringComparer.Ordinal);
        });
    }

    [Fact]
    public void The_last_line_is_reported_first_and_the_member_is_named()
    {
        using var engine = Engine(("t.cdb", "C2:*:*:m1:*:*:*:*:*:*\nC1:*:*:m1:*:*:*:*:*:*\nC3:*:*:m2:*:*:*:*:*:*\n"));
        var result = engine.Scan(_zip, "a.zip");
        var match = Assert.Single(result.Matches);
        Assert.Equal(("C1", "a.zip!m1.exe"), (match.Signature, match.Node));
        Assert.Equal(["C1", "C2", "C3"], engine.Scan(_zip, allMatches: true).Matches.Select(m => m.Signature), StringComparer.Ordinal);
    }

    [Fact]
    public void Encrypted_members_are_told_of_all_the_same()
    {
        using var engine = Engine(("t.cdb", "T:CL_TYPE_ZIP:*:\\.exe$:*:*:1:*:*:*\n"));
        Assert.Equal("T", Assert.Single(engine.Scan(EncryptedZip).Matches).Signature);
        Assert.Empty(engine.Scan(_zip).Matches);
    }

    [Fact]
    public void An_allow_list_covers_the_container_not_the_member()
    {
        const string line = "T:*:*:m1:*:*:*:*:*:*\n";
        using var container = Engine(("t.cdb", line), ("t.fp", Md5Line(_zip)));
        Assert.Empty(container.Scan(_zip).Matches);
        using var member = Engine(("t.cdb", line), ("t.fp", Md5Line(Archive.Text("hello hello hello hello ABCDEF"))));
        Assert.Single(member.Scan(_zip).Matches);
    }

    [Fact]
    public void Ignored_and_unwanted_names_follow_the_usual_rules()
    {
        using var engine = Engine(("t.cdb", "C:*:*:m1:*:*:*:*:*:*\nPUA.C:*:*:m1:*:*:*:*:*:*\n"), ("t.ign2", "C\n"), ("t.ndb", "S:0:*:414243444546\n"));
        Assert.Equal("S", Assert.Single(engine.Scan(_zip).Matches).Signature);
    }

    [Theory]
    [InlineData("t.zmd", "T:0:m1.exe:30:16:eb7dcc21:8:1:*", true)]
    [InlineData("t.zmd", "T:0:m1.exe:30:16:eb7dcc22:8:1:*", false)]
    [InlineData("t.zmd", "T:0:m1.exe:30:15:eb7dcc21:8:1:*", false)]
    [InlineData("t.zmd", "T:0:m1.exe:30:16:eb7dcc21:9:1:0", true)]
    [InlineData("t.rmd", "T:0:m1.exe:30:*:*:*:*:*", false)]
    public void Legacy_metadata_matches_as_measured(string file, string line, bool isHit)
    {
        using var engine = Engine((file, line + "\n"));
        Assert.Equal(isHit ? 1 : 0, engine.Scan(_zip).Matches.Count);
    }

    private EngineUnderTest Engine(params (string Name, string Content)[] files) => new(TimeProvider.System, _scratch.Root, files);

#pragma warning disable CA5351 // The allow list format is defined on MD5 (clamav-formats.md §3.5).
    private static string Md5Line(byte[] bytes) =>
        $"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes))}:{bytes.Length}:F\n";
#pragma warning restore CA5351
}
