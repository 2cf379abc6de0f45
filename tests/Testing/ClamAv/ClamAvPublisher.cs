using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Formats.ClamAv.Containers;

namespace Testing.ClamAv;

/// <summary>
/// Publishes ClamAV-format databases with keys made by the tests: containers, patches and external signatures
/// (clamav-formats.md §1, §2). The same release gives the same bytes. Written apart from the product's readers.
/// </summary>
public sealed class ClamAvPublisher
{
    public const string Licence = "Test signatures; do as you like.\n";

    private static readonly Lazy<ClamAvPublisher> _default = new(() => new ClamAvPublisher("updater tests"));

    private readonly TestRsaKey _headerKey;
    private readonly TestRsaKey _indexKey;
    private readonly TestRsaKey _patchKey;

    /// <param name="name">Seed of the keys: another name is another publisher.</param>
    public ClamAvPublisher(string name)
    {
        _headerKey = new TestRsaKey(name + " header", 1024, 100001027);
        _indexKey = new TestRsaKey(name + " index", 2047, 100002049);
        _patchKey = new TestRsaKey(name + " patch", 2047, 100002053);
        Certificates = new TestCertificates(name);
        Keys = new ClamAvKeys(_headerKey.Public, _indexKey.Public, _patchKey.Public);
        Anchors = CertificateAnchors.Load([("root.pem", Certificates.RootPem)]);
    }

    /// <summary>The publisher that most tests need, made once.</summary>
    public static ClamAvPublisher Default => _default.Value;

    public ClamAvKeys Keys { get; }

    public CertificateAnchors Anchors { get; }

    public TestCertificates Certificates { get; }

    /// <summary>Trusts this publisher by keys and certificates.</summary>
    public ContainerTrust Trust(DateTimeOffset now) => new() { Keys = Keys, Anchors = Anchors, Now = now };

    /// <summary>As of a fixed day.</summary>
    public ContainerTrust Trust() => Trust(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A signed container.</summary>
    public byte[] Cvd(ClamAvRelease release) => SealCvd(release, Gzip(Archive(AllMembers(release, Index(release)))));

    /// <summary>A locally patched container: plain archive, header without signature.</summary>
    public byte[] Cld(ClamAvRelease release) =>
        [.. Header(release, "X", "X"), .. Archive(AllMembers(release, Index(release)))];

    /// <summary>An unsigned container.</summary>
    public static byte[] Cud(ClamAvRelease release)
    {
        var body = Gzip(Archive(AllMembers(release, UnsignedIndex(release))));
        return [.. Header(release, Md5(body), "X"), .. body];
    }

    /// <summary>Any body under a signed header.</summary>
    public byte[] SealCvd(ClamAvRelease release, byte[] body) =>
        [.. Header(release, Md5(body), _headerKey.SignMd5(Convert.FromHexString(Md5(body)))), .. body];

    /// <summary>The signed <c>.info</c> member.</summary>
    public byte[] Index(ClamAvRelease release) => SignIndex(UnsignedIndex(release));

    /// <summary>Appends the signature to any text.</summary>
    public byte[] SignIndex(byte[] content) =>
        [.. content, .. Encoding.ASCII.GetBytes($"DSIG:{_indexKey.Sign(Digest.Of(content))}\n")];

    public static byte[] UnsignedIndex(ClamAvRelease release)
    {
        var index = new StringBuilder(HeaderLine(release, "X", "X")).Append('\n');
        foreach (var (name, content) in release.Members)
        {
            index.Append(CultureInfo.InvariantCulture, $"{name}:{content.Length}:{Digest.Of(content)}\n");
        }

        return Encoding.Latin1.GetBytes(index.ToString());
    }

    /// <summary>Licence, index and members in the publisher's order.</summary>
    public static IEnumerable<(string Name, byte[] Content)> AllMembers(ClamAvRelease release, byte[] index) =>
        [("COPYING", Encoding.ASCII.GetBytes(Licence)), (release.Name + ".info", index), .. release.Members];

    /// <summary>The patch from one release to the next, signed: <c>NAME-VERSION.cdiff</c>.</summary>
    public byte[] Cdiff(ClamAvRelease from, ClamAvRelease to) => PackCdiff(to.Version, ClamAvScript.Between(
        [.. from.Members, (from.Name + ".info", Index(from))], [.. to.Members, (to.Name + ".info", Index(to))]));

    /// <summary>Any script as a signed patch.</summary>
    public byte[] PackCdiff(long version, string script)
    {
        var content = Encoding.Latin1.GetBytes(script);
        return SignCdiff([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ClamAV-Diff:{version}:{content.Length}:")), .. Gzip(content)]);
    }

    /// <summary>Appends the signature to any bytes.</summary>
    public byte[] SignCdiff(byte[] content) => [.. content, .. Encoding.ASCII.GetBytes(":" + _patchKey.Sign(Digest.Of(content)))];

    /// <summary>The <c>.sign</c> file of a container or patch.</summary>
    /// <param name="levels">Lowest and highest functionality level of its one line.</param>
    public byte[] SignFile(byte[] data, string levels = "230:") => SignText(Certificates.Sign(data), levels);

    /// <summary>Any CMS as a <c>.sign</c> file.</summary>
    public static byte[] SignText(byte[] cms, string levels = "230:") =>
        Encoding.ASCII.GetBytes($"#clamsign-1.0\n{levels}:pkcs7-pem:{Convert.ToBase64String(cms)}\n");

    public static string HeaderLine(ClamAvRelease release, string md5, string signature) => string.Create(
        CultureInfo.InvariantCulture,
        $"ClamAV-VDB:{release.Created:dd MMM yyyy HH-mm} +0000:{release.Version}:{Lines(release)}:{release.FunctionalityLevel}:{md5}:{signature}:{release.Builder}:{release.Created.ToUnixTimeSeconds()}");

    public static byte[] Header(ClamAvRelease release, string md5, string signature) =>
        Encoding.ASCII.GetBytes(HeaderLine(release, md5, signature).PadRight(512));

    /// <summary>The old V7 tar layout, without an end mark.</summary>
    public static byte[] Archive(IEnumerable<(string Name, byte[] Content)> members)
    {
        var archive = new MemoryStream();
        foreach (var (name, content) in members)
        {
            archive.Write(MemberHeader(name, content.Length));
            archive.Write(content);
            archive.Write(new byte[(512 - (content.Length % 512)) % 512]);
        }

        return archive.ToArray();
    }

    /// <param name="kind">Type flag.</param>
    public static byte[] MemberHeader(string name, long size, byte kind = 0)
    {
        var block = new byte[512];
        Encoding.Latin1.GetBytes(name).CopyTo(block, 0);
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8)).CopyTo(block, 124);
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = kind;
        var sum = block.Sum(value => value);
        block.AsSpan(148, 8).Clear();
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(block, 148);
        return block;
    }

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    // The format's header is over an MD5; nothing here relies on it.
#pragma warning disable CA5351
    private static string Md5(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351

    private static int Lines(ClamAvRelease release) => release.Members
        .Where(member => DatabaseFileNames.IsCounted(member.Name))
        .Sum(member => member.Content.Count(value => value == '\n'));
}
