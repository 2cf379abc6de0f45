using Updater.Status;
using Updater.Store;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// A configured source as the pipeline sees it, whatever its kind: it offers packages with length and digest, and
/// delivers them. One caller at a time.
/// </summary>
internal interface IPackageSource
{
    /// <summary>True: a forced run asks although a cool-down stands. Servers of others are never asked so.</summary>
    bool MayForceCoolDown { get; }

    /// <summary>Every server of the source, when it has several that are kept apart; else empty.</summary>
    IReadOnlyList<MirrorStatus> Mirrors { get; }

    /// <summary>Asks the source; persists what was accepted.</summary>
    /// <exception cref="Definitions.RefusedException">What it sent broke a rule.</exception>
    /// <exception cref="SourceException">It could not deliver.</exception>
    /// <exception cref="UpdateFailedException">This machine could not: no space.</exception>
    Task<ChannelView> RefreshAsync(SourceContext context, CancellationToken cancellationToken);

    /// <summary>What was offered when it was last accepted, from disk alone; null = nothing usable is stored.</summary>
    Task<ChannelView?> LoadTrustedAsync(CancellationToken cancellationToken);

    /// <summary>Puts an offered package into a file, which exists afterwards only if length and digest fit.</summary>
    /// <returns>Bytes that were transferred for it now.</returns>
    /// <exception cref="Definitions.RefusedException">Its bytes are not those that were offered.</exception>
    /// <exception cref="SourceException">It could not be delivered.</exception>
    Task<long> DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken);
}

/// <summary>What a source may use during one run.</summary>
/// <param name="StagingFolder">The run's own; swept at its end.</param>
internal sealed record SourceContext(
    RunJournal Journal, string StagingFolder, DataFolders Folders, GenerationStore Store, FreeSpace FreeSpace)
{
    /// <summary>What else went wrong when a source throws for the first of several parts. The desk's; cleared for each source.</summary>
    public List<OfferProblem> OtherProblems { get; } = [];

    public bool IsForced => Journal.Run.Request.Force;
}
