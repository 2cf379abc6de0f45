namespace Definitions.Packages;

/// <summary>
/// What a package says of itself: <c>manifest.json</c>, the first entry of the archive. Immutable; made by
/// <c>ManifestJson</c> only after every field was checked.
/// </summary>
public sealed class Manifest
{
    public required PackageId Id { get; init; }

    /// <summary>Grows with every release of the package; machines compare this, people read the version.</summary>
    public required long Sequence { get; init; }

    /// <summary>What the package holds; <c>signatures</c> is the only kind so far.</summary>
    public required string Kind { get; init; }

    /// <summary>The lowest engine that can use the package.</summary>
    public required Version MinimumEngine { get; init; }

    /// <summary>Bytes of the compressed payload: the archive's second Zstandard frame, which holds every file but the manifest.</summary>
    public required long PackedBytes { get; init; }

    /// <summary>Sum of the sizes of <see cref="Files"/>.</summary>
    public required long UnpackedBytes { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Signatures in the package by file extension without the dot, such as <c>ndb</c>.</summary>
    public required IReadOnlyDictionary<string, long> SignatureCounts { get; init; }

    /// <summary>Samples that a generation with this package must detect before it may be activated (M-312).</summary>
    public required IReadOnlyList<DetectionProbe> Probes { get; init; }
}

/// <summary>One file of a package: a plain name without folders, its size and content digest.</summary>
public sealed record ManifestFile(string Name, long Size, Digest Sha256);

/// <summary>Bytes that must be detected, and the signature name that must be reported for them.</summary>
/// <param name="Name">What the probe is, for logs.</param>
/// <param name="Content">The sample, at most 64 KiB; base64 in the file.</param>
/// <param name="Signature">The reported name, such as <c>Demo.Program-1</c>.</param>
public sealed record DetectionProbe(string Name, ReadOnlyMemory<byte> Content, string Signature);
