using System.Collections.Frozen;
using System.Globalization;
using Definitions;
using Updater.Catalog;
using Updater.Configuration;
using Updater.Listeners.Http;
using Updater.Status;
using Updater.Store;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Hosting;

/// <summary>What runs only in the service: without them the view answers from folders and catalog alone.</summary>
internal sealed record LiveParts(UpdateCoordinator Updates, ScanSlots Slots, ScanMetrics Metrics);

/// <summary>Where history comes from: the running service's catalog, an opened one, or nothing.</summary>
internal sealed record HistoryParts(Func<int, IReadOnlyList<RunRecord>> Runs, Func<IReadOnlyDictionary<string, DateTimeOffset>> Activations)
{
    public static HistoryParts None { get; } = new(_ => [], () => FrozenDictionary<string, DateTimeOffset>.Empty);

    /// <summary>Of a catalog that this process alone has open: what is under way there, nobody works on any more.</summary>
    public static HistoryParts Of(UpdateCatalog catalog) => new(
        limit => [.. catalog.Runs(limit).Select(run => run.Close())], catalog.Activations);

    public static HistoryParts Of(UpdateService updates) => new(
        updates.Runs,
        () => updates.Generations().ToDictionary(g => g.Record.Id.ToString(), g => g.ActivatedAt, StringComparer.Ordinal));
}

/// <summary>
/// Every answer about the state of things, for HTTP and command line alike. Version, status and health read one
/// snapshot: no lock, no catalog (M-187).
/// </summary>
/// <param name="live">Null when no service runs in this process.</param>
internal sealed class ServiceView(
    StatusBoard board,
    UpdaterOptions options,
    DataFolders folders,
    GenerationStore store,
    HistoryParts history,
    LiveParts? live,
    TimeProvider time)
{
    /// <summary>Definitions older than this make <c>/healthz/fresh</c> fail: the default of <c>check --crit</c>.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromHours(72);

    public IEnumerable<string> SourceNames => options.Sources.Select(s => s.Name);

    public DefinitionsStatus Current => board.Current;

    public VersionAnswer Version() => VersionAnswer.From(board.Current, time.GetUtcNow());

    public StatusAnswer Status()
    {
        var status = board.Current;
        return new StatusAnswer(
            Version(),
            status.Active?.ActivatedAt,
            status.LastAttempt,
            status.LastSuccess,
            status.LastFailureReason,
            status.LastFailureMessage,
            status.NextRun,
            status.HoldUntil,
            status.Pinned,
            live?.Updates.Running?.Id,
            StatusAnswer.SourcesOf(status, time.GetUtcNow()),
            new DiskAnswer(folders.Root, FreeBytes(), options.Updates.MinFreeBytes),
            Scans())
        {
            Damage = status.Damage,
            LeftOut = status.Active?.LeftOut,
        };
    }

    public IReadOnlyList<GenerationAnswer> Generations()
    {
        var active = board.Current.Active?.Id;
        var activations = history.Activations();
        return [.. store.List().Select(record => new GenerationAnswer(
            record.Id.ToString(),
            record.Id.Number,
            record.Version.ToString(),
            record.Id == active,
            record.Created,
            activations.TryGetValue(record.Id.ToString(), out var at) ? at : null,
            record.Signatures,
            [.. record.Packages.Select(p => new PackageAnswer(p.Id.Name, p.Id.Version.ToString(), p.Sequence, p.Signatures, p.Source))]))];
    }

    public IReadOnlyList<RunAnswer> Runs(int limit) =>
    [
        .. history.Runs(limit).Select(r => new RunAnswer(
            r.Id, r.Trigger.ToWord(), r.Started, r.Finished, r.Outcome, r.Reason, r.Message, r.Generation, r.Version, r.DownloadedBytes)
        {
            Problems = [.. r.Problems.Select(RunProblemAnswer.From)],
        }),
    ];

    public IReadOnlyList<EngineAnswer> Engines() =>
    [
        new EngineAnswer(
            Engine.ScanEngine.Name,
            EngineVersion.Current.ToString(),
            EngineVersion.Decomposer.ToString(),
            board.Current.Active is not null,
            [.. options.Engine.Profiles.OrderBy(p => p.Key, StringComparer.Ordinal).Select(Profile)]),
    ];

    /// <summary>The monitoring line with given thresholds.</summary>
    public CheckAnswer Check(TimeSpan warn, TimeSpan critical)
    {
        var finding = FreshnessCheck.Evaluate(board.Current, warn, critical, time.GetUtcNow());
        return new CheckAnswer(finding.Level.ToWord(), (int)finding.Level, finding.Line);
    }

    /// <summary>Why no scan can be answered now; empty = ready.</summary>
    public IReadOnlyList<string> UnreadyReasons() => board.Current.Active is null ? ["no_definitions"] : [];

    /// <summary>Why the definitions are not fresh enough; empty = fresh.</summary>
    public IReadOnlyList<string> StaleReasons()
    {
        if (board.Current.Active is not { } active)
        {
            return ["no_definitions"];
        }

        var age = time.GetUtcNow() - active.PublishedAt;
        return age <= StaleAfter
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"definitions_old: published {age.TotalHours:0} h ago, the limit is {StaleAfter.TotalHours:0} h")];
    }

    private static ProfileAnswer Profile(KeyValuePair<string, ProfileOptions> profile)
    {
        var limits = profile.Value.ToProfile(profile.Key);
        return new ProfileAnswer(
            profile.Key,
            limits.MaxExtractDepth,
            limits.MaxExtractSize,
            limits.MaxCumulativeExtractSize,
            limits.MaxExtractTime.TotalSeconds,
            limits.MaxFileCount,
            limits.FailOpen,
            profile.Value.Action.ToWord());
    }

    private ScansAnswer? Scans() => live is null
        ? null
        : new ScansAnswer(
            live.Slots.Capacity,
            live.Slots.Busy,
            live.Slots.Waiting,
            live.Metrics.Total,
            live.Metrics.Of(Engine.ScanStatus.Infected),
            live.Metrics.Total == 0 ? 0 : Math.Round(1000 * live.Metrics.Seconds / live.Metrics.Total, 3));

    private long? FreeBytes()
    {
        try
        {
            return new DriveInfo(folders.Root).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
