using Microsoft.Extensions.Logging.Abstractions;
using Updater.Catalog;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners.Http;
using Updater.Status;
using Updater.Store;

namespace Updater.Cli;

/// <summary>
/// Answers questions about the state: from the running service, else from folders and catalog. Changes nothing, so it
/// also works for a monitoring user who may only read.
/// </summary>
internal sealed class StateReader : IDisposable
{
    private readonly ControlClient? _client;
    private readonly ServiceView _view;
    private readonly UpdateCatalog? _catalog;
    private readonly OwnerLock? _lock;

    private StateReader(ControlClient? client, ServiceView view, UpdateCatalog? catalog, OwnerLock? ownerLock)
    {
        _client = client;
        _view = view;
        _catalog = catalog;
        _lock = ownerLock;
    }

    public bool IsServiceRunning => _client is not null;

    /// <exception cref="UnauthorizedAccessException">This user may not read the data folder.</exception>
    public static async Task<StateReader> OpenAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var folders = invocation.Folders;
        var client = await ControlClient.TryConnectAsync(folders, cancellationToken);
        var store = new GenerationStore(folders);
        var board = new StatusBoard();
        if (client is null)
        {
            new ActivePointer(folders).RequireAccess();
        }

        OwnerLock? ownerLock = null;
        UpdateCatalog? catalog = null;
        if (client is null && Directory.Exists(folders.Generations))
        {
            ownerLock = TryLock(folders);
            catalog = ownerLock is not null && File.Exists(folders.CatalogFile)
                ? UpdateCatalog.Open(folders.CatalogFile, store.List(), invocation.Time, NullLogger<UpdateCatalog>.Instance)
                : null;
            board.Update(_ => OfflineStatus.Read(folders, store, catalog, invocation.Options.Updates, invocation.Time.GetUtcNow()));
        }

        var view = new ServiceView(board, invocation.Options, folders, store,
            catalog is null ? HistoryParts.None : HistoryParts.Of(catalog), live: null, invocation.Time);
        return new StateReader(client, view, catalog, ownerLock);
    }

    public Task<VersionAnswer> VersionAsync(CancellationToken cancellationToken) => _client is null
        ? Task.FromResult(_view.Version())
        : _client.GetAsync("v1/version", ApiJson.Default.VersionAnswer, cancellationToken);

    public Task<StatusAnswer> StatusAsync(CancellationToken cancellationToken) => _client is null
        ? Task.FromResult(_view.Status())
        : _client.GetAsync("v1/status", ApiJson.Default.StatusAnswer, cancellationToken);

    public Task<CheckAnswer> CheckAsync(TimeSpan warn, TimeSpan critical, CancellationToken cancellationToken) => _client is null
        ? Task.FromResult(_view.Check(warn, critical))
        : _client.GetAsync(
            $"v1/check?warn={Uri.EscapeDataString(Duration.ToText(warn))}&crit={Uri.EscapeDataString(Duration.ToText(critical))}",
            ApiJson.Default.CheckAnswer,
            cancellationToken);

    public async Task<HistoryAnswer> HistoryAsync(int limit, CancellationToken cancellationToken) => _client is null
        ? new HistoryAnswer(_view.Generations(), _view.Runs(limit))
        : new HistoryAnswer(
            await _client.GetAsync("v1/generations", ApiJson.Default.IReadOnlyListGenerationAnswer, cancellationToken),
            await _client.GetAsync($"v1/runs?limit={limit}", ApiJson.Default.IReadOnlyListRunAnswer, cancellationToken));

    public void Dispose()
    {
        _client?.Dispose();
        _catalog?.Dispose();
        _lock?.Dispose();
    }

    private static OwnerLock? TryLock(DataFolders folders)
    {
        try
        {
            return OwnerLock.TryTake(folders);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }
}
