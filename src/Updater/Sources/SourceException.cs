using Definitions;
using Updater.Updates;

namespace Updater.Sources;

/// <summary>A source could not deliver. Caught by the update pipeline.</summary>
internal sealed class SourceException(
    FailureReason reason, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(PlainText.Of(message), innerException)
{
    public FailureReason Reason { get; } = reason;

    /// <summary>How long the source asked to be left alone, clamped to 1 s … 24 h; null = it did not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True when the body was longer than allowed: a refusal, not an outage.</summary>
    public bool IsTooLong { get; init; }

    /// <summary>True for HTTP 403: some object stores answer so for a file that does not exist (tuf-client.md §5.3).</summary>
    public bool IsForbidden { get; init; }

    /// <summary>The same, said of one address.</summary>
    public SourceException About(string address) => new(Reason, $"{address}: {Message}", RetryAfter, this)
    {
        IsTooLong = IsTooLong,
        IsForbidden = IsForbidden,
        IsRepeatable = IsRepeatable,
    };

    /// <summary>True when the same request may succeed at once: network faults and 5xx, never 403 or 429.</summary>
    public bool IsRepeatable { get; init; }
}
