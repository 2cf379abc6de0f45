namespace Definitions.Trust;

/// <summary>What a channel may ask of a client (tuf-client.md §4; byte limits are python-tuf's defaults).</summary>
public static class TrustLimits
{
    public const int MaxRootBytes = 512_000;

    public const int MaxTimestampBytes = 16_384;

    /// <summary>Unless the timestamp lists a length.</summary>
    public const int MaxSnapshotBytes = 2_000_000;

    /// <summary>Unless the snapshot lists a length.</summary>
    public const int MaxTargetsBytes = 5_000_000;

    /// <summary>
    /// Ceiling for listed lengths too: metadata is held in memory, and the keys that list lengths are online ones.
    /// </summary>
    public const int MaxListedMetadataBytes = 64 << 20;

    /// <summary>Root rotations in one update; the next update goes on from there.</summary>
    public const int MaxRootRotations = 256;

    /// <summary>Keys in one root or delegation.</summary>
    public const int MaxKeys = 1024;

    /// <summary>Signatures in one file.</summary>
    public const int MaxSignatures = 1024;

    /// <summary>Largest version: 2^53, the largest integer that every JSON reader keeps exact (tuf-client.md §2.4).</summary>
    public const long MaxVersion = 1L << 53;
}
