namespace Definitions;

/// <summary>
/// Every rule that a channel's metadata, a package or its content can break. Their bytes are wrong: the run is
/// refused, the package goes to quarantine, and asking the same source again at once would not help.
/// The word shown to people and machines is the member in snake case (<see cref="ReasonWords"/>).
/// </summary>
public enum RefusalReason
{
    /// <summary>The metadata is not the JSON that TUF describes.</summary>
    MetadataMalformed,

    /// <summary>The metadata is longer, deeper or has more members than its limit.</summary>
    MetadataTooLarge,

    /// <summary>Fewer valid signatures of distinct trusted keys than the threshold.</summary>
    SignatureThreshold,

    /// <summary>Metadata is older than what is already trusted.</summary>
    MetadataRollback,

    /// <summary>Metadata is past its expiry (freeze attack, dead publisher, or a wrong clock).</summary>
    MetadataExpired,

    /// <summary>Version, length or hash differs from what the referring metadata says (mix-and-match, half-synced mirror).</summary>
    MetadataMismatch,

    /// <summary>The initial trusted root is missing, damaged or does not verify itself.</summary>
    RootInvalid,

    /// <summary>More root rotations in one update than the limit.</summary>
    RootChainTooLong,

    /// <summary>A file that is not named by the channel's trusted metadata.</summary>
    PackageUnknown,

    /// <summary>The package is shorter than signed.</summary>
    PackageTruncated,

    /// <summary>The package is longer than signed.</summary>
    PackageTooLong,

    /// <summary>The package's digest differs from the signed one.</summary>
    PackageDigest,

    /// <summary>The package is not a readable archive.</summary>
    PackageMalformed,

    /// <summary>The manifest is missing, not first, or breaks its schema.</summary>
    ManifestMalformed,

    /// <summary>The manifest disagrees with the signed target it came in.</summary>
    ManifestMismatch,

    /// <summary>A file's size or SHA-256 differs from the manifest.</summary>
    FileDigest,

    /// <summary>A file of the manifest is missing, or a file is there that the manifest does not list.</summary>
    FileSet,

    /// <summary>An archive entry name that could leave the stage folder, or is not allowed.</summary>
    PathUnsafe,

    /// <summary>An archive entry that is a link, a device or anything else but a plain file.</summary>
    EntryKind,

    /// <summary>Unpacked size or file count above what the manifest or the limits allow.</summary>
    PackageLimit,

    /// <summary>The package needs a newer engine.</summary>
    EngineTooOld,

    /// <summary>The package's sequence is lower than the active one's.</summary>
    SequenceRollback,

    /// <summary>The version lies more than 48 hours ahead of the clock (M-227).</summary>
    VersionFuture,

    /// <summary>A signature line is malformed.</summary>
    SignatureMalformed,

    /// <summary>The signature counts differ from the manifest's.</summary>
    SignatureCount,

    /// <summary>The compiled image could not be built.</summary>
    CompileFailed,

    /// <summary>Nothing of the whole set can be reported: every file would pass as clean.</summary>
    NoSignatures,

    /// <summary>A must-detect probe was not detected by the candidate.</summary>
    ProbeMissed,

    /// <summary>Loading or scanning with the candidate failed in a throw-away process.</summary>
    TrialLoadFailed,

    /// <summary>A ClamAV-format container, its index or a <c>.sign</c> file is not readable, or they contradict each other.</summary>
    DatabaseMalformed,

    /// <summary>A ClamAV-format container, index or patch bears no valid signature of a trusted key.</summary>
    DatabaseSignature,

    /// <summary>A ClamAV-format patch (cdiff) is not readable or breaks the script's grammar.</summary>
    PatchMalformed,

    /// <summary>A ClamAV-format patch does not fit the database, or its result is not what the publisher signed.</summary>
    PatchMismatch,
}
