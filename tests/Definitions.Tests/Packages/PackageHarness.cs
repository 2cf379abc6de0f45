using System.Text;
using Definitions.Packages;
using Testing;

namespace Definitions.Tests.Packages;

/// <summary>Packs and unpacks in memory and a temporary folder.</summary>
internal static class PackageHarness
{
    public static DraftFile File(string name, byte[] content) => new(name, () => new MemoryStream(content));

    public static DraftFile File(string name, string content) => File(name, Encoding.Latin1.GetBytes(content));

    public static PackageDraft Draft(params IReadOnlyList<DraftFile> files) => new()
    {
        Id = new PackageId("core", DefinitionsVersion.Parse("20261122.001")),
        Sequence = 7,
        MinimumEngine = new Version(1, 0, 0, 0),
        Files = files,
        SignatureCounts = new Dictionary<string, long>(StringComparer.Ordinal) { ["ndb"] = 2, ["hdb"] = 1 },
        Probes = [new DetectionProbe("probe", "some+bytes?"u8.ToArray(), "Demo.Program-1")],
    };

    public static byte[] Pack(PackageDraft draft, PackageLimits? limits = null)
    {
        using var output = new MemoryStream();
        using var scratch = new MemoryStream();
        PackageWriter.Write(draft, output, scratch, limits ?? PackageLimits.Default, CancellationToken.None);
        return output.ToArray();
    }

    /// <summary>Unpacks and returns every file found in the folder afterwards.</summary>
    public static Dictionary<string, byte[]> Unpack(byte[] package, PackageLimits? limits = null)
    {
        using var temp = new TempFolder();
        using var stream = new MemoryStream(package);
        PackageReader.Unpack(stream, temp.Root, limits ?? PackageLimits.Default, progress: null, CancellationToken.None);
        return Directory.EnumerateFiles(temp.Root).ToDictionary(
            path => Path.GetFileName(path), System.IO.File.ReadAllBytes, StringComparer.Ordinal);
    }

    /// <summary>The reason of the refusal; asserts that nothing is left in the folder.</summary>
    public static RefusalReason Refusal(byte[] package, PackageLimits? limits = null)
    {
        using var temp = new TempFolder();
        using var stream = new MemoryStream(package);
        var refused = Assert.Throws<RefusedException>(() => PackageReader.Unpack(
            stream, temp.Root, limits ?? PackageLimits.Default, progress: null, CancellationToken.None));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temp.Root));
        return refused.Reason;
    }
}
