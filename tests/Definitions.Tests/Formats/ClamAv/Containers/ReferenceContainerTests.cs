using System.Text;
using Definitions.Formats.ClamAv.Containers;
using Testing;
using Testing.ClamAv;
using static Definitions.Tests.Formats.ClamAv.ClamAvHarness;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>Odd unsigned containers: we take and refuse what the reference engine takes and refuses, but for the listed ones.</summary>
public sealed class ReferenceContainerTests : IDisposable
{
    private static readonly ClamAvRelease Release = new("tst", 5, ("tst.ndb", Text("Found.It:0:*:4142434445464748\n")));
    private static readonly byte[] Index = ClamAvPublisher.UnsignedIndex(Release);
    private static readonly string IndexText = Encoding.ASCII.GetString(Index);
    private static readonly byte[] Good = ClamAvPublisher.Archive(ClamAvPublisher.AllMembers(Release, Index));

    private readonly ClamAvHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    public static TheoryData<string> Alike =>
    [
        "plain", "gzip", "two gzip members", "wrong checksum", "no last padding", "zeros at the end", "data behind the zeros", "garbage at the end",
        "index first", "index last", "second index", "unknown member", "known member not listed", "folder", "link", "slash", "index with CRLF",
        "index in upper case", "index without a line end", "index without members", "index with a blank line", "index with four fields",
        "index with junk", "no index", "other builder in the index", "other count in the index", "other time of creation in the index",
    ];

    /// <summary>What the reference engine takes and we refuse, with the reason.</summary>
    public static TheoryData<string, RefusalReason> Stricter => new()
    {
        { "listed member missing", RefusalReason.FileSet },
        { "member twice", RefusalReason.FileSet },
        { "name with a space", RefusalReason.PathUnsafe },
        { "version that is no number", RefusalReason.DatabaseMalformed },
        { "listed unknown member changed", RefusalReason.FileDigest },
    };

    [Theory, MemberData(nameof(Alike))]
    public void Is_taken_or_refused_alike(string what)
    {
        var loads = ReferenceLoads(Build(what));
        if (loads)
        {
            Assert.Contains(_harness.Unpack(Build(what), ContainerKind.Cud).Members, member => member.Name == "tst.ndb");
        }
        else
        {
            _harness.Refusal(Build(what), ContainerKind.Cud);
        }
    }

    [Theory, MemberData(nameof(Stricter))]
    public void Is_refused_by_us_alone(string what, RefusalReason reason)
    {
        Assert.Equal(reason, _harness.Refusal(Build(what), ContainerKind.Cud).Reason);
        Assert.True(ReferenceLoads(Build(what)));
    }

    private bool ReferenceLoads(byte[] container)
    {
        var scanner = ClamScan.Find();
        Assert.SkipWhen(scanner is null, ClamScan.MissingReason);
        var report = scanner.Scan(_harness.Temp.Write("tst.cud", container), _harness.Temp.Write("sample", "xxABCDEFGHxx"));
        return report.ExitCode == 1;
    }

    private static byte[] Build(string what) => what switch
    {
        "plain" => Seal(Good),
        "gzip" => Seal(ClamAvPublisher.Gzip(Good)),
        "two gzip members" => Seal([.. ClamAvPublisher.Gzip(Good[..1024]), .. ClamAvPublisher.Gzip(Good[1024..])]),
        "wrong checksum" => Seal([.. Good[..148], .. Text("000001"), .. Good[154..]]),
        "no last padding" => Seal(Good[..^400]),
        "zeros at the end" => Seal([.. Good, .. new byte[1024]]),
        "data behind the zeros" => Seal([.. Good, .. new byte[1024], .. Text("data")]),
        "garbage at the end" => Seal([.. Good, .. Text("data")]),
        "index first" => Members([("tst.info", Index), .. Release.Members]),
        "index last" => Members([.. Release.Members, ("tst.info", Index)]),
        "second index" => Members([("tst.info", Index), .. Release.Members, ("zz.info", Text("x"))]),
        "unknown member" => More("README.txt"),
        "known member not listed" => More("tst.hdb"),
        "folder" => Seal([.. Good, .. ClamAvPublisher.MemberHeader("x", 0, (byte)'5')]),
        "link" => Seal([.. Good, .. ClamAvPublisher.MemberHeader("x", 0, (byte)'1')]),
        "slash" => More("a/x.txt"),
        "index with CRLF" => WithIndex(IndexText.Replace("\n", "\r\n", StringComparison.Ordinal)),
        "index in upper case" => WithIndex(IndexText[..^65] + IndexText[^65..].ToUpperInvariant()),
        "index without a line end" => WithIndex(IndexText[..^1]),
        "index without members" => WithIndex(IndexText[..(IndexText.IndexOf('\n', StringComparison.Ordinal) + 1)]),
        "index with a blank line" => WithIndex(IndexText + "\n"),
        "index with four fields" => WithIndex(IndexText[..^1] + ":x\n"),
        "index with junk" => WithIndex(IndexText + "junk\n"),
        "no index" => Members([.. Release.Members]),
        "other builder in the index" => WithIndex(IndexText.Replace("tester", "else", StringComparison.Ordinal)),
        "other count in the index" => WithIndex(IndexText.Replace(":5:1:90:", ":5:2:90:", StringComparison.Ordinal)),
        "other time of creation in the index" => WithIndex(IndexText.Replace(
            $":{Release.Created.ToUnixTimeSeconds()}", $":{Release.Created.ToUnixTimeSeconds() + 1}", StringComparison.Ordinal)),
        "listed member missing" => WithIndex(IndexText + $"tst.hdb:1:{Digest.Of([1])}\n"),
        "member twice" => Seal([.. Good, .. ClamAvPublisher.Archive(Release.Members)]),
        "name with a space" => Rename("t st.ndb"),
        "version that is no number" => [.. Text(Encoding.ASCII.GetString(Seal(Good)[..512]).Replace(":5:1:90:", ":five:1:90:", StringComparison.Ordinal).PadRight(512)[..512]), .. FiveIndex()],
        "listed unknown member changed" => Seal(ClamAvPublisher.Archive(
            [("tst.info", Text(IndexText + $"README.txt:1:{Digest.Of([1])}\n")), .. Release.Members, ("README.txt", [2])])),
        _ => throw new ArgumentException(what, nameof(what)),
    };

    /// <summary>The reference engine reads <c>five</c> as 0 in both places.</summary>
    private static byte[] FiveIndex() =>
        ClamAvPublisher.Archive([("tst.info", Text(IndexText.Replace(":5:1:90:", ":five:1:90:", StringComparison.Ordinal))), .. Release.Members]);

    private static byte[] Rename(string name)
    {
        var release = new ClamAvRelease("tst", 5, (name, Release.Members[0].Content));
        return ClamAvPublisher.Cud(release);
    }

    private static byte[] WithIndex(string index) => Members([("tst.info", Text(index)), .. Release.Members]);

    private static byte[] More(string name) => Seal([.. Good, .. ClamAvPublisher.Archive([(name, Text("x"))])]);

    private static byte[] Members((string, byte[])[] members) => Seal(ClamAvPublisher.Archive(members));

    private static byte[] Seal(byte[] body) => [.. ClamAvPublisher.Header(Release, new string('0', 32), "X"), .. body];
}
