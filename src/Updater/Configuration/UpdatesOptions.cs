namespace Updater.Configuration;

/// <summary>When and how definitions are updated.</summary>
internal sealed class UpdatesOptions
{
    /// <summary>Time between updates; zero = only by hand; else at least one minute. 24 h as in the original (M-032).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Free bytes demanded on every volume an update uses; exactly enough passes (M-207).</summary>
    public long MinFreeBytes { get; init; } = 3_221_225_472;

    /// <summary>Generations kept for rollback, the active one included; 1 to 100.</summary>
    public int KeepGenerations { get; init; } = 5;

    /// <summary>Longest time for one file of a source, connect to last byte.</summary>
    public TimeSpan DownloadTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Retries of one request inside a run, after the first try; 0 to 10.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Delay before the first retry; doubled and jittered for the next ones.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Largest share of the interval that jitter adds or takes, in percent; 0 to 50.</summary>
    public int JitterPercent { get; init; } = 10;
}
