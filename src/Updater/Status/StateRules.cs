using Updater.Store;

namespace Updater.Status;

/// <summary>Which state word fits (csapi.md §8). Pure: the snapshot's facts and the time decide.</summary>
internal static class StateRules
{
    /// <summary>The worst thing that an operator should know first; a running update covers the older news.</summary>
    public static DefinitionsState Evaluate(DefinitionsStatus status, DateTimeOffset now) =>
        status.Active is null ? DefinitionsState.NoDefinitions
        : status.RunningUpdate is not null ? DefinitionsState.Updating
        : status.IsRolledBack ? DefinitionsState.RolledBack
        : status.LastFailureReason is not null ? DefinitionsState.UpdateFailed
        : status.IsNewerKnown ? DefinitionsState.UpdateAvailable
        : status.LastSuccess is not { } success || now - success > status.StaleAfter ? DefinitionsState.OutOfDate
        : DefinitionsState.UpToDate;

    /// <summary>What a generation's record says, as a snapshot shows it.</summary>
    /// <param name="activatedAt">Null when only the folders are known: then its creation counts.</param>
    public static ActiveGeneration Describe(GenerationRecord record, DateTimeOffset? activatedAt) => new(
        record.Id,
        record.Version,
        PublishedAt(record),
        activatedAt ?? record.Created,
        record.Signatures,
        [.. record.Packages.Select(package =>
            new ActivePackage(package.Id.Name, package.Id.Version, package.Sequence, package.Signatures, package.Source))])
    {
        LeftOut = record.LeftOut,
    };

    /// <summary>
    /// Packages carry a date, not a time: the end of the newest signed package's day, or the generation's making when
    /// that was earlier. The operator's own files do not make old definitions young.
    /// </summary>
    private static DateTimeOffset PublishedAt(GenerationRecord record)
    {
        var newest = record.Packages.Where(package => package.IsOfficial).Select(package => package.Id.Version)
            .DefaultIfEmpty(record.Version).Max();
        var endOfDay = new DateTimeOffset(newest.Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1);
        return endOfDay < record.Created ? endOfDay : record.Created;
    }
}
