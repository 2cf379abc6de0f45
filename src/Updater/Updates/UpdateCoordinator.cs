using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Updater.Updates;

/// <summary>
/// Runs at most one update at a time; whoever asks while one runs joins it and gets its result (M-189).
/// Thread-safe.
/// </summary>
/// <param name="execute">Does the work of one run.</param>
internal sealed class UpdateCoordinator(
    Func<UpdateRun, CancellationToken, Task<UpdateReport>> execute, TimeProvider time, ILogger<UpdateCoordinator> logger)
    : IAsyncDisposable
{
    /// <summary>Finished runs that can still be asked for; older ones are in the catalog.</summary>
    public const int MaxFinished = 100;

    private readonly Lock _gate = new();
    private readonly Queue<UpdateRun> _finished = new();
    private readonly CancellationTokenSource _shutdown = new();
    private UpdateRun? _running;
    private int _counter;
    private bool _isStopped;

    public UpdateRun? Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Starts a run or joins the running one. After the shutdown began every run ends as cancelled.</summary>
    public UpdateRun Request(UpdateRequest request)
    {
        TaskCompletionSource<UpdateReport> completion;
        UpdateRun run;
        lock (_gate)
        {
            if (_running is not null)
            {
                return _running;
            }

            var started = time.GetUtcNow();
            completion = new TaskCompletionSource<UpdateReport>(TaskCreationOptions.RunContinuationsAsynchronously);
            run = new UpdateRun
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{started.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{++_counter:0000}"),
                Request = request,
                Started = started,
                Completion = completion.Task,
            };
            if (_isStopped)
            {
                completion.SetResult(Report(run, new UpdateOutcome.Cancelled()));
                return run;
            }

            _running = run;
        }

        _ = Task.Run(() => ExecuteAsync(run, completion), CancellationToken.None);
        return run;
    }

    /// <summary>A running or one of the last 100 finished runs.</summary>
    public UpdateRun? Find(string id)
    {
        lock (_gate)
        {
            return _running?.Id == id ? _running : _finished.FirstOrDefault(run => run.Id == id);
        }
    }

    /// <summary>Cancels the running update and waits until it has put its things away.</summary>
    public async ValueTask DisposeAsync()
    {
        UpdateRun? running;
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            running = _running;
        }

        await _shutdown.CancelAsync();
        if (running is not null)
        {
            await running.Completion;
        }

        _shutdown.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The root of a run: a bug in one run must not stop all later updates silently (M-280).")]
    private async Task ExecuteAsync(UpdateRun run, TaskCompletionSource<UpdateReport> completion)
    {
        UpdateReport report;
        try
        {
            report = await execute(run, _shutdown.Token);
        }
        catch (OperationCanceledException) when (_shutdown.IsCancellationRequested)
        {
            report = Report(run, new UpdateOutcome.Cancelled());
        }
        catch (Exception e)
        {
            logger.RunBroke(run.Id, e);
            report = Report(run, new UpdateOutcome.Failed(FailureReason.Unexpected, e.Message));
        }

        run.Progress = run.Progress with { Stage = UpdateStage.Done };
        lock (_gate)
        {
            _running = null;
            _finished.Enqueue(run);
            if (_finished.Count > MaxFinished)
            {
                _finished.Dequeue();
            }
        }

        completion.SetResult(report);
    }

    private UpdateReport Report(UpdateRun run, UpdateOutcome outcome) =>
        new(run.Id, run.Request.Trigger, run.Started, time.GetUtcNow(), outcome, 0, []);
}
