using Engine.Images;

namespace Updater.Store;

/// <summary>
/// What happens before anything else in a data folder: leftovers of an ended process are swept, and the generation to
/// serve is found — the pointer's, else the newest whole one, else none (M-213, update-side.md §8.22).
/// </summary>
internal sealed class Recovery(DataFolders folders, GenerationStore store, ActivePointer pointer, ILogger<Recovery> logger)
{
    /// <summary>Makes the folders and finds the generation. The caller owns the folder and the result.</summary>
    /// <exception cref="IOException">A folder cannot be made or written.</exception>
    public async Task<RecoveredState> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in (string[])[folders.Staging, folders.Local, folders.Incoming, folders.Generations,
            folders.Quarantine, folders.Trust, folders.Logs, folders.Scratch])
        {
            Directory.CreateDirectory(folder);
        }

        var notes = new List<string>();
        foreach (var run in Directory.EnumerateDirectories(folders.Staging))
        {
            Updates.DropFolder.GiveBack(run, folders.Incoming);
        }

        Sweep(folders.Staging, notes);
        Sweep(folders.Scratch, notes);
        SweepTemporary(notes);
        var pointed = pointer.Read();
        var was = pointed?.FolderName ?? (pointer.Damage is null ? "missing" : "damaged");
        if (pointed is not null)
        {
            UndoNeverActive(pointed.HighestActivated, notes);
        }

        store.SweepUnreferenced();

#pragma warning disable CA2000 // Handed to the caller in the result.
        var generation = Choose(pointed?.FolderName, notes);
#pragma warning restore CA2000
        if (generation is not null && generation.Record.Id.ToString() != pointed?.FolderName)
        {
            await pointer.WriteAsync(generation.Record.Id, cancellationToken);
            notes.Add($"The pointer was {was}; generation {generation.Record.Id} serves.");
        }

        foreach (var note in notes)
        {
            logger.Recovered(note);
        }

        return new RecoveredState(generation, notes);
    }

    private static void Sweep(string folder, List<string> notes)
    {
        var removed = FolderTree.Clear(folder);
        if (removed > 0)
        {
            notes.Add($"Removed {removed} leftovers from {Path.GetFileName(folder)}.");
        }
    }

    /// <summary>Temporary files of an interrupted pointer or choice write; nobody else uses that suffix there.</summary>
    private void SweepTemporary(List<string> notes)
    {
        foreach (var file in Directory.EnumerateFiles(folders.Generations, "*" + AtomicFile.TemporarySuffix).ToList())
        {
            File.Delete(file);
            notes.Add($"Removed {Path.GetFileName(file)} of an interrupted write.");
        }
    }

    /// <summary>Generations that an ended process installed but did not activate: the next run makes them again.</summary>
    private void UndoNeverActive(long highestActivated, List<string> notes)
    {
        foreach (var record in store.List().Where(record => record.Id.Number > highestActivated))
        {
            FolderTree.Delete(store.GenerationFolder(record.Id));
            notes.Add($"Removed generation {record.Id}, which was installed but never active.");
        }
    }

    private StoredGeneration? Choose(string? pointed, List<string> notes)
    {
        var first = pointed is null ? null : store.Find(pointed);
        if (pointed is not null && first is null)
        {
            notes.Add($"Generation {pointed} is not there or damaged.");
        }

        foreach (var record in store.List().Where(record => record.Id != first?.Id).Prepend(first).OfType<GenerationRecord>())
        {
            try
            {
                return StoredGeneration.Open(store, record);
            }
            catch (ImageException e)
            {
                notes.Add($"Generation {record.Id} cannot serve: {e.Message}");
            }
        }

        return null;
    }
}

/// <param name="Generation">Null = no definitions.</param>
/// <param name="Notes">What was found and done, one line each; empty after a clean stop.</param>
internal sealed record RecoveredState(StoredGeneration? Generation, IReadOnlyList<string> Notes);

/// <summary>Log events of the store: ids 1100 to 1199.</summary>
internal static partial class StoreMessages
{
    [LoggerMessage(1100, LogLevel.Warning, "Recovery: {Note}")]
    public static partial void Recovered(this ILogger logger, string note);

    [LoggerMessage(1101, LogLevel.Information, "Generation {Generation} was removed: beyond the number kept")]
    public static partial void GenerationCollected(this ILogger logger, string generation);

    [LoggerMessage(1102, LogLevel.Warning, "Cleaning up {What} failed; the next start tries again: {Message}")]
    public static partial void CleanUpFailed(this ILogger logger, string what, string message);
}
