using Engine;
using Engine.Objects;
using Updater.Hosting;

namespace Updater.Cli;

/// <summary>Scans targets in this process; safe to use from several tasks.</summary>
internal sealed class FileScanner(ScanEngine engine, ScanProfile profile, bool allMatches, string scratchFolder)
{
    /// <summary>
    /// The outcomes in the order of the targets. Small files of a batch are read before the first is scanned, so that their
    /// digests are computed side by side.
    /// </summary>
    public async Task<IReadOnlyList<ScanOutcome>> ScanAsync(IReadOnlyList<ScanTarget> targets, CancellationToken cancellationToken)
    {
        var contents = new ObjectContent?[targets.Count];
        var outcomes = new ScanOutcome[targets.Count];
        try
        {
            Open(targets, contents, outcomes);
            engine.HashAhead([.. contents.OfType<FileContent>().Where(file => targets.Count > 1 && file.TryReadAhead())]);
            for (var i = 0; i < targets.Count; i++)
            {
                if (contents[i] is { } content)
                {
                    outcomes[i] = new ScanOutcome(targets[i].Path, Scan(targets[i].Path, content, cancellationToken), null);
                    content.Dispose();
                }
                else if (targets[i].IsStandardInput)
                {
                    outcomes[i] = await ScanStandardInputAsync(targets[i], cancellationToken);
                }
            }
        }
        finally
        {
            foreach (var content in contents)
            {
                content?.Dispose();
            }
        }

        return outcomes;
    }

    /// <summary>Leaves an outcome where there is nothing to scan.</summary>
    private static void Open(IReadOnlyList<ScanTarget> targets, ObjectContent?[] contents, ScanOutcome[] outcomes)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            var target = targets[i];
            if (target.Fault is not null)
            {
                outcomes[i] = new ScanOutcome(target.Path, null, target.Fault);
            }
            else if (!target.IsStandardInput)
            {
                contents[i] = FileScan.TryOpen(target.Path, out var fault);
                outcomes[i] = new ScanOutcome(target.Path, null, Text(fault));
            }
        }
    }

    private async Task<ScanOutcome> ScanStandardInputAsync(ScanTarget target, CancellationToken cancellationToken)
    {
        await using var body = new ScanBody(scratchFolder, long.MaxValue);
        await using var input = new PatientInput();
        try
        {
            await body.TryAppendAsync(input, cancellationToken);
        }
        catch (InputException e)
        {
            return new ScanOutcome(target.Path, null, e.Message);
        }

        return new ScanOutcome(target.Path, Scan(target.Path, await body.CompleteAsync(cancellationToken), cancellationToken), null);
    }

    private ScanResult Scan(string path, ObjectContent content, CancellationToken cancellationToken) => engine.Scan(
        new ScanRequest { Name = Path.GetFileName(path), Content = content, Profile = profile, AllMatches = allMatches }, cancellationToken);

    private static string Text(FileFault fault) => fault switch
    {
        FileFault.NotFound => "No such file or directory",
        FileFault.AccessDenied => "Access denied",
        FileFault.NotRegular => "Not supported file type",
        FileFault.Unreadable => "Can't read file",
        FileFault.NameNotText => ScanTargets.NameNotText,
    };
}
