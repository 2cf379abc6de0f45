using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Gates;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// Packages with an image each: those that changed are compiled into staging, the others' are the store's. It can be
/// loaded; nothing says yet that it is any good.
/// </summary>
internal sealed class CandidateGeneration
{
    private CandidateGeneration(GenerationRecord record, string stagingFolder)
    {
        Record = record;
        StagingFolder = stagingFolder;
    }

    /// <summary>Sorted by name.</summary>
    public required IReadOnlyList<IncomingPackage> Packages { get; init; }

    public GenerationRecord Record { get; }

    /// <summary>A file for each package, in their order.</summary>
    public required IReadOnlyList<string> ImagePaths { get; init; }

    /// <summary>What was compiled now; the other images passed their gates before.</summary>
    public required IReadOnlyList<CompiledImage> Compiled { get; init; }

    public string StagingFolder { get; }

    /// <summary>
    /// What became of the files and lines that were compiled now. Errors are those of lenient packages: malformed lines and
    /// containers that are left out while the rest loads.
    /// </summary>
    public IReadOnlyList<Diagnostic> Findings => [.. Compiled.SelectMany(image => image.Findings)];

    /// <summary>Compiles what the store has not.</summary>
    /// <param name="plan">Of all packages.</param>
    /// <param name="number">The new generation's number.</param>
    /// <param name="previous">The active generation.</param>
    /// <param name="demandSpace">Told the bytes of the signature files that are to be compiled.</param>
    /// <exception cref="RefusedException">A signed file is malformed, or the set cannot be expressed.</exception>
    public static async Task<CandidateGeneration> CompileAsync(
        IReadOnlyList<CandidateImage> plan,
        PackageCompiler compiler,
        GenerationStore store,
        long number,
        long? previous,
        Action<long> demandSpace,
        string stagingFolder,
        CancellationToken cancellationToken)
    {
        var kept = store.List();
        var stored = await Task.Run(() => plan.Select(image => image.FindStored(store, kept)).ToList(), cancellationToken);
        demandSpace(plan.Where((_, i) => stored[i] is null).Sum(image => image.SourceBytes));
        var (images, paths, packages, compiled) =
            (new List<GenerationImage>(), new List<string>(), new List<GenerationPackage>(), new List<CompiledImage>());
        for (var i = 0; i < plan.Count; i++)
        {
            var facts = plan[i].Package.Facts;
            if (stored[i] is { } known)
            {
                images.Add(known);
                paths.Add(store.ImageFile(known.Digest));
                packages.Add(facts with { Signatures = SignaturesOf(kept, known, facts) });
                continue;
            }

            var path = Path.Combine(stagingFolder, $"candidate-{i}.image");
            File.Delete(path);
            var report = await compiler.CompileAsync(plan[i].Request, plan[i].SourceBytes, path, cancellationToken);
            var image = new CompiledImage(plan[i].Package, report, path);
            compiled.Add(image);
            images.Add(new GenerationImage(
                facts.Id.Name, report.ImageDigest, report.ImageBytes, plan[i].Key, LeftOutFiles.Summary(image)));
            paths.Add(path);
            packages.Add(facts with { Signatures = report.Signatures.GetValueOrDefault(facts.Id.Name) });
        }

        var request = plan[0].Request;
        var record = new GenerationRecord
        {
            Id = new GenerationId(number, DigestOf(plan)),
            Version = packages.Max(package => package.Id.Version),
            Packages = packages,
            Images = images,
            Format = ImageCompiler.FormatDigest,
            Created = plan[0].Planned,
            Previous = previous,
            Unwanted = request.Unwanted.IsLoaded ? request.Unwanted.Key : null,
        };
        return new CandidateGeneration(record, stagingFolder)
        {
            Packages = [.. plan.Select(image => image.Package)],
            ImagePaths = paths,
            Compiled = compiled,
        };
    }

    private static long SignaturesOf(IReadOnlyList<GenerationRecord> kept, GenerationImage image, GenerationPackage package) =>
        kept.First(record => record.Images.Contains(image)).Find(package.Id.Name)!.Signatures;

    /// <summary>Of the keys in their order: the same inputs are the same definitions, whenever they were compiled.</summary>
    private static Digest DigestOf(IReadOnlyList<CandidateImage> plan) =>
        new(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', plan.Select(image => image.Key.ToString())))));
}

/// <summary>An image that was compiled for this candidate.</summary>
/// <param name="Path">In staging.</param>
internal sealed record CompiledImage(IncomingPackage Package, CompileReport Report, string Path)
{
    /// <summary>What became of the package's files and their lines.</summary>
    public IReadOnlyList<Diagnostic> Findings =>
    [
        .. Package.Findings,
        .. Report.Diagnostics.Select(found => found with { File = Sources.ContainerFiles.ShownName(found.File) }),
    ];
}
