using Updater.Catalog;
using Updater.Configuration;
using Updater.Status;
using Updater.Store;

namespace Updater.Hosting;

/// <summary>The status of a data folder that no service owns, from its files: nothing is changed, opened or repaired.</summary>
internal static class OfflineStatus
{
    public static DefinitionsStatus Read(
        DataFolders folders, GenerationStore store, UpdateCatalog? catalog, UpdatesOptions options, TimeProvider time)
    {
        var runs = catalog?.Runs(UpdateCatalog.MaxRuns) ?? [];
        var last = runs.Count > 0 ? runs[0] : null;
        var status = new DefinitionsStatus
        {
            LastAttempt = last?.Started,
            LastSuccess = runs.FirstOrDefault(r => r.Outcome is "activated" or "already_current")?.Finished,
            LastFailureReason = last is { Reason.Length: > 0 } ? last.Reason : null,
            LastFailureMessage = last is { Reason.Length: > 0 } ? last.Message : null,
            HoldUntil = OperatorChoice.Read(folders).HoldUntil is { } until && until > time.GetUtcNow() ? until : null,
            Sources = catalog?.Sources() ?? [],
        };
        var record = new ActivePointer(folders).Read() is { } pointer ? store.Find(pointer.FolderName) : null;
        if (record is null)
        {
            return status;
        }

        var activated = catalog is not null && catalog.Activations().TryGetValue(record.Id.ToString(), out var at) ? at : record.Created;
        var active = new ActiveGeneration(
            record.Id,
            record.Version,
            new DateTimeOffset(record.Version.Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            activated,
            record.Signatures,
            [.. record.Packages.Select(p => new ActivePackage(p.Id.Name, p.Id.Version, p.Sequence, p.Signatures, p.Source))]);
        return status with { Active = active, State = State(status, active, options, time) };
    }

    private static DefinitionsState State(DefinitionsStatus status, ActiveGeneration active, UpdatesOptions options, TimeProvider time) =>
        status.HoldUntil is not null ? DefinitionsState.RolledBack
        : status.LastFailureReason is not null ? DefinitionsState.UpdateFailed
        : options.Interval > TimeSpan.Zero && time.GetUtcNow() - (status.LastSuccess ?? active.ActivatedAt) > 2 * options.Interval
            ? DefinitionsState.OutOfDate
            : DefinitionsState.UpToDate;
}
