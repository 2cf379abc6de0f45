using Definitions;
using Definitions.Signatures;

namespace Engine.Images;

/// <summary>Turns signature files into one image file. Deterministic: the same input yields the same bytes.</summary>
public static class ImageCompiler
{
    /// <summary>Of everything besides the inputs that decides an image's bytes: it changes when images must be made anew.</summary>
    public static Digest FormatDigest => ImageBuilder.OptionsDigest;

    /// <summary>Parses, compiles and writes; the file is complete and flushed when this returns.</summary>
    /// <remarks>
    /// Written beside <paramref name="outputPath"/> as <c>.tmp</c> and renamed, so the path holds a whole image or what it
    /// held before.
    /// </remarks>
    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.SignatureMalformed"/> when a file of a strict input is malformed,
    /// <see cref="RefusalReason.CompileFailed"/> when the set cannot be expressed.
    /// </exception>
    /// <exception cref="IOException">A file could not be read or written.</exception>
    public static CompileReport Compile(CompileRequest request, string outputPath, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(outputPath);
        try
        {
            using var spill = new SpillFile(outputPath + ".spill");
            return new CompileRun(request, spill, cancellationToken).Execute(outputPath);
        }
        catch (OverflowException e)
        {
            throw new RefusedException(RefusalReason.CompileFailed, "A table of the image would be longer than 2 GiB.", e);
        }
    }
}

/// <summary>What goes into one image.</summary>
public sealed class CompileRequest
{
    public required IReadOnlyList<CompileInput> Inputs { get; init; }

    /// <summary>
    /// Entries of other packages' ignore lists that name the digest of a line: only the compiler sees lines. Names alone
    /// are looked at when something matched (<see cref="IgnoredNames"/>).
    /// </summary>
    public IReadOnlyList<IgnoreSignature> IgnoredElsewhere { get; init; } = [];

    /// <summary>Stored in the header; 0 for an image that belongs to no store.</summary>
    public long GenerationNumber { get; init; }

    /// <summary>Which sets of potentially unwanted programs load.</summary>
    public UnwantedPolicy Unwanted { get; init; } = UnwantedPolicy.NotLoaded;

    /// <summary>Cores that may work at the same time, 1 or more; null: all. The image does not depend on it.</summary>
    public int? MaxCores { get; init; }

    /// <summary>Told how far it is, one call at a time, from any thread, often: has to be quick and must not throw.</summary>
    public Action<CompileProgress>? Progress { get; init; }
}

/// <summary>The signature files of one package.</summary>
/// <param name="Package">Reported with each match.</param>
/// <param name="IsOfficial">False: names end in <c>.UNOFFICIAL</c>.</param>
/// <param name="IsLenient">True: a malformed line is left out and reported instead of refusing the whole set.</param>
/// <param name="Files">Full paths; files that are no signature files are ignored.</param>
public sealed record CompileInput(PackageId Package, bool IsOfficial, bool IsLenient, IReadOnlyList<string> Files);

/// <summary>What came out.</summary>
public sealed class CompileReport
{
    /// <summary>SHA-256 over the sorted inputs: names, flags and file digests.</summary>
    public required Digest InputDigest { get; init; }

    /// <summary>The address of the image: <see cref="Image.Address"/>.</summary>
    public required Digest ImageDigest { get; init; }

    public required long ImageBytes { get; init; }

    /// <summary>Signatures that can be reported, by package name.</summary>
    public required IReadOnlyDictionary<string, long> Signatures { get; init; }

    /// <summary>Signatures accepted per package and file extension, for the manifest's counts: key <c>package/ext</c>.</summary>
    public required IReadOnlyDictionary<string, long> AcceptedByExtension { get; init; }

    /// <summary>Lines read of all files, comments and blank ones included.</summary>
    public required long Lines { get; init; }

    /// <summary>Lines and rules that were skipped, those included that no finding tells: for other levels, targets or categories.</summary>
    public long Skipped { get; init; }

    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    /// <summary>What of the files is not in the image, in the order of the input; files that are in whole are not listed.</summary>
    public IReadOnlyList<LeftOutLines> LeftOut { get; init; } = [];

    public required AnchorReport Anchors { get; init; }
}

/// <summary>What of one file is not in the image. True counts, however many findings are listed.</summary>
/// <param name="File">Its name.</param>
/// <param name="Malformed">Lines that are malformed.</param>
/// <param name="Skipped">Findings about what is skipped, by code: lines, rules, or the file as a whole.</param>
public sealed record LeftOutLines(string File, long Malformed, IReadOnlyDictionary<string, long> Skipped);
