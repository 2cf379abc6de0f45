using System.Runtime.CompilerServices;
using Updater.Hosting;

namespace Updater.Listeners.Clamd;

/// <summary>SCAN, CONTSCAN, MULTISCAN and ALLMATCHSCAN: reply lines for a path of this machine (clamav-formats.md §5.4).</summary>
internal sealed class ClamdPathScan(ScanService scans)
{
    /// <summary>Levels of folders below the named one, as in the original.</summary>
    private const int MaxFolderDepth = 15;

    /// <summary>
    /// A file has its own line. A folder lists finds and errors only and is OK as a whole without any; SCAN and
    /// ALLMATCHSCAN stop after the first infected file.
    /// </summary>
    public async IAsyncEnumerable<string> RunAsync(
        ClamdVerb verb, string wirePath, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = WireText.ToPath(wirePath);
        if (!Directory.Exists(path))
        {
            foreach (var line in (await ScanFileAsync(path, wirePath, verb, cancellationToken)).Lines)
            {
                yield return line;
            }

            yield break;
        }

        var isWholeClean = true;
        var stopsAtFirst = verb is ClamdVerb.Scan or ClamdVerb.AllMatchScan;
        foreach (var entry in FolderWalk.Walk(path, MaxFolderDepth).Where(e => e.Kind is not (WalkKind.Folder or WalkKind.Link)))
        {
            var name = wirePath + WireText.FromText(entry.Path[path.Length..]);
            var answer = entry.Kind switch
            {
                WalkKind.UnreadableFolder => new Answer([ClamdReplies.Error(name, "File path check failure: Permission denied.")], false, false),
                WalkKind.TooDeep => new Answer([ClamdReplies.Error(name, "Folder is nested too deep")], false, false),
                _ => await ScanFileAsync(entry.Path, name, verb, cancellationToken),
            };
            if (answer.IsClean)
            {
                continue;
            }

            isWholeClean = false;
            foreach (var line in answer.Lines)
            {
                yield return line;
            }

            if (answer.IsInfected && stopsAtFirst)
            {
                yield break;
            }
        }

        if (isWholeClean)
        {
            yield return ClamdReplies.Ok(wirePath);
        }
    }

    private async Task<Answer> ScanFileAsync(string path, string name, ClamdVerb verb, CancellationToken cancellationToken)
    {
        if (!scans.HasDefinitions)
        {
            return new Answer([ClamdReplies.NoDefinitions(name)], false, false);
        }

        using var content = FileScan.TryOpen(path, out var fault);
        if (content is null)
        {
            return new Answer([ClamdReplies.Fault(name, fault)], false, false);
        }

        var allMatches = verb == ClamdVerb.AllMatchScan;
        var profile = scans.DefaultProfile;
        var result = await scans.ScanAsync(Path.GetFileName(path), content, profile, allMatches, cancellationToken);
        if (result is null)
        {
            return new Answer([ClamdReplies.Busy(name)], false, false);
        }

        var lines = ClamdReplies.ForResult(name, result, profile.Action, allMatches);
        return new Answer(lines, lines[0].EndsWith(" FOUND", StringComparison.Ordinal), lines[0] == ClamdReplies.Ok(name));
    }

    private readonly record struct Answer(IReadOnlyList<string> Lines, bool IsInfected, bool IsClean);
}
