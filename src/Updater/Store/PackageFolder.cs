using Definitions;

namespace Updater.Store;

/// <summary>
/// How an unpacked package lies on disk, in <c>incoming/</c> and in <c>generations/packages/</c>: <c>files/</c> with the
/// package's files, <c>package.tar.zst</c> as it was signed, and <c>complete.json</c>, written last, with the signed
/// facts. The archive is kept so that every later look can go back to the signed digest, and so that a node can hand
/// on what it received.
/// </summary>
internal static class PackageFolder
{
    public const string ArchiveExtension = ".tar.zst";

    private const int MaxMarkerBytes = 65_536;

    public static string Archive(string folder) => Path.Combine(folder, "package" + ArchiveExtension);

    public static string Files(string folder) => Path.Combine(folder, "files");

    /// <summary>The entry's name in <c>incoming/</c>.</summary>
    public static string EntryName(PackageId id, Digest archive) => $"{id}-{archive.ToString()[..8]}";

    /// <summary>Closes the folder: from now on it is complete.</summary>
    public static Task WriteMarkerAsync(string folder, GenerationPackage facts, CancellationToken cancellationToken) =>
        AtomicFile.WriteAsync(
            Marker(folder), JsonText.Write(json => GenerationJson.WritePackage(json, facts)), cancellationToken);

    /// <summary>The facts of a complete folder; null when there is no readable marker.</summary>
    public static GenerationPackage? ReadMarker(string folder)
    {
        var text = JsonText.TryReadFile(Marker(folder), MaxMarkerBytes);
        return text is null ? null : JsonText.TryRead(text, GenerationJson.ReadPackage);
    }

    private static string Marker(string folder) => Path.Combine(folder, "complete.json");
}
