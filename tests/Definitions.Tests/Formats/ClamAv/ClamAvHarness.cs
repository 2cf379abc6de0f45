using System.Text;
using Definitions.Formats.ClamAv.Cdiff;
using Definitions.Formats.ClamAv.Containers;
using Testing;
using Testing.ClamAv;

namespace Definitions.Tests.Formats.ClamAv;

/// <summary>Releases of a small database, and the way from bytes to an unpacked one in a folder of its own.</summary>
internal sealed class ClamAvHarness : IDisposable
{
    private readonly TempFolder _temp = new();
    private int _folders;

    public static ClamAvPublisher Publisher => ClamAvPublisher.Default;

    public static ClamAvRelease First { get; } = new(
        "tst",
        5,
        ("tst.cfg", Text("Domain:FTYPE:1:0\n")),
        ("tst.hdb", Text("44d88612fea8a8f36de82e1278abb02f:68:A.1\nbb15bcf478d165efd2065190eb473bcb:544:A.2\n")),
        ("tst.ndb", Text("A.3:0:*:41414141\nB.2:0:*:42424242\nC.3:0:*:43434343\n")));

    public static ClamAvRelease Second { get; } = new(
        "tst",
        6,
        ("tst.cfg", Text("Domain:FTYPE:1:0\n")),
        ("tst.hsb", Text("bb15bcf478d165efd2065190eb473bcb:544:X.2\n")),
        ("tst.ndb", Text("A.3:0:*:41414141\nC.3:0:*:43434343aa\nF.6:0:*:46464646\nG.7:0:*:4747474747\n")));

    public TempFolder Temp => _temp;

    public static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    public string NewFolder() => Directory.CreateDirectory(_temp.Path($"db{++_folders}")).FullName;

    public UnpackedDatabase Unpack(
        byte[] container, ContainerKind kind = ContainerKind.Cvd, ContainerTrust? trust = null, byte[]? signFile = null,
        string? databaseName = null, ContainerLimits? limits = null) => ContainerReader.Unpack(
        new MemoryStream(container),
        new ContainerSource(kind, databaseName, signFile is null ? default(ReadOnlyMemory<byte>?) : signFile),
        NewFolder(),
        trust ?? Publisher.Trust(),
        limits ?? ContainerLimits.Default,
        CancellationToken.None);

    /// <summary>The reason of the refusal, after which nothing may lie in the folder.</summary>
    public (RefusalReason Reason, string Message) Refusal(
        byte[] container, ContainerKind kind = ContainerKind.Cvd, ContainerTrust? trust = null, byte[]? signFile = null,
        string? databaseName = null, ContainerLimits? limits = null)
    {
        var refused = Assert.Throws<RefusedException>(() => { Unpack(container, kind, trust, signFile, databaseName, limits); });
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Path($"db{_folders}")));
        return (refused.Reason, refused.Message);
    }

    public static VerifiedCdiff OpenPatch(byte[] cdiff, byte[]? signFile = null, ContainerTrust? trust = null, CdiffLimits? limits = null) =>
        VerifiedCdiff.Open(
            new MemoryStream(cdiff),
            trust ?? Publisher.Trust(),
            signFile is null ? default(ReadOnlyMemory<byte>?) : signFile,
            limits ?? CdiffLimits.Default,
            CancellationToken.None);

    public static UnpackedDatabase Apply(VerifiedCdiff patch, UnpackedDatabase database, CdiffLimits? limits = null) =>
        CdiffApplier.Apply(patch, database, Publisher.Trust(), limits ?? CdiffLimits.Default, CancellationToken.None);

    /// <summary>Name and content of each file, hidden ones and folders included.</summary>
    public static IReadOnlyDictionary<string, string> Content(string folder) => Directory
        .EnumerateFileSystemEntries(folder)
        .ToDictionary(path => Path.GetFileName(path), path => Directory.Exists(path) ? "(folder)" : Encoding.Latin1.GetString(File.ReadAllBytes(path)));

    public void Dispose() => _temp.Dispose();
}
