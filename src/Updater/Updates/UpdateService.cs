using System.Diagnostics.CodeAnalysis;
using Engine.Images;
using Updater.Catalog;
using Updater.Configuration;
using Updater.Gates;
using Updater.Sources;
using Updater.Status;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// The update side of one data folder, for the service and for one-shot commands alike: recovery at start, updates,
/// rollback and pin, history. Owns the folder while it lives. Thread-safe once started.
/// </summary>
internal sealed class UpdateService : IAsyncDisposable
{
    private readonly UpdaterOptions _options;
    private readonly DataFolders _folders;
    private readonly TimeProvider _time;
    private readonly ActiveImage _active;
    private readonly ILoggerFactory _loggers;
    private readonly IReadOnlyList<(SourceOptions Options, IPackageSource Client)> _sources;
    private readonly UpdateServiceSetup _setup;
    private readonly StatusKeeper _keeper;
    private Parts? _parts;

    /// <param name="active">Receives the recovered generation at start and every later one.</param>
    /// <param name="board">Receives the status.</param>
    /// <param name="sources">In the order of the configuration; disabled ones included.</param>
    /// <param name="setup">What tests replace.</param>
    public UpdateService(
        UpdaterOptions options,
        DataFolders folders,
        TimeProvider time,
        ActiveImage active,
        StatusBoard board,
        ILoggerFactory loggers,
        IReadOnlyList<(SourceOptions Options, IPackageSource Client)> sources,
        UpdateServiceSetup? setup = null)
    {
        _options = options;
        _folders = folders;
        _time = time;
        _active = active;
        _loggers = loggers;
        _sources = sources;
        _setup = setup ?? new UpdateServiceSetup();
        _keeper = new StatusKeeper(board, time);
    }

    /// <summary>Counters for the metrics endpoint.</summary>
    public UpdateMetrics Metrics { get; } = new();

    /// <summary>Requests, joins and finds runs.</summary>
    public UpdateCoordinator Coordinator => Started.Coordinator;

    /// <summary>Rollback and pin.</summary>
    public GenerationSelection Selection => Started.Selection;

    private Parts Started => _parts ?? throw new InvalidOperationException("The update service is not started.");

