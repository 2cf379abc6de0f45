namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>
/// What a patch may cost. One above a limit is refused with <see cref="RefusalReason.PackageLimit"/>. A usual one has
/// 28 KiB (clamav-formats.md §7).
/// </summary>
public sealed record CdiffLimits
{
    public static CdiffLimits Default { get; } = new();

    /// <summary>Bytes of the patch file, which is held in memory.</summary>
    public int MaxPackedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of the script; the edits of one file are held in memory until its <c>CLOSE</c>.</summary>
    public int MaxScriptBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Bytes of one line of the script; lines of bytecode files are long.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes written in all: each <c>CLOSE</c> and <c>MOVE</c> rewrites whole files, so a small script could keep a disk
    /// busy for days.
    /// </summary>
    public long MaxWrittenBytes { get; init; } = 32L * 1024 * 1024 * 1024;
}
