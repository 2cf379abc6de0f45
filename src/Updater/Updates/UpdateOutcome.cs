using Definitions;

namespace Updater.Updates;

/// <summary>How an update run ended. Exactly one of the sealed kinds below.</summary>
internal abstract record UpdateOutcome
{
    private UpdateOutcome()
    {
    }

    /// <summary>A new generation serves.</summary>
    public sealed record Activated(GenerationId Generation, DefinitionsVersion Version) : UpdateOutcome;

    /// <summary>Nothing newer exists.</summary>
    public sealed record AlreadyCurrent : UpdateOutcome;

    /// <summary>Their bytes are wrong; the old generation serves, the package lies in quarantine.</summary>
    public sealed record Refused(RefusalReason Reason, string Message) : UpdateOutcome;

    /// <summary>We could not; the old generation serves, the schedule tries again.</summary>
    public sealed record Failed(FailureReason Reason, string Message) : UpdateOutcome;

    /// <summary>Held back by a hold or a pin of the operator: exit status 4.</summary>
    public sealed record Held(string Message) : UpdateOutcome;

    /// <summary>Stopped by a shutdown.</summary>
    public sealed record Cancelled : UpdateOutcome;
}

/// <summary>Why we could not update. Shown as the snake-case word.</summary>
internal enum FailureReason
{
    DiskSpace,
    SourceUnreachable,
    SourceAnswer,
    RateLimited,
    Timeout,
    Storage,
    Configuration,
    Unexpected,
}