    /// <summary>Takes the folder, sweeps leftovers, finds the generation to serve, opens the catalog, fills the status.</summary>
    /// <exception cref="DataFolderException">Another process owns the folder.</exception>
    /// <exception cref="IOException">The folder cannot be used; so too <see cref="UnauthorizedAccessException"/>.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "Owner and catalog live in the parts, which DisposeAsync closes.")]
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var owner = OwnerLock.TryTake(_folders) ?? throw DataFolderException.Busy(_folders.Root);
        try
        {
            var store = new GenerationStore(_folders);
            var pointer = new ActivePointer(_folders);
            var recovered = await new Recovery(_folders, store, pointer, _loggers.CreateLogger<Recovery>()).RunAsync(cancellationToken);
            var catalog = UpdateCatalog.Open(_folders.CatalogFile, store.List(), _time, _loggers.CreateLogger<UpdateCatalog>());
            _parts = Wire(owner, store, pointer, catalog);
            Resume(recovered);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>Starts the schedule and the watch over <c>local/</c> and <c>incoming/</c>; for the service only.</summary>
    public async Task StartScheduleAsync(CancellationToken cancellationToken)
    {
        var parts = Started;
        var schedule = new UpdateSchedule(
            parts.Coordinator, _options.Updates, ShortestInterval(), _keeper, _time, _setup.Chance, _loggers);
        parts.Schedule = schedule;
        var lastAttempt = parts.Desk.Health.Where(source => source.LastAttempt is not null).Min(source => source.LastAttempt);
        await schedule.StartAsync(parts.Switch.Current is null, lastAttempt, cancellationToken);
        parts.Watch = new FolderWatch(
            _folders, parts.Coordinator, new DropFolder(_folders, _time), parts.Switch, _keeper, _time,
            _loggers.CreateLogger<FolderWatch>());
        parts.Watch.Start();
    }

    /// <summary>Generations in the store, newest first.</summary>
    public IReadOnlyList<GenerationSummary> Generations()
    {
        var parts = Started;
        var activations = parts.Catalog.Activations();
        var active = parts.Switch.Current?.Id;
        return [.. parts.Store.List().Select(record => new GenerationSummary(
            record,
            activations.TryGetValue(record.Id.ToString(), out var at) ? at : record.Created,
            record.Id == active))];
    }

    /// <summary>Finished and interrupted runs, newest first.</summary>
    public IReadOnlyList<RunRecord> Runs(int limit) =>
        [.. Started.Catalog.Runs(limit + 1).Where(run => !run.IsRunning).Take(limit)];

    public RunRecord? FindRun(string id) => Started.Catalog.FindRun(id);

    /// <summary>Changes of state, newest first.</summary>
    public IReadOnlyList<EventRecord> Events(int limit) => Started.Catalog.Events(limit);

    /// <summary>Refused packages, newest first.</summary>
    public IReadOnlyList<QuarantineEntry> Quarantined() => Started.Quarantine.List();

    /// <summary>Stops the schedule, cancels a running update and waits for it, closes the catalog, gives the folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_parts is not { } parts)
        {
            return;
        }

        if (parts.Schedule is { } schedule)
        {
            await schedule.DisposeAsync();
        }

        if (parts.Watch is { } watch)
        {
            await watch.DisposeAsync();
        }

        await parts.Coordinator.DisposeAsync();
        parts.Switch.Dispose();
        parts.Log.Dispose();
        parts.Catalog.Dispose();
        parts.Owner.Dispose();
        _parts = null;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "All of it lives in the parts, which DisposeAsync closes.")]
    private Parts Wire(OwnerLock owner, GenerationStore store, ActivePointer pointer, UpdateCatalog catalog)
    {
        var updates = _options.Updates;
        var log = new UpdateLog(_folders.Logs, _options.Logging.FileSizeLimitBytes, _options.Logging.RetainedFiles);
        var quarantine = new Quarantine(_folders, _time);
        var freeSpace = new FreeSpace(updates.MinFreeBytes, _setup.FreeBytes);
        var generations = new GenerationSwitch(_folders, store, pointer, _active, _loggers.CreateLogger<GenerationSwitch>());
        var desk = new SourceDesk(_sources, updates, new SourceTools(_folders, store, freeSpace), catalog, _time, _loggers.CreateLogger<SourceDesk>());
        var program = _setup.Program ?? ProgramStart.Self();
        var trialLoad = new TrialLoad(program, _setup.TrialTimeout);
        var compiler = new PackageCompiler(_setup.CompileProgram ?? program, _setup.MaxCompileBytesHere);
        var pipeline = new UpdatePipeline(
            _folders,
            desk,
            new PackageIntake(_folders, store, quarantine, freeSpace, _time, _loggers.CreateLogger<PackageIntake>()),
            new LocalIntake(_folders, store, quarantine, freeSpace, _options.Sources, _time),
            new DroppedPackages(_folders, new DropFolder(_folders, _time), quarantine),
            store,
            new GenerationBuilder(
                _folders, store, quarantine, compiler, trialLoad, freeSpace, _options.Engine.Unwanted, _time, _loggers.CreateLogger<GenerationBuilder>()),
            generations,
            freeSpace,
            _time,
            _loggers.CreateLogger<UpdatePipeline>());
        var bookkeeping = new Bookkeeping(_folders, store, pointer, catalog, _keeper, log, _time, _loggers.CreateLogger<Bookkeeping>());
        var runner = new UpdateRunner(
            pipeline, desk, bookkeeping, updates.KeepGenerations, log, Metrics, _setup.Faults ?? FaultPoints.FromEnvironment(), _time,
            _loggers.CreateLogger<UpdateRunner>());
        return new Parts(
            owner,
            store,
            catalog,
            log,
            quarantine,
            generations,
            desk,
            bookkeeping,
            new UpdateCoordinator(runner.ExecuteAsync, _time, _loggers.CreateLogger<UpdateCoordinator>()),
            new GenerationSelection(_folders, store, generations, bookkeeping, Metrics, _time, _loggers.CreateLogger<GenerationSelection>()));
    }

    private void Resume(RecoveredState recovered)
    {
        var parts = Started;
        if (recovered.Generation is { } generation)
        {
            parts.Switch.Resume(generation);
        }

        parts.Bookkeeping.Begin(parts.Switch.Current, parts.Desk.Health, ShortestInterval());
        foreach (var note in recovered.Notes)
        {
            parts.Bookkeeping.RecordEvent("recovery", note);
        }
    }

    /// <summary>The most eager source sets the pace; zero = only by hand.</summary>
    private TimeSpan ShortestInterval() => _sources.Where(source => source.Options.Enabled)
        .Select(source => source.Options.Interval ?? _options.Updates.Interval)
        .Where(interval => interval > TimeSpan.Zero)
        .DefaultIfEmpty(_options.Updates.Interval)
        .Min();

    private sealed record Parts(
        OwnerLock Owner,
        GenerationStore Store,
        UpdateCatalog Catalog,
        UpdateLog Log,
        Quarantine Quarantine,
        GenerationSwitch Switch,
        SourceDesk Desk,
        Bookkeeping Bookkeeping,
        UpdateCoordinator Coordinator,
        GenerationSelection Selection)
    {
        public UpdateSchedule? Schedule { get; set; }

        public FolderWatch? Watch { get; set; }
    }
}

/// <summary>What tests replace; the program uses the defaults.</summary>
internal sealed record UpdateServiceSetup
{
    /// <summary>Free bytes on the volume of a folder; null asks the system.</summary>
    public Func<string, long>? FreeBytes { get; init; }

    /// <summary>Null reads the environment.</summary>
    public FaultPoints? Faults { get; init; }

    /// <summary>How the throw-away process is started; null = this program.</summary>
    public ProgramStart? Program { get; init; }

    /// <summary>Null = as <see cref="Program"/>.</summary>
    public ProgramStart? CompileProgram { get; init; }

    public long MaxCompileBytesHere { get; init; } = PackageCompiler.DefaultMaxBytesHere;

    public TimeSpan TrialTimeout { get; init; } = TrialLoad.DefaultTimeout;

    /// <summary>For jitter.</summary>
    public Random Chance { get; init; } = new();
}

/// <param name="ActivatedAt">When it became active last.</param>
internal sealed record GenerationSummary(GenerationRecord Record, DateTimeOffset ActivatedAt, bool IsActive);
