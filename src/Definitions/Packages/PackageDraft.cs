namespace Definitions.Packages;

/// <summary>What a publisher wants to pack. <see cref="PackageWriter"/> adds sizes and digests.</summary>
public sealed class PackageDraft
{
    public required PackageId Id { get; init; }

    /// <summary>1 or more; higher than that of every earlier release of the package.</summary>
    public required long Sequence { get; init; }

    /// <inheritdoc cref="Manifest.Kind"/>
    public string Kind { get; init; } = ManifestJson.SignaturesKind;

    /// <summary>Four numbers.</summary>
    public required Version MinimumEngine { get; init; }

    /// <summary>In any order; the archive is sorted by name.</summary>
    public required IReadOnlyList<DraftFile> Files { get; init; }

    /// <inheritdoc cref="Manifest.SignatureCounts"/>
    public required IReadOnlyDictionary<string, long> SignatureCounts { get; init; }

    public IReadOnlyList<DetectionProbe> Probes { get; init; } = [];

    /// <summary>True: packed in a fraction of the time and somewhat larger, for a package that stays on this machine.</summary>
    public bool IsPackedFast { get; init; }
}

/// <param name="Name">See <see cref="PackageFileName"/>.</param>
/// <param name="Open">Gives a stream that knows its length; called once, disposed by the writer.</param>
public sealed record DraftFile(string Name, Func<Stream> Open);
