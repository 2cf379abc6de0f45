using System.Globalization;
using Definitions;

namespace Updater.Store;

/// <summary>
/// <c>quarantine/TIME-NAME/</c>: a refused package, or what there is of it, and <c>reason.json</c>. Kept for people to
/// look at and so that the same bytes are not fetched again and again; the oldest entries make room for new ones.
/// </summary>
internal sealed class Quarantine(DataFolders folders, TimeProvider time)
{
    /// <summary>Entries kept.</summary>
    public const int MaxEntries = 20;

    /// <summary>Larger packages are described, not kept: refused bytes may not fill the volume that updates need.</summary>
    public const long MaxPackageBytes = 268_435_456;

    private const int MaxReasonBytes = 65_536;

    /// <summary>How long a refusal of the same bytes stands before they are tried again.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <summary>Moves the file or folder in, or deletes it when it is too large, and writes the reason.</summary>
    /// <param name="name">Package or file name; only letters, digits, <c>.-_</c> of it are used.</param>
    /// <param name="path">A file or folder on the same volume; null when nothing was kept.</param>
    /// <param name="digest">The refused archive's signed digest, where known.</param>
    /// <returns>The entry's folder.</returns>
    /// <exception cref="IOException">The entry could not be made.</exception>
    public async Task<string> AddAsync(
        string name, string? path, RefusalReason reason, string message, string source, Digest? digest, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var folder = NewFolder(now, name);
        if (path is not null)
        {
            TakeIn(path, folder);
        }

        await AtomicFile.WriteAsync(Path.Combine(folder, "reason.json"), JsonText.Write(json =>
        {
            json.WriteString("reason", reason.ToWord());
            json.WriteString("message", message);
            json.WriteString("source", source);
            json.WriteString("name", name);
            json.WriteString("time", now);
            if (digest is { } known)
            {
                json.WriteString("archive", known.ToString());
            }
        }), cancellationToken);
        Trim();
        return folder;
    }

    /// <summary>The newest refusal of this archive that still stands, or null.</summary>
    /// <remarks>
    /// Reasons that lie in this machine and not in the bytes (clock, engine version, a trial load that ran out of
    /// time) or in what else is in the set are not remembered; nor are bytes that were not the signed ones: a mirror may be whole in a minute.
    /// </remarks>
    public QuarantineEntry? FindStanding(Digest archive) => List().FirstOrDefault(entry =>
        entry.Archive == archive
        && entry.Time > time.GetUtcNow() - Remembered
        && entry.ParsedReason is { } reason
        && reason is not (RefusalReason.VersionFuture or RefusalReason.EngineTooOld
            or RefusalReason.TrialLoadFailed or RefusalReason.SequenceRollback or RefusalReason.NoSignatures
            or RefusalReason.PackageDigest or RefusalReason.PackageTruncated
            or RefusalReason.PackageTooLong or RefusalReason.PackageUnknown));

    /// <summary>Newest first; folders without a readable reason are left out.</summary>
    public IReadOnlyList<QuarantineEntry> List() =>
        !Directory.Exists(folders.Quarantine) ? [] : [.. Directory.EnumerateDirectories(folders.Quarantine)
            .OrderDescending(StringComparer.Ordinal)
            .Select(ReadEntry)
            .OfType<QuarantineEntry>()];

    private static QuarantineEntry? ReadEntry(string folder)
    {
        var text = JsonText.TryReadFile(Path.Combine(folder, "reason.json"), MaxReasonBytes);
        return text is null ? null : JsonText.TryRead(text, root => new QuarantineEntry(
            folder,
            root.GetProperty("reason").GetString() ?? "",
            root.GetProperty("message").GetString() ?? "",
            root.GetProperty("source").GetString() ?? "",
            root.GetProperty("name").GetString() ?? "",
            root.GetProperty("time").GetDateTimeOffset(),
            root.TryGetProperty("archive", out _) ? JsonText.Digest(root, "archive") : null));
    }

    private static void TakeIn(string path, string folder)
    {
        if (Directory.Exists(path))
        {
            if (FolderTree.Bytes(path) <= MaxPackageBytes)
            {
                Directory.Move(path, Path.Combine(folder, "package"));
            }
            else
            {
                FolderTree.Delete(path);
            }
        }
        else if (File.Exists(path))
        {
            if (new FileInfo(path).Length <= MaxPackageBytes)
            {
                File.Move(path, Path.Combine(folder, "package" + Path.GetExtension(path)));
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    private string NewFolder(DateTimeOffset now, string name)
    {
        var safe = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_').Take(80)]);
        var stem = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'.'fff}-{safe}");
        for (var attempt = 0; ; attempt++)
        {
            var folder = Path.Combine(
                folders.Quarantine, attempt == 0 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}.{attempt}"));
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                return folder;
            }
        }
    }

    private void Trim()
    {
        foreach (var old in Directory.EnumerateDirectories(folders.Quarantine)
            .OrderDescending(StringComparer.Ordinal).Skip(MaxEntries).ToList())
        {
            FolderTree.Delete(old);
        }
    }
}

/// <summary>One refused package.</summary>
/// <param name="Reason">The stable word.</param>
/// <param name="Archive">Signed digest of the archive, where known.</param>
internal sealed record QuarantineEntry(
    string Folder, string Reason, string Message, string Source, string Name, DateTimeOffset Time, Digest? Archive)
{
    /// <summary>Null for a word that this program does not know.</summary>
    public RefusalReason? ParsedReason => ReasonWords.TryParse<RefusalReason>(Reason, out var reason) ? reason : null;
}
