using Updater.Updates;

namespace Updater.Catalog;

/// <summary>A finished run as history tells it.</summary>
/// <param name="Outcome">Word of <see cref="OutcomeWords"/>.</param>
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
            report.Steps);
    }
}

/// <summary>A change of state: activation, rollback, pin, recovery.</summary>
/// <param name="Kind">Stable word.</param>
internal sealed record EventRecord(DateTimeOffset At, string Kind, string Message);

/// <summary>When a generation became active last.</summary>
internal sealed record ActivationRecord(string Generation, DateTimeOffset At);

