using System.Globalization;
using Definitions;
using Updater.Updates;

namespace Updater.Store;

/// <summary>
/// <c>generations/</c>: a folder per generation, images and packages by content digest, shared between generations.
/// Everything arrives by rename and is never changed afterwards.
/// </summary>
internal sealed class GenerationStore(DataFolders folders)
{
    public string PackagesFolder => Path.Combine(folders.Generations, "packages");

    public string ImagesFolder => Path.Combine(folders.Generations, "images");

    public string PackageFolderOf(Digest archive) => Path.Combine(PackagesFolder, archive.ToString());

    public string ImageFile(Digest image) => Path.Combine(ImagesFolder, $"{image}.image");

    /// <summary>The files of a generation's images, in the order of its packages.</summary>
    public IEnumerable<string> ImageFiles(GenerationRecord record) => record.Images.Select(image => ImageFile(image.Digest));

    public string GenerationFolder(GenerationId id) => Path.Combine(folders.Generations, id.ToString());

    /// <summary>What is remembered of verifying an image.</summary>
    public VerifiedStamp StampOf(GenerationImage image) => new(image.Digest, ImageFile(image.Digest));

    /// <summary>Generations whose record is readable, newest first. Their images and packages are not looked at.</summary>
    public IReadOnlyList<GenerationRecord> List() =>
        [.. GenerationFolders().Select(ReadRecord).OfType<GenerationRecord>().OrderByDescending(record => record.Id.Number)];

    /// <summary>By folder name; null when there is none or it is damaged.</summary>
    public GenerationRecord? Find(string folderName) =>
        ActivePointer.IsFolderName(folderName) ? ReadRecord(Path.Combine(folders.Generations, folderName)) : null;

    /// <summary>By what an operator types: a number, a folder name, or a version (the newest generation that has it).</summary>
    public GenerationRecord? FindByText(string text)
    {
        var all = List();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return all.FirstOrDefault(record => record.Id.Number == number);
        }

        return all.FirstOrDefault(record => record.Id.ToString() == text) ?? (FindByVersion(text) is [var newest, ..] ? newest : null);
    }

    /// <summary>Every generation that carries this version, newest first; none when the text is no version.</summary>
    public IReadOnlyList<GenerationRecord> FindByVersion(string text) =>
        DefinitionsVersion.TryParse(text, out var version) ? [.. List().Where(record => record.Version == version)] : [];

    /// <summary>One more than any folder ever had that is still here; damaged ones count.</summary>
    public long NextNumber() => 1 + GenerationFolders()
        .Select(folder => GenerationId.TryParseNumber(Path.GetFileName(folder), out var number) ? number : 0)
        .DefaultIfEmpty(0)
        .Max();

    /// <summary>Moves a generation that passed every gate into place. Nothing refers to it until the pointer does.</summary>
    /// <exception cref="IOException">Storage failed; what is half there is collected later.</exception>
    public async Task<StoredGeneration> InstallAsync(ApprovedGeneration approved, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(PackagesFolder);
        Directory.CreateDirectory(ImagesFolder);
        foreach (var package in approved.Packages)
        {
            TakePackage(package);
        }

        var record = approved.Record;
        foreach (var image in approved.Compiled)
        {
            AtomicFile.Rename(image.Path, ImageFile(image.Report.ImageDigest));
        }

        var staged = Path.Combine(approved.StagingFolder, record.Id.ToString());
        Directory.CreateDirectory(staged);
        await AtomicFile.WriteAsync(Path.Combine(staged, RecordName), GenerationJson.Write(record), cancellationToken);
        AtomicFile.RenameFolder(staged, GenerationFolder(record.Id));
        return StoredGeneration.OpenVerified(this, record);
    }

    /// <summary>
    /// Removes the oldest generations beyond <paramref name="keep"/> and everything that no kept one refers to.
    /// The named ones are always kept.
    /// </summary>
    /// <returns>Names of the generations removed.</returns>
    public IReadOnlyList<string> Collect(int keep, params ReadOnlySpan<string?> always)
    {
        var all = List();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in always)
        {
            if (name is not null)
            {
                named.Add(name);
            }
        }

        var kept = all.Where(record => named.Contains(record.Id.ToString())).ToList();
        kept.AddRange(all.Where(record => !named.Contains(record.Id.ToString())).Take(Math.Max(0, keep - kept.Count)));
        var keptNames = kept.Select(record => record.Id.ToString()).ToHashSet(StringComparer.Ordinal);
        var removed = new List<string>();
        foreach (var folder in GenerationFolders().Where(folder => !keptNames.Contains(Path.GetFileName(folder))).ToList())
        {
            FolderTree.Delete(folder);
            removed.Add(Path.GetFileName(folder));
        }

        Sweep(PackagesFolder, kept.SelectMany(record => record.Packages).Select(package => package.Archive.ToString()));
        Sweep(ImagesFolder, kept.SelectMany(ImageNames));
        return removed;
    }

    /// <summary>
    /// Removes packages and images that no generation refers to: what an installation left that did not come to its
    /// end. Nothing is removed while a generation's record is unreadable: what it refers to is unknown.
    /// </summary>
    public void SweepUnreferenced()
    {
        var all = List();
        if (all.Count == GenerationFolders().Count)
        {
            Sweep(PackagesFolder, all.SelectMany(record => record.Packages).Select(package => package.Archive.ToString()));
            Sweep(ImagesFolder, all.SelectMany(ImageNames));
        }
    }

    private static IEnumerable<string> ImageNames(GenerationRecord record) => record.Images
        .SelectMany(image => (string[])[$"{image.Digest}.image", $"{image.Digest}.image{VerifiedStamp.Suffix}"]);

    private const string RecordName = "generation.json";

    private static GenerationRecord? ReadRecord(string folder)
    {
        var text = JsonText.TryReadFile(Path.Combine(folder, RecordName), GenerationJson.MaxBytes);
        var record = text is null ? null : GenerationJson.TryRead(text);
        return record?.Id.ToString() == Path.GetFileName(folder) ? record : null;
    }

    private static void Sweep(string folder, IEnumerable<string> referenced)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var kept = referenced.ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder).ToList())
        {
            if (!kept.Contains(Path.GetFileName(path)))
            {
                FolderTree.Delete(path);
            }
        }
    }

    private void TakePackage(IncomingPackage package)
    {
        var target = PackageFolderOf(package.Facts.Archive);
        if (package.Folder == target)
        {
            return;
        }

        // Left by a crash, or damaged: else the package would have been taken from the store in the first place.
        FolderTree.Delete(target);
        AtomicFile.RenameFolder(package.Folder, target);
    }

    private List<string> GenerationFolders() => !Directory.Exists(folders.Generations) ? [] :
        [.. Directory.EnumerateDirectories(folders.Generations).Where(folder => ActivePointer.IsFolderName(Path.GetFileName(folder)))];
}
