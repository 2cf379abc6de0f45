namespace Definitions.Packages;

/// <summary>What a package may cost. A package above any of these is refused with <see cref="RefusalReason.PackageLimit"/>
/// or <see cref="RefusalReason.ManifestMalformed"/>; nothing is cut short and used.</summary>
public sealed record PackageLimits
{
    public static PackageLimits Default { get; } = new();

    /// <summary>Bytes of <c>manifest.json</c>: 10,000 files and a few dozen probes fit.</summary>
    public int MaxManifestBytes { get; init; } = 4 * 1024 * 1024;

    public int MaxFiles { get; init; } = 10_000;

    /// <summary>Sum of all unpacked files, in bytes. The largest public definition sets unpack to below 1 GiB.</summary>
    public long MaxUnpackedBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    public int MaxProbes { get; init; } = 256;

    /// <summary>Bytes of one probe after base64 decoding.</summary>
    public int MaxProbeBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// The Zstandard window in bytes, which is the decoder's memory: 8 MiB is what RFC 8878 §3.1.1.1.2 asks every
    /// decoder to support, and what the writer uses.
    /// </summary>
    public long MaxWindowBytes { get; init; } = 8 * 1024 * 1024;
}
