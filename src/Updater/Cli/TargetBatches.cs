namespace Updater.Cli;

/// <summary>
/// Cuts the list of targets into the pieces that workers take. A long list goes in pieces of <see cref="MaxTargets"/>; it begins
/// with single ones, so that a short list keeps every worker busy and the first result comes soon.
/// </summary>
internal static class TargetBatches
{
    /// <summary>As many as the widest processors hash side by side.</summary>
    public const int MaxTargets = 16;

    public static IEnumerable<IReadOnlyList<ScanTarget>> Of(IEnumerable<ScanTarget> targets, int workers)
    {
        var batch = new List<ScanTarget>(MaxTargets);
        var taken = 0;
        foreach (var target in targets)
        {
            // Standard input comes when it comes: it makes nothing else wait.
            if (target.IsStandardInput && batch.Count > 0)
            {
                yield return batch;
                batch = new List<ScanTarget>(MaxTargets);
            }

            batch.Add(target);
            taken++;
            if (batch.Count >= Math.Min(MaxTargets, 1 + (taken / (4 * workers))) || target.IsStandardInput)
            {
                yield return batch;
                batch = new List<ScanTarget>(MaxTargets);
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
