using System.Net.Http.Headers;

namespace Updater.Sources;

/// <summary>
/// How long a source is left alone, as pure rules (update-side.md §8.19). Whoever keeps cool-downs stores the end time:
/// it must outlive the process, or a restart loop becomes a storm of requests (M-316).
/// </summary>
internal static class SourcePolicy
{
    /// <summary>Some servers send fractions of a second; obeying those would hammer them.</summary>
    public static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    /// <summary>A longer answer is a mistake or an attack: definitions must not go stale for it.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>After 429 without a usable Retry-After.</summary>
    public static readonly TimeSpan RateLimitedWait = TimeSpan.FromHours(4);

    /// <summary>After 403: a block list or a withdrawn permission, which asking again makes worse.</summary>
    public static readonly TimeSpan ForbiddenWait = TimeSpan.FromHours(24);

    public static TimeSpan Clamp(TimeSpan wait) =>
        wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;

    /// <summary>The header's wait, clamped; null when it is missing or neither seconds nor a date.</summary>
    public static TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) => header switch
    {
        { Delta: { } delta } => Clamp(delta),
        { Date: { } date } => Clamp(date - now),
        _ => null,
    };

    /// <summary>How long to leave a source alone after a failure; zero = ask again whenever the schedule says.</summary>
    public static TimeSpan CoolDown(SourceException failure) => failure.Reason switch
    {
        Updates.FailureReason.RateLimited => failure.RetryAfter ?? RateLimitedWait,
        _ => failure.RetryAfter ?? TimeSpan.Zero,
    };
}
