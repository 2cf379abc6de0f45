namespace Updater.Updates;

/// <summary>Who asked.</summary>
internal enum UpdateTrigger
{
    Schedule,
    Command,
    Http,
    Incoming,
    Local,
    Start,
}

/// <param name="Force">
/// Asks every source although its interval says otherwise, channels also during a cool-down; never skips a check.
/// </param>
/// <param name="Source">Only this source; null = all.</param>
internal sealed record UpdateRequest(UpdateTrigger Trigger, bool Force = false, string? Source = null);

/// <summary>One run, shared by everybody who waits for it.</summary>
internal sealed class UpdateRun
{
    private volatile UpdateProgress _progress = new(UpdateStage.Idle, "", 0, 0);

    /// <summary>Sortable: start time and a counter.</summary>
    public required string Id { get; init; }

    public required UpdateRequest Request { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>The newest snapshot; replaced as a whole.</summary>
    public UpdateProgress Progress
    {
        get => _progress;
        internal set => _progress = value;
    }

    /// <summary>Never faults.</summary>
    public required Task<UpdateReport> Completion { get; init; }
}

/// <param name="Subject">The package or file that is worked on.</param>
/// <param name="Done">Bytes or items done in this stage.</param>
/// <param name="Total">0 = unknown.</param>
internal sealed record UpdateProgress(UpdateStage Stage, string Subject, long Done, long Total);

/// <summary>What a finished run did, also for the catalog and <c>why</c>.</summary>
internal sealed record UpdateReport(
    string Id,
    UpdateTrigger Trigger,
    DateTimeOffset Started,
    DateTimeOffset Finished,
    UpdateOutcome Outcome,
    long DownloadedBytes,
    IReadOnlyList<UpdateStep> Steps)
{
    /// <summary>One line about the operator's files that are left out; null = none.</summary>
    public string? LeftOut { get; init; }

    /// <summary>One line for each file in <c>local/</c> that is not looked at.</summary>
    public IReadOnlyList<string> LocalLeftOut { get; init; } = [];

    /// <summary>What was found in the files that were compiled: the first of each kind.</summary>
    public IReadOnlyList<UpdateFinding> Findings { get; init; } = [];

    /// <summary>Findings that were counted only.</summary>
    public long MoreFindings { get; init; }

    /// <summary>What could not take part, the reason of the outcome included; also of runs that activated the rest.</summary>
    public IReadOnlyList<RunProblem> Problems { get; init; } = [];
}

/// <summary>One line of the human log.</summary>
internal sealed record UpdateStep(DateTimeOffset At, UpdateStage Stage, string Message)
{
    /// <summary>What the line is about, when it is a finding.</summary>
    public UpdateFinding? Finding { get; init; }
}
