using Updater.Store;
using Updater.Updates;

namespace Updater.Status;

/// <summary>Writes the snapshot: each change of the world is one method, and the state word follows. Thread-safe.</summary>
internal sealed class StatusKeeper(StatusBoard board, TimeProvider time)
{
    /// <summary>What is known at start, from the store and the catalog.</summary>
    public void Begin(DefinitionsStatus status) => board.Update(_ => WithState(status));

    public void RunStarted(UpdateRun run) =>
        Change(status => status with { RunningUpdate = run.Id, LastAttempt = run.Started });

    /// <param name="isSuccess">True when the run shows that the newest definitions on offer are active.</param>
    /// <param name="problem">The first thing that went wrong, also when others went well.</param>
    public void RunEnded(
        UpdateReport report, bool isSuccess, UpdateOutcome? problem, bool? isNewerKnown, IReadOnlyList<SourceStatus> sources)
    {
        // A run that asked no source, such as one for a local file, does not make an earlier outage good.
        var hasFailedSource = sources.Any(source => source.LastFailure is not null);
        Change(status => status with
        {
            RunningUpdate = null,
            LastSuccess = isSuccess ? report.Finished : status.LastSuccess,
            LastFailureReason = problem?.ReasonWord() ?? (hasFailedSource ? status.LastFailureReason : null),
            LastFailureMessage = problem?.Describe() ?? (hasFailedSource ? status.LastFailureMessage : null),
            IsNewerKnown = isNewerKnown ?? status.IsNewerKnown,
            Sources = sources,
        });
    }

    public void GenerationChanged(GenerationRecord record, int keptGenerations) =>
        Change(status => status with
        {
            Active = StateRules.Describe(record, time.GetUtcNow()),
            KeptGenerations = keptGenerations,
        });

    /// <param name="isRolledBack">The active generation is not the newest one, by the operator's will.</param>
    public void ChoiceChanged(OperatorChoice choice, bool isRolledBack) =>
        Change(status => status with { HoldUntil = choice.HoldUntil, Pinned = choice.Pinned, IsRolledBack = isRolledBack });

    public void NextRunChanged(DateTimeOffset? nextRun) => Change(status => status with { NextRun = nextRun });

    /// <summary>The word also changes with the time alone: definitions go out of date, holds end.</summary>
    public void Tick()
    {
        var now = time.GetUtcNow();
        var status = board.Current;
        var hasHoldEnded = status.HoldUntil <= now;
        if (hasHoldEnded || StateRules.Evaluate(status, now) != status.State)
        {
            Change(current => current.HoldUntil <= now
                ? current with { HoldUntil = null, IsRolledBack = current.Pinned is not null && current.IsRolledBack }
                : current);
        }
    }

    private void Change(Func<DefinitionsStatus, DefinitionsStatus> change) =>
        board.Update(status => WithState(change(status)));

    private DefinitionsStatus WithState(DefinitionsStatus status) =>
        status with { State = StateRules.Evaluate(status, time.GetUtcNow()) };
}
