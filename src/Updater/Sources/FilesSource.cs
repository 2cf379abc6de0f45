using System.Globalization;
using Definitions;
using Updater.Configuration;
using Updater.Status;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>
/// A source of kind <c>files</c>: single files by address, all of them together one package of the source's name. Nobody
/// vouches for them as for a channel: their names end in <c>.UNOFFICIAL</c>, and a bad line is left out, not the set.
/// </summary>
/// <remarks>
/// A file that cannot be had keeps its last content, so that one dead server does not take the others' signatures away.
/// </remarks>
internal sealed class FilesSource(
    SourceOptions options,
    IReadOnlyList<CustomFile> files,
    SourceState state,
    TimeProvider time) : IPackageSource
{
    private readonly BuiltPackages _built = new();
    private readonly ServerList _servers = new(
        state, [.. files.Select(file => file.Server).Distinct(StringComparer.Ordinal)], time);

    public bool MayForceCoolDown => false;

    public IReadOnlyList<MirrorStatus> Mirrors => _servers.Status;

    public async Task<ChannelView> RefreshAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _built.Clear();
        var here = await StoredPackages.NewestAsync(options.Name, options.Name, long.MaxValue, context, cancellationToken);
        var work = Path.Combine(context.StagingFolder, $"files-{options.Name}");
        Directory.CreateDirectory(work);
        var round = new FilesRound(options, here, work, _servers, state, context, time);
        foreach (var file in files)
        {
            await round.TakeAsync(file, cancellationToken);
        }

        if (round.Taken.Count == 0)
        {
            context.OtherProblems.AddRange(round.Problems.Skip(1));
            throw round.FirstError ?? new SourceException(FailureReason.SourceAnswer, "No file could be had.");
        }

        var package = await OfferAsync(here, round, context, cancellationToken);
        return View([package]) with { Problems = round.Problems };
    }

    public Task<ChannelView?> LoadTrustedAsync(CancellationToken cancellationToken) =>
        Task.FromResult(state.FindPackage(options.Name) is { } accepted ? View([accepted.Package]) : null);

    public async Task<long> DownloadAsync(
        ChannelPackage package, string destinationPath, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.WaitAsync(cancellationToken);
        if (!_built.TryMove(package, destinationPath))
        {
            throw new SourceException(FailureReason.SourceAnswer, $"{package.Id} changed meanwhile; the next update takes it as it is then.");
        }

        progress?.Report(package.Length);
        return 0;
    }

    private ChannelView View(IReadOnlyList<ChannelPackage> packages) =>
        new(0, DateTimeOffset.MaxValue, packages) { CoolDownUntil = _servers.AllCoolDownUntil };

    /// <summary>The known package while its files are the same; else the next one.</summary>
    private async Task<ChannelPackage> OfferAsync(
        IncomingPackage? here, FilesRound round, SourceContext context, CancellationToken cancellationToken)
    {
        var content = BuiltPackages.ContentOf(await round.DigestsAsync(cancellationToken));
        var known = state.FindPackage(options.Name);
        if (known?.Content == content && known.Package.Sha256 == here?.Facts.Archive)
        {
            await state.AcceptAsync(known, round.Marks, cancellationToken);
            return known.Package;
        }

        // Above everything that is kept here: a version may not come twice with different content.
        var previous = StoredPackages.List(options.Name, options.Name, context).Select(item => (item.Facts.Id.Version, item.Facts.Sequence))
            .Append((known?.Package.Id.Version ?? default, known?.Package.Sequence ?? 0)).MaxBy(item => item.Item2);
        var isSame = known?.Content == content;
        var id = isSame ? known!.Package.Id : new PackageId(
            options.Name, LocalVersion.Next(previous.Item2 == 0 ? null : previous.Item1, time.GetUtcNow()));
        var package = await _built.BuildAsync(
            id, isSame ? known!.Package.Sequence : previous.Item2 + 1, isOfficial: false, round.Files, context, cancellationToken);
        await state.AcceptAsync(new AcceptedPackage(package, content, time.GetUtcNow()), round.Marks, cancellationToken);
        context.Journal.Note(string.Create(
            CultureInfo.InvariantCulture, $"Source {options.Name}: {round.Files.Count} files make {package.Id}."));
        return package;
    }
}
