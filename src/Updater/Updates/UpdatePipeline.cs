using Definitions;
using Updater.Sources;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// One update from question to swap (style.md part 2, flow a): ask the sources, decide, obtain each package, compile,
/// examine, activate. Each line returns the evidence the next one needs. Whatever goes wrong, the old generation serves
/// and the reason is in the outcome.
/// </summary>
internal sealed class UpdatePipeline(
    DataFolders folders,
    SourceDesk desk,
    PackageIntake intake,
    LocalIntake local,
    DroppedPackages dropped,
    GenerationStore store,
    GenerationBuilder builder,
    GenerationSwitch generations,
    FreeSpace freeSpace,
    TimeProvider time,
    ILogger<UpdatePipeline> logger)
{
    /// <summary>Never throws but for a cancellation and errors of this program.</summary>
    /// <exception cref="OperationCanceledException">A shutdown; staging is clean.</exception>
    public async Task<PipelineResult> RunAsync(RunJournal journal, CancellationToken cancellationToken)
    {
        var result = new PipelineResult();
        var staging = Path.Combine(folders.Staging, journal.Run.Id);
        try
        {
            Directory.CreateDirectory(staging);
            await WorkAsync(journal, staging, result, cancellationToken);
        }
        catch (RefusedException e)
        {
            result.Problems.Add(new RunProblem("", new UpdateOutcome.Refused(e.Reason, e.Message)));
        }
        catch (UpdateFailedException e)
        {
            result.Problems.Add(new RunProblem("", new UpdateOutcome.Failed(e.Reason, e.Message)));
        }
        catch (UpdateHeldException e)
        {
            result.Held.Add(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Engine.Images.ImageException)
        {
            var reason = DiskFull.Is(e) ? FailureReason.DiskSpace : FailureReason.Storage;
            result.Problems.Add(new RunProblem("", new UpdateOutcome.Failed(reason, e.Message)));
        }
        finally
        {
            CleanUp(staging);
        }

        journal.LeftOut ??= generations.Current?.LeftOut;

        return result;
    }

    private async Task WorkAsync(RunJournal journal, string staging, PipelineResult result, CancellationToken cancellationToken)
    {
        journal.Enter(UpdateStage.Checking);
        var round = await desk.AskAsync(journal, staging, cancellationToken);
        result.Take(round);
        var active = generations.Current;
        var basis = active ?? Newest();
        var operatorChoice = OperatorChoice.Read(folders);
        var choice = ReleaseChoice.Decide(basis?.Packages ?? [], round.Offers, round.Silent, operatorChoice, time.GetUtcNow(), journal.Run.Request.Force);
        Tell(choice, journal, result);
        var localFiles = await local.LookAsync(basis, operatorChoice, journal, result, cancellationToken);
        var hasChanges = choice.Wanted.Count > 0 || choice.Left.Count > 0 || localFiles is not null;
        result.IsNewerKnown = choice.Wanted.Count > 0 || choice.Held.Count > 0;
        if (operatorChoice.Pinned is { } pinned && active is not null)
        {
            if (hasChanges)
            {
                result.Held.Add($"Generation {pinned} is pinned; {choice.Wanted.Count} newer packages wait.");
            }

            return;
        }

        var drops = await dropped.OpenAsync(round, journal, cancellationToken);
        drops.RemoveUseless(choice.MayStillTake);
        dropped.RemoveStaleEntries(round, choice.MayStillTake, journal);
        var changes = await ObtainAsync(choice, round, drops, staging, journal, result, cancellationToken);
        if (localFiles is not null)
        {
            changes.Add(await local.TakeAsync(localFiles, staging, journal, cancellationToken));
        }

        if (changes.Count == 0 && (basis is null || (active is not null && !builder.IsOutdated(active))))
        {
            return;
        }

        var unchanged = await ReopenAsync(basis, choice, round, staging, journal, cancellationToken);
        var approved = await builder.BuildAsync(
            new BuildBasis(unchanged, active?.Id.Number), changes, result.Problems, staging, journal, cancellationToken);
        if (approved is not null)
        {
            result.SwapTime = await generations.ActivateAsync(approved, freeSpace, journal, cancellationToken);
            result.Activated = approved.Record;
            journal.Note($"Generation {approved.Record.Id} is active: {string.Join(", ", approved.Record.Packages.Select(package => package.Id))}.");
        }
    }

    /// <summary>Without an active generation, its packages are still a good start: they are verified again.</summary>
    private GenerationRecord? Newest() => store.List() is [var newest, ..] ? newest : null;

    private static void Tell(ReleaseChoice choice, RunJournal journal, PipelineResult result)
    {
        foreach (var note in choice.Notes)
        {
            journal.Note(note);
        }

        foreach (var left in choice.Left)
        {
            journal.Note($"No configured source offers {left.Id.Name} any more: it is left out.");
        }

        foreach (var held in choice.Held)
        {
            journal.Note(held);
            result.Held.Add(held);
        }

        foreach (var refused in choice.Refused)
        {
            journal.Note($"Refused: {refused.Reason.ToWord()}: {refused.Message}");
            result.Problems.Add(new RunProblem(refused.Source, new UpdateOutcome.Refused(refused.Reason, refused.Message)));
        }
    }

    /// <summary>All packages of a source, or none of them: a publisher releases sets, not single files.</summary>
    private async Task<List<ChangeGroup>> ObtainAsync(
        ReleaseChoice choice,
        SourceRound round,
        DroppedPackages.Matches drops,
        string staging,
        RunJournal journal,
        PipelineResult result,
        CancellationToken cancellationToken)
    {
        var changes = new List<ChangeGroup>();
        foreach (var group in choice.Wanted.GroupBy(wanted => wanted.Group, StringComparer.Ordinal).Where(group => !result.HasProblem(group.Key)))
        {
            try
            {
                var packages = new List<IncomingPackage>();
                foreach (var wanted in group)
                {
                    var package = await intake.ObtainAsync(
                        wanted, round.Fresh.GetValueOrDefault(wanted.Source), drops.Take(wanted.Target), staging, journal, cancellationToken);
                    if (package is not null)
                    {
                        packages.Add(package);
                    }
                }

                if (packages.Count > 0)
                {
                    changes.Add(new ChangeGroup(group.Key, packages, []));
                }
            }
            catch (RefusedException e)
            {
                Fail(group.Key, new UpdateOutcome.Refused(e.Reason, e.Message), TimeSpan.Zero, journal, result);
            }
            catch (SourceException e)
            {
                Fail(group.Key, new UpdateOutcome.Failed(e.Reason, e.Message), SourcePolicy.CoolDown(e), journal, result);
            }
        }

        if (choice.Left.Count > 0)
        {
            changes.Add(new ChangeGroup("removal", [], [.. choice.Left.Select(package => package.Id.Name)]));
        }

        return changes;
    }

    private void Fail(string group, UpdateOutcome problem, TimeSpan coolDown, RunJournal journal, PipelineResult result)
    {
        var failed = new RunProblem(group, problem);
        desk.RecordFailure(failed.Source, problem, coolDown);
        journal.Note($"Source {group}: {problem.ReasonWord()}: {problem.Describe()}");
        result.Problems.Add(failed);
    }

    /// <summary>Every file of every unchanged package is compared with its digest before it is compiled again.</summary>
    private async Task<List<IncomingPackage>> ReopenAsync(
        GenerationRecord? basis, ReleaseChoice choice, SourceRound round, string staging, RunJournal journal, CancellationToken cancellationToken)
    {
        var packages = new List<IncomingPackage>();
        foreach (var facts in basis?.Packages ?? [])
        {
            var package = await IncomingPackage.TryReopenAsync(store.PackageFolderOf(facts.Archive), facts.Archive, cancellationToken)
                ?? await FetchAgainAsync(facts, round, staging, journal, cancellationToken);
            if (package is not null)
            {
                packages.Add(package);
            }
            else if (!choice.Wanted.Any(wanted => wanted.Target.Id.Name == facts.Id.Name))
            {
                throw new UpdateFailedException(
                    FailureReason.Storage, $"The stored package {facts.Id} is damaged and no source offers it any more.");
            }
        }

        return packages;
    }

    private async Task<IncomingPackage?> FetchAgainAsync(
        GenerationPackage facts, SourceRound round, string staging, RunJournal journal, CancellationToken cancellationToken)
    {
        var offer = round.Offers.FirstOrDefault(offer => offer.Source == facts.Source);
        var target = offer?.View.AllPackages.FirstOrDefault(package => package.Sha256 == facts.Archive);
        if (target is null)
        {
            return null;
        }

        journal.Note($"The stored package {facts.Id} is damaged and is fetched again.");
        try
        {
            return await intake.ObtainAsync(
                new WantedRelease(facts.Source, target), round.Fresh.GetValueOrDefault(facts.Source), null, staging, journal, cancellationToken);
        }
        catch (SourceException e)
        {
            journal.Note($"{facts.Id} could not be fetched again: {e.Message}");
            return null;
        }
    }

    private void CleanUp(string staging)
    {
        try
        {
            DropFolder.GiveBack(staging, folders.Incoming);
            FolderTree.Delete(staging);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.CleanUpFailed("staging", e.Message);
        }
    }
}
