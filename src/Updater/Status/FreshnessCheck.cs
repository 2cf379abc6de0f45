using System.Globalization;

namespace Updater.Status;

/// <summary>The answer of a monitoring plug-in; the number is its exit status.</summary>
internal enum FreshnessLevel
{
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

/// <param name="Line">One line with performance data behind the bar.</param>
internal sealed record FreshnessResult(FreshnessLevel Level, string Line);

/// <summary>
/// <c>updater check</c>: how old the definitions are and when an update last succeeded (M-184). Also warns while pinned
/// or held: an operator's decision does not make definitions young.
/// </summary>
internal static class FreshnessCheck
{
    /// <param name="status">Null when the status could not be read at all.</param>
    /// <param name="warn">Age from which it warns.</param>
    /// <param name="critical">Age from which it is critical.</param>
    public static FreshnessResult Evaluate(DefinitionsStatus? status, TimeSpan warn, TimeSpan critical, DateTimeOffset now)
    {
        if (status is null)
        {
            return new FreshnessResult(FreshnessLevel.Unknown, "DEFINITIONS UNKNOWN - the status cannot be read");
        }

        if (status.Active is not { } active)
        {
            var why = status.Damage is { } damage ? $"; {damage}" : status.LastFailureReason is { } reason ? $"; last update failed: {reason}" : "";
            return new FreshnessResult(FreshnessLevel.Critical, $"DEFINITIONS CRITICAL - no definitions{why}");
        }

        var age = Positive(now - active.PublishedAt);
        var sinceSuccess = status.LastSuccess is { } success ? Positive(now - success) : (TimeSpan?)null;
        var level = Worst(LevelOf(age, warn, critical), LevelOf(sinceSuccess ?? age, warn, critical));
        if (level == FreshnessLevel.Ok && (status.LastFailureReason is not null || status.IsRolledBack))
        {
            level = FreshnessLevel.Warning;
        }

        return new FreshnessResult(level, string.Create(
            CultureInfo.InvariantCulture,
            $"DEFINITIONS {Word(level)} - version {active.Version}, {VersionText.StateText(status)}, age {Hours(age)} | {PerformanceData(age, sinceSuccess, warn, critical, active.Signatures)}"));
    }

    private static string PerformanceData(TimeSpan age, TimeSpan? sinceSuccess, TimeSpan warn, TimeSpan critical, long signatures)
    {
        var thresholds = string.Create(CultureInfo.InvariantCulture, $"{warn.TotalSeconds:0};{critical.TotalSeconds:0};0");
        var data = string.Create(CultureInfo.InvariantCulture, $"age={age.TotalSeconds:0}s;{thresholds}");
        if (sinceSuccess is { } since)
        {
            data += string.Create(CultureInfo.InvariantCulture, $" last_success={since.TotalSeconds:0}s;{thresholds}");
        }

        return data + string.Create(CultureInfo.InvariantCulture, $" signatures={signatures};;;0");
    }

    private static FreshnessLevel LevelOf(TimeSpan age, TimeSpan warn, TimeSpan critical) =>
        age >= critical ? FreshnessLevel.Critical : age >= warn ? FreshnessLevel.Warning : FreshnessLevel.Ok;

    private static FreshnessLevel Worst(FreshnessLevel a, FreshnessLevel b) => a > b ? a : b;

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    private static string Hours(TimeSpan age) => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0.0}h");

    private static string Word(FreshnessLevel level) => level switch
    {
        FreshnessLevel.Ok => "OK",
        FreshnessLevel.Warning => "WARNING",
        FreshnessLevel.Critical => "CRITICAL",
        FreshnessLevel.Unknown => "UNKNOWN",
    };
}
