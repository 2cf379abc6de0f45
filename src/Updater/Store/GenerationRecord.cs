using Definitions;

namespace Updater.Store;

/// <summary>What one immutable generation is made of: the content of its <c>generation.json</c>.</summary>
internal sealed class GenerationRecord
{
    /// <summary>Number and digest of the images' keys; also the name of the folder.</summary>
    public required GenerationId Id { get; init; }

    /// <summary>The newest version among the packages.</summary>
    public required DefinitionsVersion Version { get; init; }

    /// <summary>Sorted by name; at least one.</summary>
    public required IReadOnlyList<GenerationPackage> Packages { get; init; }

    /// <summary>One for each package, in their order.</summary>
    public required IReadOnlyList<GenerationImage> Images { get; init; }

    /// <summary><c>ImageCompiler.FormatDigest</c> of the engine that compiled them.</summary>
    public required Digest Format { get; init; }

    public long ImageBytes => Images.Sum(image => image.Bytes);

    public required DateTimeOffset Created { get; init; }

    /// <summary>The generation that was active when this one was made; null for the first.</summary>
    public long? Previous { get; init; }

    /// <summary>One line about the lines and files that it was made without; null = all are in.</summary>
    public string? LeftOut => Images.Any(image => image.LeftOut is not null)
        ? $"{string.Join("; ", Images.Select(image => image.LeftOut).OfType<string>())}; see logs/update.log"
        : null;

    /// <summary>Key of the policy for sets of potentially unwanted programs; null = such sets were not loaded.</summary>
    public string? Unwanted { get; init; }

    public long Signatures => Packages.Sum(package => package.Signatures);

    public GenerationPackage? Find(string packageName) =>
        Packages.FirstOrDefault(package => package.Id.Name == packageName);
}

/// <summary>One package of a generation.</summary>
/// <param name="Sequence">Grows with every release; compared by machines.</param>
/// <param name="Archive">Digest of the signed archive, or of the set of files for <c>local</c>: the name of its folder in the store.</param>
/// <param name="Source">Name of the source it came from; <c>local</c> for the operator's own files.</param>
/// <param name="Signatures">Signatures that can be reported.</param>
/// <param name="IsOfficial">False: its names end in <c>.UNOFFICIAL</c>.</param>
internal sealed record GenerationPackage(
    PackageId Id, long Sequence, Digest Archive, string Source, long Signatures, bool IsOfficial)
{
    /// <summary>True for the operator's own files, which have no archive.</summary>
    public bool IsLocal => Id.Name == PackageId.LocalName;
}
