using Engine;

namespace Updater.Telemetry;

/// <summary>Counts scans by verdict and by duration. Thread-safe; reading never waits.</summary>
internal sealed class ScanMetrics
{
    private static readonly ScanStatus[] Statuses = Enum.GetValues<ScanStatus>();

    private readonly long[] _byStatus = new long[Statuses.Length];
    private readonly long[] _buckets = new long[Bounds.Count + 1];
    private long _busy;
    private long _degraded;
    private long _bytes;
    private long _ticks;

    /// <summary>Upper bounds of the duration histogram in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180];

    public long Busy => Interlocked.Read(ref _busy);

    public long Degraded => Interlocked.Read(ref _degraded);

    public long Bytes => Interlocked.Read(ref _bytes);

    public double Seconds => TimeSpan.FromTicks(Interlocked.Read(ref _ticks)).TotalSeconds;

    public long Total => Statuses.Sum(Of);

    public long Of(ScanStatus status) => Interlocked.Read(ref _byStatus[(int)status]);

    /// <summary>Scans at or below <see cref="Bounds"/>[<paramref name="bucket"/>], not cumulative; the last is "longer".</summary>
    public long InBucket(int bucket) => Interlocked.Read(ref _buckets[bucket]);

    public void Count(ScanResult result)
    {
        Interlocked.Increment(ref _byStatus[(int)result.Status]);
        Interlocked.Add(ref _bytes, result.Bytes);
        Interlocked.Add(ref _ticks, result.Elapsed.Ticks);
        if (result.IsDegraded)
        {
            Interlocked.Increment(ref _degraded);
        }

        var bucket = 0;
        while (bucket < Bounds.Count && result.Elapsed.TotalSeconds > Bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
    }

    public void CountBusy() => Interlocked.Increment(ref _busy);
}
