
namespace Updater.Updates;

/// <summary>Log events of the update room: ids 1000 to 1099.</summary>
internal static partial class UpdateMessages
{
    [LoggerMessage(1000, LogLevel.Information, "Update {Run} started: {Trigger}")]
    public static partial void RunStarted(this ILogger logger, string run, string trigger);

    [LoggerMessage(1001, LogLevel.Information, "Update {Run} ended: {Outcome}; {Message}")]
    public static partial void RunEnded(this ILogger logger, string run, string outcome, string message);

    [LoggerMessage(1002, LogLevel.Error, "Update {Run} ended without success: {Outcome} {Reason}; {Message}")]
    public static partial void RunFailed(this ILogger logger, string run, string outcome, string reason, string message);

    [LoggerMessage(1003, LogLevel.Error, "Update {Run} broke on an error of this program")]
    public static partial void RunBroke(this ILogger logger, string run, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "Source {Source} did not deliver: {Reason}; {Message}")]
    public static partial void SourceFailed(this ILogger logger, string source, string reason, string message);

    [LoggerMessage(1005, LogLevel.Warning, "Package {Package} of {Source} was refused: {Reason}; {Message}")]
    public static partial void PackageRefused(this ILogger logger, string package, string source, string reason, string message);

    [LoggerMessage(1006, LogLevel.Information, "Generation {Generation} with version {Version} was activated in {SwapMilliseconds} ms")]
    public static partial void Activated(this ILogger logger, string generation, string version, double swapMilliseconds);

    [LoggerMessage(1007, LogLevel.Warning, "Rolled back to generation {Generation}; held until {HoldUntil}")]
    public static partial void RolledBack(this ILogger logger, string generation, string holdUntil);

    [LoggerMessage(1008, LogLevel.Error, "The scheduled update could not be requested; the schedule goes on")]
    public static partial void ScheduleFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1009, LogLevel.Information, "Next scheduled update at {NextRun}")]
    public static partial void NextRun(this ILogger logger, DateTimeOffset nextRun);

    [LoggerMessage(1010, LogLevel.Warning, "Source {Source} was asked although its cool-down lasts until {CoolDownUntil}: forced")]
    public static partial void CoolDownForced(this ILogger logger, string source, DateTimeOffset coolDownUntil);

    [LoggerMessage(1011, LogLevel.Warning, "Watching {Folder} failed; changes are found by the poll: {Message}")]
    public static partial void WatchFailed(this ILogger logger, string folder, string message);

    [LoggerMessage(1013, LogLevel.Warning, "Update {Run} was interrupted: its process ended before it did")]
    public static partial void RunInterrupted(this ILogger logger, string run);

    [LoggerMessage(1012, LogLevel.Warning, "Entering the recording stage failed: {Message}")]
    public static partial void CleanUpFailedAtRecording(this ILogger logger, string message);
}
