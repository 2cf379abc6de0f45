using Updater.Updates;

namespace Updater.Catalog;

/// <summary>A run as history tells it.</summary>
/// <param name="Finished">Of a run that did not come to its end: when it started.</param>
/// <param name="Outcome">Word of <see cref="OutcomeWords"/>, <see cref="Running"/> or <see cref="Interrupted"/>.</param>
/// <param name="Reason">Reason word; empty when there is none.</param>
/// <param name="Generation">The activated generation's folder name; null when none was.</param>
internal sealed record RunRecord(
    string Id,
    UpdateTrigger Trigger,
    DateTimeOffset Started,
    DateTimeOffset Finished,
    string Outcome,
    string Reason,
    string Message,
    string? Generation,
    string? Version,
    long DownloadedBytes,
    IReadOnlyList<UpdateStep> Steps)
{
    /// <summary>It is under way; or its process was killed, when no process has the data folder.</summary>
    public const string Running = "running";

    /// <summary>Its process ended before it did.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>What could not take part; at most <see cref="MaxProblems"/>.</summary>
    public IReadOnlyList<RunProblem> Problems { get; init; } = [];

    /// <summary>Problems that are kept of a run; the log has them all.</summary>
    public const int MaxProblems = 50;

    /// <summary>Of the outcome, else of what the run did without; empty = all went well.</summary>
    public string FailureReason => Reason.Length > 0 || Problems.Count == 0 ? Reason : Problems[0].Outcome.ReasonWord();

    public string FailureMessage => Reason.Length > 0 || Problems.Count == 0 ? Message : Problems[0].Outcome.Describe();

    public bool IsRunning => Outcome == Running;

    /// <summary>It came to an end of its own, good or bad.</summary>
    public bool HasEnded => Outcome is not (Running or Interrupted);

    public bool IsSuccess => Outcome is "activated" or "already_current";

    public static RunRecord Begun(UpdateRun run) => new(
        run.Id, run.Request.Trigger, run.Started, run.Started, Running, Reason: "", "The update is under way.", Generation: null, Version: null, 0, []);

    /// <summary>What a run is that nobody works on any more; one that has ended stays what it is.</summary>
    public RunRecord Close() => IsRunning
        ? this with { Outcome = Interrupted, Message = "The process ended before the update did; what serves is whole." }
        : this;

    public static RunRecord From(UpdateReport report)
    {
        var activated = report.Outcome as UpdateOutcome.Activated;
        return new RunRecord(
            report.Id,
            report.Trigger,
            report.Started,
            report.Finished,
            report.Outcome.ToWord(),
            report.Outcome.ReasonWord(),
            report.Outcome.Describe(),
            activated?.Generation.ToString(),
            activated?.Version.ToString(),
            report.DownloadedBytes,
            report.Steps)
        {
            Problems = [.. report.Problems.Take(MaxProblems)],
        };
    }
}

/// <summary>A change of state: activation, rollback, pin, recovery.</summary>
/// <param name="Kind">Stable word.</param>
internal sealed record EventRecord(DateTimeOffset At, string Kind, string Message);

/// <summary>When a generation became active last.</summary>
internal sealed record ActivationRecord(string Generation, DateTimeOffset At);

