using System.Globalization;
using Definitions;
using Updater.Store;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Loads the candidate and scans its probes in a process of its own (M-211, update-side.md §8.13): content that
/// crashes, hangs or bloats an engine ends that process and is refused; the serving one never sees it.
/// </summary>
/// <param name="program">How to start this program.</param>
/// <param name="timeout">After which the child is ended and the candidate refused.</param>
internal sealed class TrialLoad(ProgramStart program, TimeSpan timeout)
{
    /// <summary>Generous: a large set loads in seconds, and a slow machine is not a bad package.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Managed heap of the child: images are mapped, so an honest load needs a small part of this.</summary>
    private const long HeapBytes = 1L << 30;

    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.TrialLoadFailed"/>, or <see cref="RefusalReason.ProbeMissed"/> when the child says so.
    /// </exception>
    public async Task CheckAsync(CandidateGeneration candidate, CancellationToken cancellationToken)
    {
        var probes = Path.Combine(candidate.StagingFolder, "probes.json");
        await AtomicFile.WriteAsync(
            probes, ProbeList.Write(candidate.Packages.SelectMany(package => package.Manifest?.Probes ?? [])), cancellationToken);
        var result = await ChildProcess.RunAsync(
            program, TrialLoadChild.ArgumentsFor(candidate, probes), new ChildLimits(timeout, HeapBytes), static _ => false, cancellationToken);
        Judge(result, candidate);
    }

    private void Judge(ChildResult? result, CandidateGeneration candidate)
    {
        if (result is null)
        {
            throw new RefusedException(RefusalReason.TrialLoadFailed, string.Create(
                CultureInfo.InvariantCulture, $"The trial process did not finish within {timeout.TotalSeconds:0} s."));
        }

        if (result.ExitCode == TrialLoadChild.Passed && result.Output.StartsWith(TrialLoadChild.PassedWord, StringComparison.Ordinal))
        {
            return;
        }

        if (result.ExitCode == TrialLoadChild.ProbeMissed)
        {
            throw new RefusedException(RefusalReason.ProbeMissed, result.Output + ProbeHint.Of(candidate, result.Output));
        }

        throw new RefusedException(RefusalReason.TrialLoadFailed, string.Create(
            CultureInfo.InvariantCulture, $"The trial process ended with status {result.ExitCode}: {result.Message}"));
    }
}
