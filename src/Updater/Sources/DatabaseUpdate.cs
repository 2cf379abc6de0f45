using System.Globalization;
using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// One database from one mirror: which version it has, and then patches or the whole file, by the table of
/// clamav-formats.md §2.6.
/// </summary>
/// <param name="known">The last accepted release; null = take whatever there is.</param>
/// <param name="work">Empty; this update's alone.</param>
/// <param name="state">Remembers what was refused.</param>
/// <param name="isLastAttempt">True: bytes that are wrong are not asked for again in this run.</param>
internal sealed class DatabaseUpdate(
    SourceOptions options,
    Mirror mirror,
    string database,
    AcceptedPackage? known,
    string work,
    SourceState state,
    bool isLastAttempt,
    SourceContext context,
    TimeProvider time)
{
    /// <summary>So many patches are more than one whole file costs; a lying header cannot ask for more.</summary>
    private const long MaxPatches = 500;

    private readonly ContainerTrust _trust = MirrorTrust.Read(options, time);

    private bool UsesPatches => options.Mirror is { UsesPatches: true, IsPrivate: false };

    /// <returns>Null when what is known is current.</returns>
    /// <param name="advertised">What DNS says; null = the mirror's own file tells.</param>
    /// <exception cref="RefusedException">Bytes that are wrong, or <see cref="RefusalReason.SequenceRollback"/>: the mirror is behind.</exception>
    /// <exception cref="SourceException">The mirror could not deliver.</exception>
    public async Task<UnpackedDatabase?> RunAsync(long? advertised, CancellationToken cancellationToken)
    {
        var wholeFile = new WholeDatabase(options, mirror, database, work, _trust, state, isLastAttempt, context, time);
        if ((advertised ?? await wholeFile.ProbeAsync(context.IsForced ? null : known?.Created, cancellationToken)) is not { } remote)
        {
            return null;
        }

        if (known is not null && remote <= known.Package.Sequence)
        {
            if (remote == known.Package.Sequence)
            {
                return null;
            }

            DemandForced(remote);
            return await wholeFile.FetchAsync(cancellationToken);
        }

        var found = await PatchAsync(remote, advertised is not null, wholeFile, cancellationToken)
            ?? await FetchWholeAsync(wholeFile, remote, cancellationToken);
        return found.Header.Version == known?.Package.Sequence ? null : found;
    }

    /// <returns>Null when the whole file is to be fetched.</returns>
    private async Task<UnpackedDatabase?> PatchAsync(
        long remote, bool isAdvertised, WholeDatabase wholeFile, CancellationToken cancellationToken)
    {
        if (!UsesPatches)
        {
            return null;
        }

        var folder = wholeFile.NewFolder();
        var basis = await StoredDatabase.OpenAsync(options.Name, database, remote, folder, _trust, context, cancellationToken);
        if (basis is null || remote - basis.Header.Version > MaxPatches)
        {
            return null;
        }

        var chain = await NewChain(basis).ApplyAsync(remote, cancellationToken);
        if (chain.IsWholeWanted)
        {
            return null;
        }

        if (chain.Applied > 0 || remote == basis.Header.Version)
        {
            return chain.Database;
        }

        // Exactly one behind what DNS says: the mirror is about to have it. A mirror whose own file is newer has that.
        if (isAdvertised && remote - basis.Header.Version == 1)
        {
            context.Journal.Note($"Mirror {mirror.Url} has no patch to {database} {remote} yet; {basis.Header.Version} stays.");
            return chain.Database;
        }

        return null;
    }

    private async Task<UnpackedDatabase> FetchWholeAsync(WholeDatabase wholeFile, long remote, CancellationToken cancellationToken)
    {
        var fetched = await wholeFile.FetchAsync(cancellationToken);
        var version = fetched.Header.Version;
        if (known is not null && version <= known.Package.Sequence)
        {
            throw new SourceException(FailureReason.SourceAnswer, string.Create(
                CultureInfo.InvariantCulture,
                $"The mirror is not in sync: {database} {remote} is advertised, {version} was served, {known.Package.Sequence} is here."));
        }

        if (version >= remote || !UsesPatches)
        {
            return fetched;
        }

        context.Journal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Mirror {mirror.Url} is not in sync: {database} {remote} is advertised, {version} was served; patches are tried."));
        return (await NewChain(fetched).ApplyAsync(Math.Min(remote, version + MaxPatches), cancellationToken)).Database;
    }

    private PatchChain NewChain(UnpackedDatabase basis) => new(options, mirror, basis, work, _trust, context);

    private void DemandForced(long remote)
    {
        if (!context.IsForced)
        {
            throw new RefusedException(RefusalReason.SequenceRollback, string.Create(
                CultureInfo.InvariantCulture,
                $"The mirror offers {database} {remote}; {known!.Package.Sequence} is here already. A forced update takes it."));
        }

        context.Journal.Note(string.Create(
            CultureInfo.InvariantCulture, $"Going back from {database} {known!.Package.Sequence} to {remote}: forced."));
    }
}
