using Definitions;

namespace Updater.Updates;

/// <summary>One run around the pipeline: start line, work, and then log, catalog, status and counters in every case.</summary>
internal sealed class UpdateRunner(
    UpdatePipeline pipeline,
    SourceDesk desk,
    Bookkeeping bookkeeping,
    int keepGenerations,
    UpdateLog log,
    UpdateMetrics metrics,
    FaultPoints faults,
    TimeProvider time,
    ILogger<UpdateRunner> logger)
{
    public async Task<UpdateReport> ExecuteAsync(UpdateRun run, CancellationToken cancellationToken)
    {
        var journal = new RunJournal(run, time, log, faults);
        logger.RunStarted(run.Id, run.Request.Trigger.ToWord());
        log.WriteStart(run);
        bookkeeping.RecordStart(run);
        bookkeeping.Status.RunStarted(run);
        var result = new PipelineResult();
        UpdateOutcome? broken = null;
        try
        {
            result = await pipeline.RunAsync(journal, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            broken = new UpdateOutcome.Cancelled();
        }
        catch (Exception e) when (IsOurs(e))
        {
            logger.RunBroke(run.Id, e);
            broken = new UpdateOutcome.Failed(FailureReason.Unexpected, e.Message);
        }

        return Finish(run, journal, result, broken);
    }

    /// <summary>Everything: whatever broke the run, the record of it must not be lost (nothing silent).</summary>
    private static bool IsOurs(Exception exception) => exception is not OutOfMemoryException;

    private UpdateReport Finish(UpdateRun run, RunJournal journal, PipelineResult result, UpdateOutcome? broken)
    {
        try
        {
            journal.Enter(UpdateStage.Recording);
        }
        catch (IOException e)
        {
            // Only an injected fault: the stage itself touches no disk, and what follows copes with a full one.
            logger.CleanUpFailedAtRecording(e.Message);
        }

        var outcome = broken ?? result.Outcome;
        var report = new UpdateReport(
            run.Id, run.Request.Trigger, run.Started, time.GetUtcNow(), outcome, journal.DownloadedBytes, [.. journal.Steps])
        {
            LeftOut = journal.LeftOut,
            LocalLeftOut = journal.LocalLeftOut,
            Findings = journal.Findings,
            MoreFindings = journal.MoreFindings,
            Problems = [.. result.Problems],
        };
        foreach (var refused in result.Problems.Where(problem => problem.Outcome is UpdateOutcome.Refused))
        {
            desk.RecordRefusal(refused);
        }

        foreach (var source in broken is null ? result.Satisfied() : [])
        {
            desk.RecordSuccess(source);
        }

        if (result.Activated is { } generation)
        {
            metrics.CountSwap(result.SwapTime);
            bookkeeping.GenerationChanged(generation, keepGenerations);
            bookkeeping.RecordEvent("activated", $"Generation {generation.Id} with version {generation.Version} by update {run.Id}.");
        }

        bookkeeping.RecordRun(report);
        log.WriteFinish(report);
        Count(report, result, broken);
        var problem = broken is UpdateOutcome.Failed ? broken : result.Problems.FirstOrDefault(IsSameAs(outcome))?.Outcome
            ?? result.Problems.FirstOrDefault()?.Outcome;
        var wasAsked = result.Asked.Count > 0 || !desk.HasEnabledSources || result.Activated is not null;
        bookkeeping.Status.RunEnded(
            report,
            outcome.IsSuccess() && wasAsked,
            problem,
            broken is not null || (result.Asked.Count == 0 && result.Activated is null) ? null : result.IsNewerKnown && result.Activated is null,
            desk.Health);
        journal.Enter(UpdateStage.Done);
        return report;
    }

    private static Func<RunProblem, bool> IsSameAs(UpdateOutcome outcome) => problem => problem.Outcome == outcome;

    private void Count(UpdateReport report, PipelineResult result, UpdateOutcome? broken)
    {
        metrics.CountRun(report);
        foreach (var problem in result.Problems)
        {
            metrics.CountFailure(problem.Outcome);
        }

        if (broken is UpdateOutcome.Failed)
        {
            metrics.CountFailure(broken);
        }

        var outcome = report.Outcome;
        if (outcome is UpdateOutcome.Refused or UpdateOutcome.Failed)
        {
            logger.RunFailed(report.Id, outcome.ToWord(), outcome.ReasonWord(), outcome.Describe());
        }
        else
        {
            logger.RunEnded(report.Id, outcome.ToWord(), outcome.Describe());
        }
    }
}
