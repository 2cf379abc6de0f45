using Definitions;
using Updater.Status;
using Updater.Updates;

namespace Updater.Listeners.Http;

/// <summary><c>GET /v1/version</c> and <c>version --json</c>.</summary>
/// <param name="Text">The four lines of csapi.md §8.</param>
internal sealed record VersionAnswer(
    string Product,
    string ProductVersion,
    string DecomposerVersion,
    string EngineVersion,
    string? DefinitionsVersion,
    string State,
    string? Generation,
    DateTimeOffset? Published,
    double? AgeSeconds,
    long Signatures,
    IReadOnlyList<PackageAnswer> Packages,
    string Text)
{
    /// <summary>What the first line of the version text starts with.</summary>
    private const string Instance = "default";

    public static VersionAnswer From(DefinitionsStatus status, DateTimeOffset now) => new(
        Updater.Product.Name,
        Updater.Product.Version,
        Definitions.EngineVersion.Decomposer.ToString(),
        Definitions.EngineVersion.Current.ToString(),
        status.Active?.Version.ToString(),
        VersionText.StateText(status),
        status.Active?.Id.ToString(),
        status.Active?.PublishedAt,
        status.Active is { } active ? Math.Max(0, Math.Round((now - active.PublishedAt).TotalSeconds)) : null,
        status.Active?.Signatures ?? 0,
        PackageAnswer.From(status),
        VersionText.Format(Instance, status));
}

internal sealed record PackageAnswer(string Name, string Version, long Sequence, long Signatures, string Source)
{
    public static IReadOnlyList<PackageAnswer> From(DefinitionsStatus status) =>
        [.. (status.Active?.Packages ?? []).Select(p => new PackageAnswer(p.Name, p.Version.ToString(), p.Sequence, p.Signatures, p.Source))];
}

/// <summary><c>GET /v1/status</c> and <c>status --json</c>.</summary>
internal sealed record StatusAnswer(
    VersionAnswer Version,
    DateTimeOffset? Activated,
    DateTimeOffset? LastAttempt,
    DateTimeOffset? LastSuccess,
    string? LastFailureReason,
    string? LastFailureMessage,
    DateTimeOffset? NextRun,
    DateTimeOffset? HoldUntil,
    string? Pinned,
    string? RunningUpdate,
    IReadOnlyList<SourceAnswer> Sources,
    DiskAnswer Disk,
    ScansAnswer? Scans)
{
    /// <summary>What is wrong with the data folder, and what to do; null = nothing.</summary>
    public string? Damage { get; init; }

    /// <summary>Which of the operator's own files the active generation was made without; null = none.</summary>
    public string? LeftOut { get; init; }

    /// <summary>A cool-down that is over is none: nothing may have happened since that would have taken it away.</summary>
    public static IReadOnlyList<SourceAnswer> SourcesOf(DefinitionsStatus status, DateTimeOffset now) =>
        [.. status.Sources.Select(s => new SourceAnswer(
            s.Name, s.Url, s.LastAttempt, s.LastSuccess, s.LastFailure, s.CoolDownUntil > now ? s.CoolDownUntil : null)
        {
            Mirrors = [.. s.Mirrors.Select(m => m.CoolDownUntil > now
                ? new MirrorAnswer(m.Url, m.CoolDownUntil, m.Reason)
                : new MirrorAnswer(m.Url, null, ""))],
        })];
}

internal sealed record SourceAnswer(
    string Name, string Url, DateTimeOffset? LastAttempt, DateTimeOffset? LastSuccess, string? LastFailure, DateTimeOffset? CoolDownUntil)
{
    /// <summary>Each server of a source that keeps several apart.</summary>
    public IReadOnlyList<MirrorAnswer> Mirrors { get; init; } = [];
}

/// <param name="CoolDownUntil">It is not asked before this time; null = it may be.</param>
internal sealed record MirrorAnswer(string Url, DateTimeOffset? CoolDownUntil, string Reason);

/// <param name="FreeBytes">Null when the volume does not say.</param>
internal sealed record DiskAnswer(string DataDirectory, long? FreeBytes, long MinFreeBytes);

