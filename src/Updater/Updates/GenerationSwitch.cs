using System.Diagnostics;
using Definitions;
using Engine.Images;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// The one place where the active generation changes: installing what an update made, and going back to a kept one.
/// One change at a time; the order is always image open, pointer, swap, so that disk and memory agree.
/// </summary>
internal sealed class GenerationSwitch(
    DataFolders folders, GenerationStore store, ActivePointer pointer, ActiveImage active, ILogger<GenerationSwitch> logger)
    : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile GenerationRecord? _current;

    /// <summary>The active generation; null = no definitions.</summary>
    public GenerationRecord? Current => _current;

    public void Dispose() => _gate.Dispose();

    /// <summary>Makes what recovery found the active one: the pointer says so already.</summary>
    public void Resume(StoredGeneration generation)
    {
        generation.Prepare();
        generation.SwapInto(active);
        _current = generation.Record;
    }

    /// <summary>Installs and activates; whatever fails, the old generation serves and nothing of the new one stays.</summary>
    /// <returns>How long the swap of the reference took.</returns>
    /// <exception cref="UpdateHeldException">The operator chose another generation since the run began.</exception>
    public async Task<TimeSpan> ActivateAsync(
        ApprovedGeneration approved, FreeSpace freeSpace, RunJournal journal, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_current?.Id.Number != approved.Record.Previous)
            {
                throw new UpdateHeldException("The generation was changed by hand while this update ran; nothing was activated.");
            }

            var id = approved.Record.Id;
            journal.Enter(UpdateStage.Installing, id.ToString());
            freeSpace.Demand(folders, ActivationBytes, "Activating");
            var before = pointer.Read();
            try
            {
                using var stored = await store.InstallAsync(approved, cancellationToken);
                stored.Prepare();
                journal.Enter(UpdateStage.Activating, id.ToString());

                // From here on a shutdown waits: it is a matter of milliseconds.
                await pointer.WriteAsync(id, CancellationToken.None);
                journal.Enter(UpdateStage.Swapping, id.ToString());
                return Swap(stored);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ImageException or OperationCanceledException)
            {
                await UndoAsync(id, before);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Goes to a kept generation. The caller has written the operator's choice that explains it.</summary>
    /// <exception cref="ImageException">Its image cannot serve; nothing was changed.</exception>
    public async Task<TimeSpan> SelectAsync(
        GenerationRecord target, Func<GenerationRecord?, Task> beforePointer, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            using var stored = StoredGeneration.OpenVerified(store, target);
            stored.Prepare();
            await beforePointer(_current);
            await pointer.WriteAsync(target.Id, CancellationToken.None);
            return Swap(stored);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The record, the pointer's text and some folder entries.</summary>
    private const long ActivationBytes = 1_048_576;

    private TimeSpan Swap(StoredGeneration stored)
    {
        var start = Stopwatch.GetTimestamp();
        stored.SwapInto(active);
        var elapsed = Stopwatch.GetElapsedTime(start);
        _current = stored.Record;
        logger.Activated(stored.Record.Id.ToString(), stored.Record.Version.ToString(), elapsed.TotalMilliseconds);
        return elapsed;
    }

    private async Task UndoAsync(GenerationId id, PointerContent? before)
    {
        try
        {
            await pointer.RestoreAsync(before, CancellationToken.None);
            FolderTree.Delete(store.GenerationFolder(id));
            store.SweepUnreferenced();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start undoes it: the number is above the highest that was ever active, or the pointer names a
            // generation that passed every gate.
            logger.CleanUpFailed(id.ToString(), e.Message);
        }
    }
}
