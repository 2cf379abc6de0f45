using Definitions;
using Definitions.Packages;

namespace Fuzz;

/// <summary>Packages from anywhere: whatever the bytes are, they are unpacked or refused.</summary>
public static class PackageFuzz
{
    /// <summary>Small limits, so that time goes into the parser and not into the disk.</summary>
    private static readonly PackageLimits Limits = new() { MaxManifestBytes = 64 * 1024, MaxFiles = 16, MaxUnpackedBytes = 1024 * 1024 };

    /// <summary>Throws for any exception but a refusal, and when a refusal leaves files behind.</summary>
    public static void Run(ReadOnlySpan<byte> package)
    {
        var folder = Directory.CreateTempSubdirectory("updater-fuzz-");
        try
        {
            using var stream = new MemoryStream(package.ToArray());
            var manifest = PackageReader.Unpack(stream, folder.FullName, Limits, progress: null, CancellationToken.None);
            if (folder.GetFiles().Length != manifest.Files.Count)
            {
                throw new InvalidOperationException("The files are not those of the manifest.");
            }
        }
        catch (RefusedException e)
        {
            if (folder.EnumerateFileSystemInfos().Any())
            {
                throw new InvalidOperationException("A refused package left something behind.", e);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The manifest alone, without a disk.</summary>
    public static void RunManifest(ReadOnlySpan<byte> json)
    {
        try
        {
            var once = ManifestJson.Write(ManifestJson.Read(json.ToArray(), Limits));
            if (!once.AsSpan().SequenceEqual(ManifestJson.Write(ManifestJson.Read(once, Limits))))
            {
                throw new InvalidOperationException("A manifest changed when it was written and read again.");
            }
        }
        catch (RefusedException)
        {
            return;
        }
    }
}
