using System.Globalization;
using System.Text;
using Definitions;

namespace Updater.Store;

/// <summary>
/// <c>generations/current</c>: the name of the active generation's folder, and on a second line the highest number that
/// was ever active. The only truth about what is active; replaced by write, flush, rename, flush of the folder, so that
/// a crash leaves the old or the new one (M-213).
/// </summary>
internal sealed class ActivePointer(DataFolders folders)
{
    /// <summary>A name has at most 19 digits, a dash and 16 digits; a second number follows.</summary>
    private const int MaxBytes = 128;

    private string FilePath => Path.Combine(folders.Generations, "current");

    /// <summary>Null when the file is missing or damaged.</summary>
    public PointerContent? Read()
    {
        var text = JsonText.TryReadFile(FilePath, MaxBytes);
        var lines = text is null ? [] : Encoding.ASCII.GetString(text).Split('\n');
        return lines is [var name, var highest, ""]
            && IsFolderName(name)
            && long.TryParse(highest, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new PointerContent(name, number)
            : null;
    }

    /// <summary>
    /// What to tell when the file is there, or may be, but of no use to this user; null when it is whole or there is none
    /// yet.
    /// </summary>
    public string? Damage
    {
        get
        {
            try
            {
                RequireAccess();
            }
            catch (UnauthorizedAccessException e)
            {
                return $"{e.Message} Run as the user who owns the data folder, or choose another with --data.";
            }

            return File.Exists(FilePath) && Read() is null
                ? "generations/current is damaged; run: updater update (repairs it)"
                : null;
        }
    }

    /// <summary>What this user may not look at is not "nothing there".</summary>
    /// <exception cref="UnauthorizedAccessException">The file, or a folder above it, may not be read.</exception>
    public void RequireAccess()
    {
        try
        {
            File.OpenHandle(FilePath, share: FileShare.ReadWrite | FileShare.Delete).Dispose();
        }
        catch (IOException)
        {
            // Missing, or an error of the disk: the reader of its content says which.
        }
    }

    /// <summary>What to tell when the generation that the pointer names is not there or has no readable record.</summary>
    public static string Dangling(PointerContent pointer) =>
        $"generations/{pointer.FolderName} is missing or damaged; run: updater update (repairs it)";

    /// <exception cref="IOException">It could not be written; the old one is still whole.</exception>
    public Task WriteAsync(GenerationId generation, CancellationToken cancellationToken)
    {
        var highest = Math.Max(Read()?.HighestActivated ?? 0, generation.Number);
        var text = string.Create(CultureInfo.InvariantCulture, $"{generation}\n{highest}\n");
        return AtomicFile.WriteAsync(FilePath, Encoding.ASCII.GetBytes(text), cancellationToken);
    }

    /// <summary>Puts back what was there before an activation that failed half-way.</summary>
    public Task RestoreAsync(PointerContent? before, CancellationToken cancellationToken)
    {
        if (before is null)
        {
            File.Delete(FilePath);
            AtomicFile.FlushFolder(folders.Generations);
            return Task.CompletedTask;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{before.FolderName}\n{before.HighestActivated}\n");
        return AtomicFile.WriteAsync(FilePath, Encoding.ASCII.GetBytes(text), cancellationToken);
    }

    /// <summary>Digits, a dash, 16 lower-case hex digits: nothing that could leave the folder.</summary>
    public static bool IsFolderName(string name) =>
        GenerationId.TryParseNumber(name, out _)
        && name.Length - name.IndexOf('-', StringComparison.Ordinal) == 17
        && name[^16..].All(char.IsAsciiHexDigitLower);
}

/// <param name="FolderName">The active generation's folder.</param>
/// <param name="HighestActivated">Generations with a higher number were installed, but never active.</param>
internal sealed record PointerContent(string FolderName, long HighestActivated);
