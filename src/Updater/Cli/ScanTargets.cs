using Updater.Hosting;

namespace Updater.Cli;

/// <summary>One thing to scan, in the order of the output.</summary>
/// <param name="Path">As shown.</param>
/// <param name="Fault">Text when there is nothing to scan, such as a missing path.</param>
internal sealed record ScanTarget(string Path, bool IsStandardInput = false, string? Fault = null);

/// <summary>
/// Turns the paths of the command line into files: folders are walked in ordinal order, links met on the way are left
/// out, a link named on the command line is followed.
/// </summary>
internal sealed class ScanTargets(IReadOnlyList<string> paths)
{
    /// <summary>How standard input is called (clamav-formats.md §6.5).</summary>
    public const string StandardInput = "stdin";

    /// <summary>Why a file is not scanned whose name cannot be written down.</summary>
    public const string NameNotText = "The name is not UTF-8";

    private const int MaxFolderDepth = 256;

    /// <summary>Folders entered so far.</summary>
    public int Folders { get; private set; }

    public IEnumerable<ScanTarget> All() => paths.SelectMany(path =>
        path == "-" ? [new ScanTarget(StandardInput, IsStandardInput: true)]
        : !FileScan.IsText(path) ? [new ScanTarget(path, Fault: NameNotText)]
        : Directory.Exists(path) ? Walk(path)
        : File.Exists(path) ? [new ScanTarget(path)]
        : [new ScanTarget(path, Fault: "No such file or directory")]);

    private IEnumerable<ScanTarget> Walk(string folder)
    {
        foreach (var entry in FolderWalk.Walk(folder, MaxFolderDepth))
        {
            switch (entry.Kind)
            {
                case WalkKind.File:
                    yield return new ScanTarget(entry.Path);
                    break;
                case WalkKind.Folder:
                    Folders++;
                    break;
                case WalkKind.UnreadableFolder:
                    yield return new ScanTarget(entry.Path, Fault: "Can't open directory");
                    break;
                case WalkKind.TooDeep:
                    yield return new ScanTarget(entry.Path, Fault: "Folder is nested too deep");
                    break;
                case WalkKind.Link:
                    break;
            }
        }
    }
}