/// <param name="Busy">Scans that run now.</param>
/// <param name="AverageMs">0 when nothing was scanned yet (M-186).</param>
internal sealed record ScansAnswer(int Slots, int Busy, int Waiting, long Total, long Infected, double AverageMs);

/// <summary><c>GET /v1/generations</c>, newest first.</summary>
internal sealed record GenerationAnswer(
    string Generation,
    long Number,
    string Version,
    bool Active,
    DateTimeOffset Created,
    DateTimeOffset? Activated,
    long Signatures,
    IReadOnlyList<PackageAnswer> Packages);

/// <summary><c>GET /v1/runs</c>, newest first.</summary>
/// <param name="Finished">Of an interrupted run: when it started.</param>
/// <param name="Outcome">
/// <c>activated, already_current, refused, failed, held, cancelled</c>, or <c>interrupted</c>: its process ended before it did.
/// </param>
internal sealed record RunAnswer(
    string Id,
    string Trigger,
    DateTimeOffset Started,
    DateTimeOffset Finished,
    string Outcome,
    string Reason,
    string Message,
    string? Generation,
    string? Version,
    long DownloadedBytes)
{
    /// <summary>What could not take part, also when the rest was activated.</summary>
    public IReadOnlyList<RunProblemAnswer> Problems { get; init; } = [];
}

/// <summary><c>history --json</c>.</summary>
internal sealed record HistoryAnswer(IReadOnlyList<GenerationAnswer> Generations, IReadOnlyList<RunAnswer> Runs);

/// <summary><c>GET /v1/engines</c>: one engine, its profiles and what they allow.</summary>
internal sealed record EngineAnswer(string Name, string Version, string DecomposerVersion, bool Ready, IReadOnlyList<ProfileAnswer> Profiles);

internal sealed record ProfileAnswer(
    string Name,
    int MaxExtractDepth,
    long MaxExtractSize,
    long MaxCumulativeExtractSize,
    double MaxExtractTimeSeconds,
    int MaxFileCount,
    bool FailOpen,
    string Action);

/// <summary>Body of <c>POST /v1/updates</c>; may be missing.</summary>
internal sealed record UpdateBody(bool Force = false, string? Source = null);

/// <summary><c>GET /v1/updates/{id}</c>: progress while it runs, the result afterwards.</summary>
internal sealed record UpdateAnswer
{
    public required string Id { get; init; }

    /// <summary><c>running</c> or <c>finished</c>.</summary>
    public required string State { get; init; }

