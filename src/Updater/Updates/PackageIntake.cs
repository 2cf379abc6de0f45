using System.Globalization;
using Definitions;
using Updater.Sources;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Updates;

/// <summary>
/// Gets one wanted release to <c>incoming/</c> or finds it where it already lies: in the store, in <c>incoming/</c>
/// from an earlier run, in the operator's hands, else at its source. Whatever the way, the bytes are compared with the
/// digest that the trusted metadata signs.
/// </summary>
internal sealed class PackageIntake(
    DataFolders folders,
    GenerationStore store,
    Quarantine quarantine,
    FreeSpace freeSpace,
    TimeProvider time,
    ILogger<PackageIntake> logger)
{
    /// <param name="client">Null when the source was not asked in this run: then only what is here already counts.</param>
    /// <param name="droppedFile">A file that an operator put into <c>incoming/</c> with this digest, or null.</param>
    /// <returns>Null when the package is not here and may not be fetched.</returns>
    /// <exception cref="RefusedException">The bytes broke a rule; they lie in quarantine.</exception>
    /// <exception cref="SourceException">The source could not deliver.</exception>
    /// <exception cref="UpdateFailedException">Not enough free space.</exception>
    public async Task<IncomingPackage?> ObtainAsync(
        WantedRelease wanted, IPackageSource? client, string? droppedFile, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        var target = wanted.Target;
        DemandNotRefusedBefore(target, journal.Run.Request.Force);
        if (await FindHereAsync(target, cancellationToken) is { } here)
        {
            journal.Note($"{target.Id} is here already.");
            return here;
        }

        if (client is null && droppedFile is null)
        {
            return null;
        }

        Download? download = null;
        try
        {
            download = await ReceiveAsync(wanted, client, droppedFile, stagingFolder, journal, cancellationToken);
            journal.Enter(UpdateStage.Verifying, target.Id.ToString(), target.Length);
            var verified = await VerifiedPackage.CheckAsync(download, time.GetUtcNow(), cancellationToken);
            freeSpace.Demand(folders, FreeSpace.Need(0, target.UnpackedBytes, 0), $"Unpacking {target.Id}");
            journal.Enter(UpdateStage.Unpacking, target.Id.ToString(), target.UnpackedBytes);
            var package = await IncomingPackage.UnpackAsync(verified, folders, stagingFolder, journal, cancellationToken);
            journal.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Id} was verified and unpacked: {target.Length} bytes packed, {target.UnpackedBytes} unpacked."));
            return package;
        }
        catch (RefusedException e)
        {
            await RefuseAsync(wanted, download?.Path, e.Reason, e.Message, cancellationToken);
            throw;
        }
        catch (IOException e) when (DiskFull.Is(e) || freeSpace.Available(folders.Staging) < target.Length + target.UnpackedBytes)
        {
            // A reservation that fails carries no error number: the free space tells what it was.
            throw new UpdateFailedException(FailureReason.DiskSpace, $"No space for {target.Id}: {e.Message}", e);
        }
    }

    /// <summary>Puts a package and the reason into quarantine.</summary>
    public async Task RefuseAsync(
        WantedRelease wanted, string? path, RefusalReason reason, string message, CancellationToken cancellationToken)
    {
        logger.PackageRefused(wanted.Target.Id.ToString(), wanted.Source, reason.ToWord(), message);
        await quarantine.AddAsync(
            wanted.Target.Id.ToString(), path, reason, message, wanted.Source, wanted.Target.Sha256, cancellationToken);
    }

    private async Task<Download> ReceiveAsync(
        WantedRelease wanted, IPackageSource? client, string? droppedFile, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        var target = wanted.Target;
        if (droppedFile is not null)
        {
            journal.Note($"{target.Id} was dropped into incoming as {Path.GetFileName(droppedFile)}.");
            return Download.TakeDropped(wanted.Source, target, droppedFile, stagingFolder);
        }

        freeSpace.Demand(folders, FreeSpace.Need(target.Length, target.UnpackedBytes, 0), $"Downloading {target.Id}");
        journal.Enter(UpdateStage.Downloading, target.Id.ToString(), target.Length);
        return await Download.FetchAsync(wanted.Source, client!, target, stagingFolder, journal, cancellationToken);
    }

    private async Task<IncomingPackage?> FindHereAsync(ChannelPackage target, CancellationToken cancellationToken)
    {
        var entry = Path.Combine(folders.Incoming, PackageFolder.EntryName(target.Id, target.Sha256));
        var package = await IncomingPackage.TryReopenAsync(store.PackageFolderOf(target.Sha256), target.Sha256, cancellationToken)
            ?? await IncomingPackage.TryReopenAsync(entry, target.Sha256, cancellationToken);
        if (package?.Manifest is { } manifest)
        {
            Gates.PackageRules.CheckManifest(manifest, target);
        }

        return package;
    }

    private void DemandNotRefusedBefore(ChannelPackage target, bool force)
    {
        if (force || quarantine.FindStanding(target.Sha256) is not { } entry)
        {
            return;
        }

        throw new RefusedException(
            entry.ParsedReason!.Value, $"{target.Id} was refused at {IsoTimes.Text(entry.Time)} and has not changed since: {entry.Message} A forced update tries it again.");
    }
}
