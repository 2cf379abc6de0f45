using Updater.Catalog;
using Updater.Status;
using Updater.Store;

namespace Updater.Updates;

/// <summary>What follows every change of the active generation: catalog, status, event, and the removal of what is no longer kept.</summary>
internal sealed class Bookkeeping(
    DataFolders folders,
    GenerationStore store,
    ActivePointer pointer,
    UpdateCatalog catalog,
    StatusKeeper keeper,
    UpdateLog log,
    TimeProvider time,
    ILogger<Bookkeeping> logger)
{
    /// <summary>Runs looked through for the last success.</summary>
    private const int RunsLookedAt = 200;

    public StatusKeeper Status => keeper;

    /// <summary>The status as the store and the catalog know it. Runs that an ended process left open are closed and told.</summary>
    public void Begin(GenerationRecord? current, IReadOnlyList<SourceStatus> sources, TimeSpan interval)
    {
        var choice = OperatorChoice.Read(folders);
        foreach (var run in catalog.CloseOpenRuns())
        {
            logger.RunInterrupted(run.Id);
            RecordEvent(RunRecord.Interrupted, $"Update {run.Id}: {run.Message}");
        }

        var runs = catalog.Runs(RunsLookedAt);
        var last = runs.FirstOrDefault(run => run.HasEnded);
        var activations = catalog.Activations();
        keeper.Begin(new DefinitionsStatus
        {
            Active = current is null ? null : StateRules.Describe(
                current, activations.TryGetValue(current.Id.ToString(), out var at) ? at : null),
            LastAttempt = runs.Count > 0 ? runs[0].Started : null,

            // A catalog that was lost does not make definitions old: the run that made them succeeded.
            LastSuccess = runs.FirstOrDefault(run => run.IsSuccess)?.Finished ?? current?.Created,
            LastFailureReason = string.IsNullOrEmpty(last?.FailureReason) ? null : last.FailureReason,
            LastFailureMessage = string.IsNullOrEmpty(last?.FailureReason) ? null : last.FailureMessage,
            Sources = sources,
            HoldUntil = choice.HoldUntil > time.GetUtcNow() ? choice.HoldUntil : null,
            Pinned = choice.Pinned,
            IsRolledBack = IsRolledBack(choice, current),
            IsNewerKnown = last?.Outcome == "held",
            StaleAfter = interval > TimeSpan.Zero ? interval * 2 : TimeSpan.FromDays(3),
            KeptGenerations = store.List().Count,
        });
    }

    /// <summary>Written before anything is done, so that a run whose process is killed leaves a trace.</summary>
    public void RecordStart(UpdateRun run) => catalog.Record(RunRecord.Begun(run));

    public void RecordRun(UpdateReport report) => catalog.Record(RunRecord.From(report));

    public void RecordEvent(string kind, string message)
    {
        var now = time.GetUtcNow();
        catalog.Record(new EventRecord(now, kind, message));
        log.WriteEvent(now, kind, message);
    }

    /// <summary>After the swap: the record, the status, and room for the next one.</summary>
    public void GenerationChanged(GenerationRecord current, int keepGenerations)
    {
        catalog.Record(new ActivationRecord(current.Id.ToString(), time.GetUtcNow()));
        Collect(current, keepGenerations);
        keeper.GenerationChanged(current, store.List().Count);
        ChoiceChanged(current);
    }

    public void ChoiceChanged(GenerationRecord? current)
    {
        var choice = OperatorChoice.Read(folders);
        keeper.ChoiceChanged(choice, IsRolledBack(choice, current));
    }

    private bool IsRolledBack(OperatorChoice choice, GenerationRecord? current) =>
        choice.KeepsOlder(current, pointer.Read()?.HighestActivated, time.GetUtcNow());

    private void Collect(GenerationRecord current, int keepGenerations)
    {
        try
        {
            var removed = store.Collect(keepGenerations, current.Id.ToString(), OperatorChoice.Read(folders).Pinned);
            foreach (var name in removed)
            {
                logger.GenerationCollected(name);
            }

            catalog.Forget(removed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.CleanUpFailed("generations", e.Message);
        }
    }
}
