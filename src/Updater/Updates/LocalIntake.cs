using Definitions;
using Updater.Configuration;
using Updater.Sources;
using Updater.Store;
using Updater.Telemetry;

namespace Updater.Updates;

/// <summary>Turns the operator's own files in <c>local/</c> into the package <c>local</c> when they changed.</summary>
internal sealed class LocalIntake(
    DataFolders folders, GenerationStore store, Quarantine quarantine, FreeSpace freeSpace, IEnumerable<SourceOptions> sources, TimeProvider time)
{
    /// <summary>Files that are named; the rest is counted.</summary>
    private const int MaxLeftOut = 20;

    /// <summary>The digest of a folder without signature files.</summary>
    public static Digest EmptyDigest { get; } = Digest.Of([]);

    /// <returns>The files when they differ from what is active and may be taken; else null.</returns>
    public async Task<LocalFileSet?> LookAsync(
        GenerationRecord? basis, OperatorChoice operatorChoice, RunJournal journal, PipelineResult result, CancellationToken cancellationToken)
    {
        var files = await LocalFileSet.ReadAsync(folders.Local, cancellationToken);
        journal.LocalLeftOut = [.. files.LeftOut.Take(MaxLeftOut).Select(line => $"local: {PlainText.Of(line)}")];
        if (files.LeftOut.Count > MaxLeftOut)
        {
            journal.LocalLeftOut = [.. journal.LocalLeftOut, $"local: And {files.LeftOut.Count - MaxLeftOut} more."];
        }

        foreach (var line in journal.LocalLeftOut)
        {
            journal.Note(line);
        }

        var active = basis?.Find(PackageId.LocalName);
        if (files.Digest == (active?.Archive ?? EmptyDigest))
        {
            return null;
        }

        files = await KeepGoodAsync(files, active, journal, result, cancellationToken);
        if (files.Digest == active?.Archive)
        {
            return null;
        }

        if (operatorChoice.FindHold(PackageId.LocalName, time.GetUtcNow())?.Archive == files.Digest)
        {
            var held = $"The files in local are held until {IsoTimes.Text(operatorChoice.HoldUntil)} after a rollback.";
            journal.Note(held);
            result.Held.Add(held);
            return null;
        }

        if (!journal.Run.Request.Force && quarantine.FindStanding(files.Digest) is { } entry)
        {
            var message = $"The files in local were refused at {IsoTimes.Text(entry.Time)} and have not changed since: {entry.Message}";
            journal.Note(message);
            result.Problems.Add(new RunProblem(PackageId.LocalName, new UpdateOutcome.Refused(entry.ParsedReason!.Value, message)));
            return null;
        }

        return files;
    }

    /// <summary>
    /// A file that held signatures and now holds none, only something else, is no version of that file: what is active of it
    /// stays, and it is told in every run until it is mended. One that never was any good is left out line by line.
    /// </summary>
    private async Task<LocalFileSet> KeepGoodAsync(
        LocalFileSet files, GenerationPackage? active, RunJournal journal, PipelineResult result, CancellationToken cancellationToken)
    {
        var kept = new List<LocalFile>();
        IncomingPackage? package = null;
        foreach (var file in active is null ? [] : files.Files.Where(file => !file.IsContainer))
        {
            if (await CustomLines.LookAsync(file.Path, cancellationToken) is not { IsAnotherFile: true, FirstFault: { } fault })
            {
                continue;
            }

            package ??= await IncomingPackage.TryReopenAsync(store.PackageFolderOf(active!.Archive), active.Archive, cancellationToken);
            var old = package?.Files.FirstOrDefault(path => Path.GetFileName(path) == file.Name);
            if (old is null || !(await CustomLines.LookAsync(old, cancellationToken)).AreAny)
            {
                continue;
            }

            kept.Add(await LocalFile.ReadAsync(old, cancellationToken));
            var message = $"{file.Name} in local holds no signature any more, so its last content stays: {fault}";
            journal.Note($"Refused: {RefusalReason.SignatureMalformed.ToWord()}: {message}");
            result.Problems.Add(new RunProblem(
                $"{PackageId.LocalName}/{file.Name}", new UpdateOutcome.Refused(RefusalReason.SignatureMalformed, message)));
        }

        return files.With(kept);
    }

    public async Task<ChangeGroup> TakeAsync(
        LocalFileSet files, string stagingFolder, RunJournal journal, CancellationToken cancellationToken)
    {
        if (files.IsEmpty)
        {
            journal.Note("The folder local holds no signature files any more: its package is left out.");
            return new ChangeGroup(PackageId.LocalName, [], [PackageId.LocalName]);
        }

        freeSpace.Demand(folders, FreeSpace.Need(0, files.Bytes, 0), "Copying the files in local");

        // Above everything that any kept generation has: a version may not come twice with different content.
        var previous = store.List().Select(record => record.Find(PackageId.LocalName)).OfType<GenerationPackage>()
            .MaxBy(package => package.Sequence);
        var package = await IncomingPackage.TakeLocalAsync(
            files, ContainerFiles.Trusting(sources, time), previous, time.GetUtcNow(), stagingFolder, cancellationToken);
        journal.Note($"The files in local changed: {package.Facts.Id} with {package.Files.Count} files.");
        return new ChangeGroup(PackageId.LocalName, [package], []);
    }
}
