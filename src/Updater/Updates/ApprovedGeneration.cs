using Definitions;
using Updater.Gates;
using Updater.Store;

namespace Updater.Updates;

/// <summary>Evidence that a candidate passed every gate. The only thing that the store installs.</summary>
internal sealed class ApprovedGeneration
{
    private ApprovedGeneration(CandidateGeneration candidate)
    {
        Packages = candidate.Packages;
        Record = candidate.Record;
        Compiled = candidate.Compiled;
        StagingFolder = candidate.StagingFolder;
    }

    public IReadOnlyList<IncomingPackage> Packages { get; }

    public GenerationRecord Record { get; }

    /// <summary>Images that are not in the store yet.</summary>
    public IReadOnlyList<CompiledImage> Compiled { get; }

    public string StagingFolder { get; }

    /// <summary>
    /// Cheap gates first; then the trial load in a throw-away process, so that content that crashes or hangs an engine
    /// meets this process's engine only after it has failed to harm another one (M-211).
    /// </summary>
    /// <exception cref="RefusedException">A gate says no.</exception>
    public static async Task<ApprovedGeneration> ApproveAsync(
        CandidateGeneration candidate, TrialLoad trialLoad, TimeProvider time, CancellationToken cancellationToken)
    {
        SignatureCounts.Check(candidate);
        SignaturesPresent.Check(candidate);
        await trialLoad.CheckAsync(candidate, cancellationToken);
        await Task.Run(() => PositiveProbe.Check(candidate, time, cancellationToken), cancellationToken);
        return new ApprovedGeneration(candidate);
    }
}
