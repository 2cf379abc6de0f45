using System.Globalization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Sources;
using Updater.Store;
using Updater.Updates;

namespace Updater.Cli;

/// <summary>There is nothing to scan with; the message says what to do.</summary>
internal sealed class NoDatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>What a scan on the command line uses: images, opened and ready. The service is not needed.</summary>
internal sealed class ScanDatabase : IDisposable
{
    private ScanDatabase(GenerationId generation, ImageSet images)
    {
        Signatures = images.SignatureCount;
        Active.Swap(generation, images);
    }

    private ScanDatabase(StoredGeneration stored)
    {
        Signatures = stored.Signatures;
        stored.SwapInto(Active);
    }

    /// <summary>Paths that one message names.</summary>
    private const int MaxNames = 5;

    public ActiveImage Active { get; } = new();

    public long Signatures { get; }

    /// <summary>The active generation of the data folder, or the kept one that <paramref name="wanted"/> names.</summary>
    /// <exception cref="NoDatabaseException">There are no definitions, or they cannot be opened.</exception>
    public static ScanDatabase OpenStored(DataFolders folders, string? wanted)
    {
        var store = new GenerationStore(folders);
        var active = new ActivePointer(folders);
        var pointer = active.Read();
        var record = wanted is null
            ? pointer is null ? null : store.Find(pointer.FolderName)
            : store.FindByText(wanted);
        if (record is null)
        {
            throw new NoDatabaseException(wanted is not null
                ? $"There is no generation {wanted} in {folders.Root}; updater history lists them."
                : pointer is not null ? ActivePointer.Dangling(pointer)
                : active.Damage ?? $"No definitions in {folders.Root} yet. Run: updater update");
        }

        try
        {
            using var stored = StoredGeneration.OpenUnchanged(store, record);
            return new ScanDatabase(stored);
        }
        catch (ImageException e)
        {
            throw new NoDatabaseException($"Generation {record.Id} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Signature files, ClamAV containers, folders of them, or one compiled image.</summary>
    /// <param name="onLeftOut">Told one line for each file that is not matched whole.</param>
    /// <exception cref="NoDatabaseException">A path is missing, a file is malformed, or there is nothing in it.</exception>
    public static ScanDatabase OpenFiles(
        IReadOnlyList<string> paths, UpdaterOptions options, TimeProvider time, Action<Diagnostic> onDiagnostic, Action<string> onLeftOut, CancellationToken cancellationToken)
    {
        var files = paths.SelectMany(Expand).ToList();
        var images = files.Where(IsImage).ToList();
        if (images.Count == 1 && files.Count == 1)
        {
            return new ScanDatabase(new GenerationId(0, default), Open(images[0]));
        }

        if (images.Count > 0)
        {
            throw new NoDatabaseException("A compiled image is used alone: give one image, or signature files only.");
        }

        var folder = Directory.CreateTempSubdirectory("updater-database-");
        try
        {
            var image = Path.Combine(folder.FullName, "database.image");
            using var inputs = DatabaseInputs.Open(
                files, ContainerFiles.Trusting(options.Sources, time), time, isOfficial: false, cancellationToken);
            var report = ImageCompiler.Compile(inputs.Request(options.Engine.Unwanted), image, cancellationToken);
            foreach (var diagnostic in report.Diagnostics)
            {
                onDiagnostic(diagnostic);
            }

            RequireSignatures(report, paths);
            TellLeftOut(report, onLeftOut);
            return new ScanDatabase(new GenerationId(0, report.InputDigest), Open(image));
        }
        catch (RefusedException e)
        {
            throw new NoDatabaseException(e.Message, e);
        }
        finally
        {
            // The mapped file lives on without a name.
            folder.Delete(recursive: true);
        }
    }

    private static void TellLeftOut(CompileReport report, Action<string> onLeftOut)
    {
        var files = report.LeftOut.Where(file => LeftOutFiles.SkippedOf(file).Any()).ToList();
        foreach (var file in files.Take(MaxNames))
        {
            var count = LeftOutFiles.SkippedOf(file).Sum(code => code.Value);
            var example = LeftOutFiles.Example(report.Diagnostics.Where(found => found.File == file.File));
            var what = example is { Line: 0 } ? " is left out:"
                : count == 1 ? ": 1 line is left out:"
                : string.Create(CultureInfo.InvariantCulture, $": {count} lines are left out, such as");
            onLeftOut(PlainText.Of(
                $"{file.File}{what} {example}{(example?.Hint is { } hint ? " " + hint : "")}; see: updater signatures lint"));
        }

        if (files.Count > MaxNames)
        {
            onLeftOut(string.Create(CultureInfo.InvariantCulture, $"And {files.Count - MaxNames} more files of which something is left out."));
        }
    }

    /// <summary>Nothing to match with is nothing scanned: it must not pass as "clean".</summary>
    /// <exception cref="NoDatabaseException">No signature was accepted.</exception>
    public static void RequireSignatures(CompileReport report, IReadOnlyList<string> paths)
    {
        if (report.AcceptedByExtension.Values.Sum() == 0)
        {
            throw new NoDatabaseException($"No signatures in {Names(paths)}{WhyNone(report)}");
        }
    }

    private static string WhyNone(CompileReport report)
    {
        if (report.AcceptedByExtension.Count == 0)
        {
            return "; files are read by their extension (docs/signature-files.md), or as a compiled image.";
        }

        if (report.Diagnostics is [var first, ..])
        {
            return $": {first}{(first.Hint is { } hint ? " " + hint : "")}{(report.Diagnostics.Count > 1 ? " And more." : "")}";
        }

        return report.Skipped > 0
            ? string.Create(CultureInfo.InvariantCulture, $": all {report.Skipped} are for other functionality levels, targets or categories; see: updater signatures lint")
            : ": there are only comments.";
    }

    /// <summary>The first of what was given, fit for a message.</summary>
    public static string Names(IReadOnlyList<string> paths) => PlainText.Of(
        string.Join(", ", paths.Take(MaxNames)) + (paths.Count > MaxNames ? string.Create(CultureInfo.InvariantCulture, $" and {paths.Count - MaxNames} more") : ""));

    /// <summary>A file is itself, a folder is the files in it in ordinal order.</summary>
    /// <exception cref="NoDatabaseException">The path is missing.</exception>
    /// <exception cref="NoDatabaseException">Or what is there is no regular file, whose bytes can be read twice.</exception>
    public static IEnumerable<string> Expand(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal).Select(Regular)
        : File.Exists(path) ? [Regular(path)]
        : throw Unfit(path, FileScan.IsText(path) ? "No such file or directory" : ScanTargets.NameNotText);

    private static string Regular(string path) =>
        !FileScan.IsText(path) ? throw Unfit(path, ScanTargets.NameNotText)
        : UnixFileKind.IsSpecial(path) ? throw Unfit(path, "Not a regular file; give a file or a folder of files")
        : LeadsNowhere(path) ? throw Unfit(path, "The link leads to no file")
        : path;

    private static NoDatabaseException Unfit(string path, string why) => new($"{(path.Length == 0 ? "An empty path" : PlainText.Of(path))}: {why}");

    private static bool LeadsNowhere(string path)
    {
        try
        {
            return new FileInfo(path) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true)?.Exists != true;
        }
        catch (IOException)
        {
            // In a circle.
            return true;
        }
    }

    public void Dispose() => Active.Dispose();

    /// <summary>
    /// An image that lay anywhere: every byte is compared with its digest first. One damaged page would otherwise be
    /// signatures that silently do not match.
    /// </summary>
    /// <exception cref="NoDatabaseException">It is damaged.</exception>
    private static ImageSet Open(string path)
    {
        try
        {
            Image.Verify(path, CancellationToken.None);
            return ImageSet.Open([path]);
        }
        catch (ImageException e)
        {
            throw new NoDatabaseException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Anything that is not recognised as an image at all is taken for signatures.</summary>
    private static bool IsImage(string path)
    {
        try
        {
            using var image = Image.Open(path);
            return true;
        }
        catch (ImageException e)
        {
            return e.Fault is ImageFault.FormatTooNew or ImageFault.FormatTooOld or ImageFault.Truncated or ImageFault.Damaged;
        }
    }
}
