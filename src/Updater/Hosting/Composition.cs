using System.Diagnostics.CodeAnalysis;
using Engine;
using Engine.Images;
using Updater.Configuration;
using Updater.Listeners.Http;
using Updater.Sources;
using Updater.Status;
using Updater.Store;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Hosting;

/// <summary>The only place where objects are wired.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "What is made here belongs to the core it is put in, which disposes it.")]
internal static class Composition
{
    /// <summary>The update side of a data folder for one command; owns the folder until disposed.</summary>
    /// <exception cref="DataFolderException">Another process owns it.</exception>
    public static async Task<UpdateCore> OpenUpdatesAsync(
        UpdaterOptions options, TimeProvider time, LogLevel level, CancellationToken cancellationToken)
    {
        var core = CreateUpdates(options, time, new ServiceLog(ServiceLog.From(level)));
        try
        {
            await core.Updates.StartAsync(cancellationToken);
            return core;
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    /// <summary>The whole service, started up to the point where listeners may open.</summary>
    /// <exception cref="DataFolderException">Another process owns the data folder.</exception>
    public static async Task<ServiceCore> OpenServiceAsync(
        UpdaterOptions options, TimeProvider time, ServiceLog log, CancellationToken cancellationToken)
    {
        var core = CreateUpdates(options, time, log);
        try
        {
            await core.Updates.StartAsync(cancellationToken);
            log.OpenFiles(core.Folders.Logs, options.Logging);
            return CreateService(options, time, core);
        }
        catch
        {
            await core.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds every route of the API.</summary>
    public static void MapRoutes(IEndpointRouteBuilder routes, ServiceCore service, UpdaterOptions options, TimeProvider time)
    {
        var core = service.Core;
        new StatusRoutes(service.View).Map(routes);
        new HealthRoutes(service.View).Map(routes);
        new HomePage(service.View).Map(routes);
        new UpdateRoutes(service.View, core.Updates.Coordinator, new OperatorDesk(core.Updates.Selection), time).Map(routes);
        new ScanRoutes(service.Scans, service.ScratchFolder, options.Listeners.Http.MaxScanBytes).Map(routes);
        new MetricsPage(core.Board, service.Metrics, service.Slots, core.Active, core.Updates.Metrics, time).Map(routes);
    }

    private static UpdateCore CreateUpdates(UpdaterOptions options, TimeProvider time, ServiceLog log)
    {
        var folders = new DataFolders(options.DataDirectory);
        var factory = new SourceFactory(options.Updates, time);
        var active = new ActiveImage();
        var board = new StatusBoard();
        var updates = new UpdateService(
            options,
            folders,
            time,
            active,
            board,
            log.Factory,
            [.. options.Sources.Select(source => (source, factory.Create(source, folders)))]);
        return new UpdateCore(folders, log, factory, active, board, updates);
    }

    private static ServiceCore CreateService(UpdaterOptions options, TimeProvider time, UpdateCore core)
    {
        var scratch = options.Engine.ScratchDirectory.Length > 0 ? options.Engine.ScratchDirectory : core.Folders.Scratch;
        var metrics = new ScanMetrics();
        var slots = new ScanSlots(
            options.Engine.MaxConcurrency > 0 ? options.Engine.MaxConcurrency : Environment.ProcessorCount, options.Engine.MaxQueue);
        var scans = new ScanService(
            core.Active, new ScanEngine(core.Active, time, scratch), slots, metrics, options.Engine, core.Log.Factory.CreateLogger<ScanService>());
        var view = new ServiceView(
            core.Board,
            options,
            core.Folders,
            new GenerationStore(core.Folders),
            HistoryParts.Of(core.Updates),
            new LiveParts(core.Updates.Coordinator, slots, metrics),
            time);
        return new ServiceCore(core, scans, slots, metrics, view, scratch, new IdleMemory(time, core.Active));
    }
}

/// <summary>What every process that changes a data folder has. Disposing gives the folder back.</summary>
internal sealed class UpdateCore(
    DataFolders folders, ServiceLog log, SourceFactory sources, ActiveImage active, StatusBoard board, UpdateService updates) : IAsyncDisposable
{
    public DataFolders Folders => folders;

    public ServiceLog Log => log;

    public ActiveImage Active => active;

    public StatusBoard Board => board;

    public UpdateService Updates => updates;

    public async ValueTask DisposeAsync()
    {
        await updates.DisposeAsync();
        active.Dispose();
        sources.Dispose();
        log.Dispose();
    }
}

/// <summary>What the service has on top: scans and the view that listeners answer from.</summary>
internal sealed record ServiceCore(
    UpdateCore Core, ScanService Scans, ScanSlots Slots, ScanMetrics Metrics, ServiceView View, string ScratchFolder, IdleMemory Memory)
    : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        Memory.Dispose();
        await Core.DisposeAsync();
        Slots.Dispose();
    }
}
