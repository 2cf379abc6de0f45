using System.Collections.Concurrent;

namespace Updater.Updates;

/// <summary>Counters since the process started, for the metrics endpoint (M-184). Thread-safe.</summary>
internal sealed class UpdateMetrics
{
    private readonly ConcurrentDictionary<string, long> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _failures = new(StringComparer.Ordinal);
    private long _downloadedBytes;
    private double _lastSwapSeconds;
    private long _swaps;

    /// <summary>Runs by outcome word.</summary>
    public IReadOnlyDictionary<string, long> RunsByOutcome => _runs;

    /// <summary>Refusals and failures by reason word; one for each source or set of files that failed.</summary>
    public IReadOnlyDictionary<string, long> FailuresByReason => _failures;

    public long DownloadedBytes => Interlocked.Read(ref _downloadedBytes);

    /// <summary>Duration of the last exchange of the active image, in seconds; 0 before the first.</summary>
    public double LastSwapSeconds => Volatile.Read(ref _lastSwapSeconds);

    public long Swaps => Interlocked.Read(ref _swaps);

    public void CountRun(UpdateReport report)
    {
        _runs.AddOrUpdate(report.Outcome.ToWord(), 1, (_, count) => count + 1);
        Interlocked.Add(ref _downloadedBytes, report.DownloadedBytes);
    }

    public void CountFailure(UpdateOutcome problem) =>
        _failures.AddOrUpdate(problem.ReasonWord(), 1, (_, count) => count + 1);

    public void CountSwap(TimeSpan elapsed)
    {
        Volatile.Write(ref _lastSwapSeconds, elapsed.TotalSeconds);
        Interlocked.Increment(ref _swaps);
    }
}