    public required string Trigger { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>True when the request joined a run that was under way (M-189).</summary>
    public bool Joined { get; init; }

    public required string Stage { get; init; }

    public string Subject { get; init; } = "";

    public long Done { get; init; }

    /// <summary>0 = unknown.</summary>
    public long Total { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary><c>activated, already_current, refused, failed, held, cancelled</c>.</summary>
    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Generation { get; init; }

    public string? Version { get; init; }

    /// <summary>One line about the operator's files that are left out; null = none.</summary>
    public string? LeftOut { get; init; }

    /// <summary>One line for each file in <c>local/</c> that is not looked at, such as one with an unknown extension.</summary>
    public IReadOnlyList<string>? LocalLeftOut { get; init; }

    /// <summary>What was found in the files that were compiled: the first of each kind.</summary>
    public IReadOnlyList<FindingAnswer>? Findings { get; init; }

    /// <summary>Findings that were counted only; see logs/update.log.</summary>
    public long? MoreFindings { get; init; }

    /// <summary>What could not take part, also when the rest was activated; empty = nothing.</summary>
    public IReadOnlyList<RunProblemAnswer>? Problems { get; init; }

    public static UpdateAnswer From(UpdateRun run, bool joined = false)
    {
        var progress = run.Progress;
        var running = new UpdateAnswer
        {
            Id = run.Id,
            State = "running",
            Trigger = run.Request.Trigger.ToWord(),
            Started = run.Started,
            Joined = joined,
            Stage = progress.Stage.ToWord(),
            Subject = progress.Subject,
            Done = progress.Done,
            Total = progress.Total,
        };
#pragma warning disable MA0045 // Completed: nothing is waited for.
        return run.Completion.IsCompletedSuccessfully ? running.With(run.Completion.Result) : running;
#pragma warning restore MA0045
    }

    private UpdateAnswer With(UpdateReport report) => this with
    {
        State = "finished",
        Finished = report.Finished,
        Outcome = report.Outcome.ToWord(),
        Reason = report.Outcome.ReasonWord(),
        Message = report.Outcome.Describe(),
        LeftOut = report.LeftOut,
        LocalLeftOut = report.LocalLeftOut,
        Findings = [.. report.Findings.Select(FindingAnswer.From)],
        MoreFindings = report.MoreFindings,
        Problems = [.. report.Problems.Select(RunProblemAnswer.From)],
        Generation = (report.Outcome as UpdateOutcome.Activated)?.Generation.ToString(),
        Version = (report.Outcome as UpdateOutcome.Activated)?.Version.ToString(),
    };
}

/// <summary>What could not take part in a run.</summary>
/// <param name="Source">Its name, or <c>local</c>; empty = the whole run.</param>
/// <param name="Part">The package, the address of the file, or the file in local; empty = all of the source.</param>
/// <param name="Outcome"><c>refused</c> or <c>failed</c>.</param>
internal sealed record RunProblemAnswer(string Source, string Part, string Outcome, string Reason, string Message)
{
    public static RunProblemAnswer From(RunProblem problem) => new(
        problem.Source, PlainText.Of(problem.Part), problem.Outcome.ToWord(), problem.Outcome.ReasonWord(), PlainText.Of(problem.Outcome.Describe()));

    /// <summary>One line for people.</summary>
    public override string ToString() => $"{(Source.Length > 0 ? $"{Source}: " : "")}{Reason}: {(Message.Contains(Part, StringComparison.Ordinal) ? "" : $"{Part}: ")}{Message}";
}

/// <summary>A finding about a line of a package, as <c>signatures lint --json</c> says it.</summary>
/// <param name="Load"><c>lenient</c>: an error leaves the line out; <c>strict</c>: it would refuse the set.</param>
/// <param name="Line">1-based; 0 = the whole file.</param>
/// <param name="Column">1-based in bytes; 0 = the whole line.</param>
/// <param name="Severity"><c>skipped, warning, error</c>.</param>
internal sealed record FindingAnswer(
    string Package, string Load, string File, int Line, int Column, string Code, string Severity, string Message, string? Hint)
{
    public static FindingAnswer From(UpdateFinding finding)
    {
        var found = finding.Found;
        return new FindingAnswer(
            finding.Package, finding.IsLenient ? "lenient" : "strict", found.File, found.Line, found.Column, found.Code,
            found.Severity.ToString().ToLowerInvariant(), PlainText.Of(found.Message), found.Hint);
    }
}

/// <summary>Body of <c>POST /v1/rollback</c>; may be missing.</summary>
/// <param name="To">Version, number or name of a kept generation; null = the one before the active one.</param>
/// <param name="Hold">How long the left releases may not come back, in the forms of the configuration.</param>
internal sealed record RollbackBody(string? To = null, string? Hold = null);

/// <summary>Body of <c>POST /v1/pin</c>.</summary>
internal sealed record PinBody(string? Version);

/// <summary>Answer of a change of generation.</summary>
internal sealed record ChoiceAnswer(string Result, string Message, string? Generation, string? Version);

/// <summary><c>GET /v1/check</c> and <c>check --json</c>.</summary>
/// <param name="State"><c>ok, warning, critical, unknown</c>.</param>
/// <param name="Status">0 to 3: the plug-in's exit status.</param>
internal sealed record CheckAnswer(string State, int Status, string Line);

/// <param name="Status"><c>ok</c> or <c>unavailable</c>.</param>
internal sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);

/// <summary>A problem document (RFC 9457).</summary>
/// <param name="LimitBytes">For 413: the largest accepted object.</param>
/// <param name="Code">The scan code (docs/scan-codes.md) that says the same; null where there is none.</param>
internal sealed record ProblemAnswer(string Type, string Title, int Status, string Detail, long? LimitBytes = null, string? Code = null);
