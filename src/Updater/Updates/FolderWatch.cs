using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Definitions;
using Updater.Status;
using Updater.Store;

namespace Updater.Updates;

/// <summary>
/// Looks at <c>local/</c> and <c>incoming/</c> every few seconds and requests a run when an operator changed something
/// there (M-210). A poll and no watcher: watchers lose events and see nothing on network volumes, and two short folder
/// listings cost nothing. A change counts when two looks in a row see the same, so that half-copied files wait.
/// </summary>
internal sealed class FolderWatch(
    DataFolders folders,
    UpdateCoordinator coordinator,
    DropFolder drops,
    GenerationSwitch generations,
    StatusKeeper keeper,
    TimeProvider time,
    ILogger<FolderWatch> logger) : IAsyncDisposable
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private string? _handled;
    private string? _seen;

    public void Start() => _loop = LoopAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    /// <summary>One look.</summary>
    /// <returns>The run that was requested, or null.</returns>
    internal UpdateRun? Look()
    {
        keeper.Tick();
        var now = Fingerprint();
        var isSettled = now == _seen;
        _seen = now;
        if (!isSettled || now == _handled || coordinator.Running is not null)
        {
            return null;
        }

        _handled = now;
        var trigger = drops.List().Count > 0 ? UpdateTrigger.Incoming : UpdateTrigger.Local;
        return coordinator.Request(new UpdateRequest(trigger));
    }

    /// <summary>At start: what is active already needs no run.</summary>
    internal async Task BeginAsync(CancellationToken cancellationToken)
    {
        var fingerprint = Fingerprint();
        var local = await LocalFileSet.ReadAsync(folders.Local, cancellationToken);
        var active = generations.Current?.Find(PackageId.LocalName)?.Archive ?? LocalIntake.EmptyDigest;
        if (local.Digest == active && drops.List().Count == 0)
        {
            _handled = fingerprint;
        }
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            await LookSafelyAsync(() => BeginAsync(_stop.Token));
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await LookSafelyAsync(() =>
                {
                    Look();
                    return Task.CompletedTask;
                });
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private async Task LookSafelyAsync(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.WatchFailed(folders.Root, e.Message);
        }
    }

    [SuppressMessage("Performance", "CA1851", Justification = "Two listings of small folders.")]
    private string Fingerprint()
    {
        var text = new StringBuilder();
        var files = Directory.Exists(folders.Local) ? Directory.EnumerateFiles(folders.Local) : [];
        foreach (var path in files.Concat(drops.List()).Order(StringComparer.Ordinal))
        {
            var file = new FileInfo(path);
            if (file.Exists)
            {
                text.Append(CultureInfo.InvariantCulture, $"{path}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
            }
        }

        return text.ToString();
    }
}
