using Definitions;
using Updater.Sources;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// Matches what an operator dropped into <c>incoming/</c> with what the sources' trusted metadata names: length and
/// SHA-256. A match enters like a download; everything else goes to quarantine with its reason (M-209, M-210).
/// </summary>
internal sealed class DroppedPackages(DataFolders folders, DropFolder drops, Quarantine quarantine)
{
    /// <summary>Looks at everything that is complete now.</summary>
    public async Task<Matches> OpenAsync(SourceRound round, RunJournal journal, CancellationToken cancellationToken)
    {
        await QuarantineForeignFoldersAsync(journal, cancellationToken);
        if (journal.Run.Request.Trigger == UpdateTrigger.Command)
        {
            await drops.SettleAsync(cancellationToken);
        }

        foreach (var file in drops.ListUnsettled())
        {
            journal.Note($"{Path.GetFileName(file)} in incoming is still being written; a later run looks at it.");
        }

        var found = new Dictionary<Digest, string>();
        foreach (var file in drops.List())
        {
            var digest = await DropFolder.DigestOfAsync(file, cancellationToken);
            var length = new FileInfo(file).Length;
            if (round.Offers.Any(offer => offer.View.Find(digest, length) is not null))
            {
                if (!found.TryAdd(digest, file))
                {
                    File.Delete(file);
                }
            }
            else if (round.Silent.Count > 0)
            {
                // A source that was never reached may yet name it.
                journal.Note($"{Path.GetFileName(file)} in incoming waits: no known source names it, and {string.Join(", ", round.Silent)} did not answer.");
            }
            else
            {
                await RefuseAsync(file, RefusalReason.PackageUnknown, "No source's trusted metadata names this file.", journal, cancellationToken);
            }
        }

        return new Matches(found, journal);
    }

    /// <summary>Removes this program's own entries of releases that were replaced before they were used.</summary>
    public void RemoveStaleEntries(SourceRound round, Func<Digest, bool> isUseful, RunJournal journal)
    {
        foreach (var folder in Directory.EnumerateDirectories(folders.Incoming).ToList())
        {
            if (PackageFolder.ReadMarker(folder) is { } facts && !round.Silent.Contains(facts.Source) && !isUseful(facts.Archive))
            {
                FolderTree.Delete(folder);
                journal.Note($"{Path.GetFileName(folder)} in incoming is no longer wanted and was removed.");
            }
        }
    }

    /// <summary>Folders that are not this program's own entries.</summary>
    private async Task QuarantineForeignFoldersAsync(RunJournal journal, CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.EnumerateDirectories(folders.Incoming).ToList())
        {
            var facts = PackageFolder.ReadMarker(folder);
            var isOwn = facts is not null && Path.GetFileName(folder) == PackageFolder.EntryName(facts.Id, facts.Archive);
            if (!isOwn && !DropFolder.IsUnfinishedName(Path.GetFileName(folder)))
            {
                await RefuseAsync(
                    folder, RefusalReason.PackageUnknown, "A folder in incoming that is not a complete package.", journal, cancellationToken);
            }
        }
    }

    private async Task RefuseAsync(
        string path, RefusalReason reason, string message, RunJournal journal, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        await quarantine.AddAsync(name, path, reason, message, "incoming", null, cancellationToken);
        journal.Note($"{name} in incoming was refused: {reason.ToWord()}: {message}");
    }

    /// <summary>Dropped files that the metadata names.</summary>
    internal sealed class Matches(Dictionary<Digest, string> files, RunJournal journal)
    {
        /// <summary>The dropped file with this target's bytes; null when there is none. Each is given once.</summary>
        public string? Take(ChannelPackage target) => files.Remove(target.Sha256, out var file) ? file : null;

        /// <summary>Removes what is active already or older; what is wanted or held stays for a later run.</summary>
        public void RemoveUseless(Func<Digest, bool> isUseful)
        {
            foreach (var (digest, file) in files.Where(pair => !isUseful(pair.Key)).ToList())
            {
                files.Remove(digest);
                File.Delete(file);
                journal.Note($"{Path.GetFileName(file)} in incoming is not newer than what is active and was removed.");
            }
        }
    }
}
