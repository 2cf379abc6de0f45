using Engine.Images;
using Updater.Catalog;
using Updater.Configuration;
using Updater.Status;
using Updater.Store;

namespace Updater.Hosting;

/// <summary>The status of a data folder that no service owns, from its files: nothing is changed or repaired.</summary>
internal static class OfflineStatus
{
    /// <param name="catalog">Null when it may not be opened: then runs and sources are unknown.</param>
    public static DefinitionsStatus Read(
        DataFolders folders, GenerationStore store, UpdateCatalog? catalog, UpdatesOptions options, DateTimeOffset now)
    {
        var runs = catalog?.Runs(UpdateCatalog.MaxRuns) ?? [];
        var last = runs.FirstOrDefault(run => run.HasEnded);
        var choice = OperatorChoice.Read(folders);
        var active = new ActivePointer(folders);
        var pointer = active.Read();
        var record = pointer is null ? null : store.Find(pointer.FolderName);
        var damage = record is null ? null : DamageOf(store, record);
        var activations = catalog?.Activations();
        var status = new DefinitionsStatus
        {
            Active = record is null ? null : StateRules.Describe(
                record, activations is not null && activations.TryGetValue(record.Id.ToString(), out var at) ? at : null),
            Damage = active.Damage ?? (pointer is not null && record is null ? ActivePointer.Dangling(pointer) : null),
            LastAttempt = runs.Count > 0 ? runs[0].Started : null,

            // A catalog that was lost does not make definitions old: the run that made them succeeded.
            LastSuccess = runs.FirstOrDefault(run => run.IsSuccess)?.Finished ?? record?.Created,
            LastFailureReason = last is { FailureReason.Length: > 0 } ? last.FailureReason : null,
            LastFailureMessage = last is { FailureReason.Length: > 0 } ? last.FailureMessage : null,
            HoldUntil = choice.IsHolding(now) ? choice.HoldUntil : null,
            Pinned = choice.Pinned,
            IsRolledBack = choice.KeepsOlder(record, pointer?.HighestActivated, now),
            IsNewerKnown = last?.Outcome == "held",
            Sources = catalog?.Sources() ?? [],
            StaleAfter = options.Interval > TimeSpan.Zero ? options.Interval * 2 : TimeSpan.FromDays(3),
            KeptGenerations = store.List().Count,
        };
        if (damage is not null)
        {
            status = status with
            {
                Active = null,
                LastFailureReason = "image_damaged",
                LastFailureMessage = $"Generation {record!.Id} cannot be used: {damage} Run: updater update",
            };
        }

        return status with { State = StateRules.Evaluate(status, now) };
    }

    /// <summary>Definitions that no scan would open are none, whatever the pointer says.</summary>
    private static string? DamageOf(GenerationStore store, GenerationRecord record)
    {
        try
        {
            using var stored = StoredGeneration.OpenUnchanged(store, record);
            return null;
        }
        catch (Exception e) when (e is ImageException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
