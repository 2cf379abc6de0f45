using Definitions;

namespace Updater.Status;

/// <summary>The state word of the version text (csapi.md §8).</summary>
internal enum DefinitionsState
{
    NoDefinitions,
    UpToDate,
    Updating,
    UpdateAvailable,
    OutOfDate,
    UpdateFailed,
    RolledBack,
}

/// <summary>Everything a version or status query answers: one immutable snapshot, published by reference.</summary>
internal sealed record DefinitionsStatus
{
    public static DefinitionsStatus Empty { get; } = new();

    public DefinitionsState State { get; init; } = DefinitionsState.NoDefinitions;

    /// <summary>The active generation; null = no definitions.</summary>
    public ActiveGeneration? Active { get; init; }

    /// <summary>What is wrong with the data folder, and what to do; null = nothing.</summary>
    public string? Damage { get; init; }

    /// <summary>Start of the last run.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>End of the last run that activated or found nothing newer.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Reason word and text of the last run if it did not succeed, or of the source that failed in it.</summary>
    public string? LastFailureReason { get; init; }

    public string? LastFailureMessage { get; init; }

    public DateTimeOffset? NextRun { get; init; }

    public DateTimeOffset? HoldUntil { get; init; }

    public IReadOnlyList<SourceStatus> Sources { get; init; } = [];

    /// <summary>Id of the running update; null = none runs.</summary>
    public string? RunningUpdate { get; init; }

    /// <summary>The pinned generation's folder name; null = no pin.</summary>
    public string? Pinned { get; init; }

    /// <summary>True when the operator chose an older generation than the newest that was active, by hold or pin.</summary>
    public bool IsRolledBack { get; init; }

    /// <summary>True when a source offered something newer that was not activated.</summary>
    public bool IsNewerKnown { get; init; }

    /// <summary>Time without a successful run after which the definitions count as out of date.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromDays(2);

    /// <summary>Generations in the store, the active one included.</summary>
    public int KeptGenerations { get; init; }
}

/// <param name="Version">The newest version among the packages.</param>
/// <param name="PublishedAt">Newest build time among the packages: what the age is counted from.</param>
internal sealed record ActiveGeneration(
    GenerationId Id,
    DefinitionsVersion Version,
    DateTimeOffset PublishedAt,
    DateTimeOffset ActivatedAt,
    long Signatures,
    IReadOnlyList<ActivePackage> Packages)
{
    /// <summary>One line about the operator's files that it was made without; null = all are in.</summary>
    public string? LeftOut { get; init; }
}

internal sealed record ActivePackage(string Name, DefinitionsVersion Version, long Sequence, long Signatures, string Source);

/// <param name="LastSuccess">End of the last round whose packages were taken or found current.</param>
/// <param name="CoolDownUntil">No request before this time.</param>
internal sealed record SourceStatus(
    string Name, string Url, DateTimeOffset? LastAttempt, DateTimeOffset? LastSuccess, string? LastFailure, DateTimeOffset? CoolDownUntil)
{
    /// <summary>Each server of a source that keeps several apart; empty for the others.</summary>
    public IReadOnlyList<MirrorStatus> Mirrors { get; init; } = [];
}

/// <summary>One server of a source.</summary>
/// <param name="CoolDownUntil">No request to it before this time; null = it may be asked.</param>
/// <param name="Reason">Why it is left alone; empty when it is not.</param>
internal sealed record MirrorStatus(string Url, DateTimeOffset? CoolDownUntil, string Reason);
