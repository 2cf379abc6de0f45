using System.Security.Cryptography;
using Definitions;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// The operator's side of <c>incoming/</c>: signed archives that were copied there by hand (M-209, M-210). Entries of
/// this program are folders; everything else that is complete is looked at.
/// </summary>
internal sealed class DropFolder(DataFolders folders, TimeProvider time)
{
    /// <summary>A file that was written to this recently is still being copied.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <summary>Complete files, oldest name first. Half-written and hidden ones are ignored.</summary>
    public IReadOnlyList<string> List() => !Directory.Exists(folders.Incoming) ? [] :
        [.. Directory.EnumerateFiles(folders.Incoming).Where(IsComplete).Order(StringComparer.Ordinal)];

    /// <summary>Files with a finished name that are not <see cref="Settled"/> yet.</summary>
    public IReadOnlyList<string> ListUnsettled() => !Directory.Exists(folders.Incoming) ? [] :
        [.. Directory.EnumerateFiles(folders.Incoming)
            .Where(file => !IsUnfinishedName(Path.GetFileName(file)) && !IsComplete(file)).Order(StringComparer.Ordinal)];

    /// <summary>Gives files that were copied a moment ago the time to settle: nobody looks again after a command.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (ListUnsettled().Count > 0)
        {
            await Task.Delay(Settled, time, cancellationToken);
        }
    }

    /// <exception cref="IOException">The file went away or cannot be read.</exception>
    public static async Task<Digest> DigestOfAsync(string file, CancellationToken cancellationToken)
    {
        await using var content = File.OpenRead(file);
        return new Digest(await SHA256.HashDataAsync(content, cancellationToken));
    }

    /// <summary>Where a dropped file lies while a run works on it.</summary>
    public static string TakenPath(string stagingFolder, string droppedFile)
    {
        var taken = Path.Combine(stagingFolder, TakenFolder);
        Directory.CreateDirectory(taken);
        return Path.Combine(taken, Path.GetFileName(droppedFile));
    }

    /// <summary>Puts dropped files that a run did not finish with back where the operator put them.</summary>
    public static void GiveBack(string stagingFolder, string incoming)
    {
        var taken = Path.Combine(stagingFolder, TakenFolder);
        if (!Directory.Exists(taken))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(taken).ToList())
        {
            File.Move(file, Path.Combine(incoming, Path.GetFileName(file)), overwrite: true);
        }
    }

    private const string TakenFolder = "dropped";

    /// <summary>True for names that a copying program uses while it works.</summary>
    public static bool IsUnfinishedName(string name) =>
        name.StartsWith('.')
        || name.EndsWith(".part", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase);

    private bool IsComplete(string file)
    {
        if (IsUnfinishedName(Path.GetFileName(file)))
        {
            return false;
        }

        // A time in the future means that one of the clocks is wrong: waiting for it would never end.
        var age = time.GetUtcNow().UtcDateTime - new FileInfo(file).LastWriteTimeUtc;
        return age.Duration() >= Settled;
    }
}
