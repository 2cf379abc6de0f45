namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// What a container may cost. One above a limit is refused with <see cref="RefusalReason.PackageLimit"/>; nothing is cut
/// short and used. The largest public database has 170 MB packed and 7 million lines (clamav-formats.md §7).
/// </summary>
public sealed record ContainerLimits
{
    public static ContainerLimits Default { get; } = new();

    /// <summary>Bytes of the container file.</summary>
    public long MaxPackedBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Bytes of the archive in the container once decompressed, member headers and padding included.</summary>
    public long MaxUnpackedBytes { get; init; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Members of the archive, and lines of the index.</summary>
    public int MaxMembers { get; init; } = 10_000;

    /// <summary>Bytes of the <c>.info</c> member, which is held in memory.</summary>
    public int MaxIndexBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of the licence text, the one member that no digest bounds.</summary>
    public int MaxLicenceBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of a <c>.sign</c> file; real ones have 9 KiB.</summary>
    public int MaxSignBytes { get; init; } = 256 * 1024;
}
