using System.Globalization;
using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Updater.Configuration;
using Updater.Status;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// A source of kind <c>clamav</c>: databases of ClamAV mirrors, each a package of its own, whole or by patches
/// (clamav-formats.md §2). Everything is verified before it is packed; no server is believed.
/// </summary>
internal sealed class MirrorSource(
    SourceOptions options,
    IReadOnlyList<Mirror> mirrors,
    SourceState state,
    UpdatesOptions updates,
    TimeProvider time) : IPackageSource
{
    /// <summary>Before bytes that were damaged on their way are fetched again (clamav-formats.md §2.5).</summary>
    private static readonly TimeSpan WaitAfterDamage = TimeSpan.FromSeconds(5);

    private readonly BuiltPackages _built = new();
    private readonly ServerList _servers = new(state, [.. mirrors.Select(mirror => mirror.Url)], time);
    private SourceContext? _context;

    public bool MayForceCoolDown => false;

    public IReadOnlyList<MirrorStatus> Mirrors => _servers.Status;

    public async Task<ChannelView> RefreshAsync(SourceContext context, CancellationToken cancellationToken)
    {
        Begin(context);
        var advertised = new AdvertisedVersions(options, time, context.Journal);
        var offers = new List<ChannelPackage>();
        var problems = new List<OfferProblem>();
        Exception? first = null;
        var isAnyGood = false;
        foreach (var database in options.Mirror.Databases)
        {
            try
            {
                var version = await advertised.FindAsync(database, cancellationToken);
                var answer = await AskMirrorsAsync(database, version, state.FindPackage(database), context, cancellationToken);
                offers.Add(answer.Package);
                isAnyGood |= answer.Problem is null;
                if (answer.Problem is { } problem)
                {
                    problems.Add(new OfferProblem(database, problem));
                }
            }
            catch (Exception e) when (e is SourceException or RefusedException)
            {
                first ??= e;
                problems.Add(new OfferProblem(database, OutcomeOf(e)));
                offers.AddRange(state.FindPackage(database) is { } known ? [known.Package] : []);
            }
        }

        return first is not null && !isAnyGood ? throw first : View(offers) with { Problems = problems };
    }

    public Task<ChannelView?> LoadTrustedAsync(CancellationToken cancellationToken)
    {
        var packages = state.Packages.Select(accepted => accepted.Package)
            .Where(package => options.Mirror.Databases.Contains(package.Id.Name, StringComparer.Ordinal)).ToList();
        return Task.FromResult(packages.Count > 0 ? View(packages) : null);
    }

    /// <remarks>Usually this run has built it. Else it is known from an earlier run and gone: then it is made again.</remarks>
    public async Task<long> DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (!_built.TryMove(package, destinationPath))
        {
            var context = _context ?? throw new InvalidOperationException("Refresh the source before a download.");
            await AskMirrorsAsync(package.Id.Name, package.Sequence, known: null, context, cancellationToken);
            if (!_built.TryMove(package, destinationPath))
            {
                throw new SourceException(
                    FailureReason.SourceAnswer, $"No mirror has {package.Id} as it was before; the next update takes what there is.");
            }
        }

        progress?.Report(package.Length);
        return 0;
    }

    private static UpdateOutcome OutcomeOf(Exception problem) => problem is RefusedException refused
        ? new UpdateOutcome.Refused(refused.Reason, refused.Message)
        : new UpdateOutcome.Failed(((SourceException)problem).Reason, problem.Message);

    private void Begin(SourceContext context)
    {
        _context = context;
        _built.Clear();
        foreach (var mirror in mirrors)
        {
            mirror.IsDown = false;
        }
    }

    private ChannelView View(IReadOnlyList<ChannelPackage> packages) => new(0, DateTimeOffset.MaxValue, packages)
    {
        IsOneSet = false,
        CoolDownUntil = _servers.AllCoolDownUntil,
    };

    /// <summary>One database from the first mirror that has it whole and new enough.</summary>
    /// <param name="advertised">Null = the mirrors tell.</param>
    /// <param name="known">The last accepted release; null = fetch whatever there is.</param>
    private async Task<MirrorOffer> AskMirrorsAsync(
        string database, long? advertised, AcceptedPackage? known, SourceContext context, CancellationToken cancellationToken)
    {
        if (known is not null && advertised <= known.Package.Sequence && !context.IsForced)
        {
            return new MirrorOffer(known.Package, null);
        }

        Exception? problem = null;
        foreach (var mirror in mirrors)
        {
            try
            {
                return new MirrorOffer(await AskAsync(mirror, database, advertised, known, context, cancellationToken), null);
            }
            catch (Exception e) when (e is SourceException or RefusedException)
            {
                // Bytes that are wrong weigh more than servers that are away.
                problem = problem is RefusedException ? problem : e is RefusedException ? e : problem ?? e;
                context.Journal.Note($"Mirror {mirror.Url}, {database}: {OutcomeOf(e).ReasonWord()}: {e.Message}");
            }
        }

        return known is not null ? new MirrorOffer(known.Package, OutcomeOf(problem!)) : throw problem!;
    }

    private async Task<ChannelPackage> AskAsync(
        Mirror mirror, string database, long? advertised, AcceptedPackage? known, SourceContext context, CancellationToken cancellationToken)
    {
        if (_servers.Objection(mirror.Url) is { } objection)
        {
            throw objection;
        }

        if (mirror.IsDown)
        {
            throw new SourceException(FailureReason.SourceUnreachable, $"{mirror.Url} could not be reached a moment ago.");
        }

        try
        {
            return await RepeatDamagedAsync(mirror, database, advertised, known, context, cancellationToken);
        }
        catch (SourceException e)
        {
            mirror.IsDown = e.Reason is FailureReason.SourceUnreachable or FailureReason.Timeout;
            await _servers.TakeAsync(mirror.Url, e, cancellationToken);
            throw;
        }
    }

    private async Task<ChannelPackage> RepeatDamagedAsync(
        Mirror mirror, string database, long? advertised, AcceptedPackage? known, SourceContext context, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var work = Path.Combine(context.StagingFolder, $"mirror-{database}");
            Store.FolderTree.Delete(work);
            Directory.CreateDirectory(work);
            try
            {
                var update = new DatabaseUpdate(
                    options, mirror, database, known, work, state, isLastAttempt: attempt >= updates.Retries, context, time);
                return await update.RunAsync(advertised, cancellationToken) is { } found
                    ? await AcceptAsync(found, context, cancellationToken)
                    : known!.Package;
            }
            catch (RefusedException e) when (e.Reason is not (RefusalReason.SequenceRollback or RefusalReason.DatabaseSignature) && attempt < updates.Retries)
            {
                context.Journal.Note($"Mirror {mirror.Url}, {database}: {e.Reason.ToWord()}: {e.Message} Tried again in {WaitAfterDamage.TotalSeconds:0} s.");
                await Task.Delay(WaitAfterDamage, time, cancellationToken);
            }
        }
    }

    private async Task<ChannelPackage> AcceptAsync(UnpackedDatabase database, SourceContext context, CancellationToken cancellationToken)
    {
        var header = database.Header;
        var built = header.BuildTime ?? header.CreationTime;
        var id = new PackageId(
            database.Name,
            new DefinitionsVersion(DateOnly.FromDateTime(built.UtcDateTime), (int)Math.Min(header.Version, DefinitionsVersion.MaxRevision)));
        List<string> files = [.. database.Members.Select(member => member.Name), database.IndexName];
        var package = await _built.BuildAsync(
            id, header.Version, database.IsOfficial, [.. files.Select(name => Path.Combine(database.Folder, name))], context, cancellationToken);
        var content = BuiltPackages.ContentOf(database.Members.Select(member => (member.Name, member.Sha256)));
        await state.AcceptAsync(new AcceptedPackage(package, content, header.CreationTime), cancellationToken);
        context.Journal.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{database.Name} version {header.Version} was verified: {database.Members.Length} files, {header.SignatureCount} signatures by its own count{(database.SignerName is { } signer ? $", signed by {PlainText.Of(signer)}" : "")}."));
        return package;
    }

    private sealed record MirrorOffer(ChannelPackage Package, UpdateOutcome? Problem);
}
