using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Store;

namespace Updater.Updates;

/// <summary>Packages compiled into one image in staging. It can be loaded; nothing says yet that it is any good.</summary>
internal sealed class CandidateGeneration
{
    private CandidateGeneration(
        IReadOnlyList<IncomingPackage> packages,
        CompileReport report,
        IReadOnlyList<Diagnostic> findings,
        GenerationRecord record,
        string imagePath,
        string stagingFolder)
    {
        Findings = findings;
        Packages = packages;
        Report = report;
        Record = record;
        ImagePath = imagePath;
        StagingFolder = stagingFolder;
    }

    /// <summary>Sorted by name.</summary>
    public IReadOnlyList<IncomingPackage> Packages { get; }

    public CompileReport Report { get; }

    public GenerationRecord Record { get; }

    public string ImagePath { get; }

    public string StagingFolder { get; }

    /// <summary>
    /// What became of the files and their lines. Errors are those of lenient packages: malformed lines and containers that
    /// are left out while the rest loads.
    /// </summary>
    public IReadOnlyList<Diagnostic> Findings { get; }

    /// <summary>Compiles on the thread pool.</summary>
    /// <param name="number">The new generation's number.</param>
    /// <param name="previous">The active generation.</param>
    /// <param name="unwanted">Which sets of potentially unwanted programs load.</param>
    /// <exception cref="RefusedException">A signed file is malformed, or the set cannot be expressed.</exception>
    public static async Task<CandidateGeneration> CompileAsync(
        IEnumerable<IncomingPackage> packages,
        long number,
        long? previous,
        UnwantedPolicy unwanted,
        DateTimeOffset now,
        string stagingFolder,
        CancellationToken cancellationToken)
    {
        var sorted = packages.OrderBy(package => package.Facts.Id.Name, StringComparer.Ordinal).ToList();
        var imagePath = Path.Combine(stagingFolder, "candidate.image");
        File.Delete(imagePath);
        var request = new CompileRequest
        {
            Inputs = [.. sorted.Select(package => new CompileInput(
                package.Facts.Id, package.Facts.IsOfficial, IsLenient: !package.Facts.IsOfficial, package.Files))],
            GenerationNumber = number,
            Unwanted = unwanted,
            BuildTime = now,
        };
        var report = await Task.Run(() => ImageCompiler.Compile(request, imagePath, cancellationToken), cancellationToken);
        List<Diagnostic> findings = [.. sorted.SelectMany(package => package.Findings), .. report.Diagnostics];
        var record = new GenerationRecord
        {
            Id = new GenerationId(number, report.InputDigest),
            Version = sorted.Max(package => package.Facts.Id.Version),
            Packages = [.. sorted.Select(package => package.Facts with
            {
                Signatures = report.Signatures.GetValueOrDefault(package.Facts.Id.Name),
            })],
            ImageDigest = report.ImageDigest,
            ImageBytes = report.ImageBytes,
            Created = now,
            Previous = previous,
            Unwanted = unwanted.IsLoaded ? unwanted.Key : null,
            LeftOut = LeftOutFiles.Summary(findings, sorted),
        };
        return new CandidateGeneration(sorted, report, findings, record, imagePath, stagingFolder);
    }
}
