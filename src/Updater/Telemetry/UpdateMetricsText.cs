using Updater.Status;
using Updater.Updates;

namespace Updater.Telemetry;

/// <summary>The update side's part of <c>/metrics</c>.</summary>
internal static class UpdateMetricsText
{
    public static void Write(PrometheusText text, UpdateMetrics metrics, DefinitionsStatus status)
    {
        if (status.LastAttempt is { } attempt)
        {
            text.Single("updater_update_last_attempt_timestamp_seconds", "gauge", "Start of the last update run.", Seconds(attempt));
        }

        if (status.LastSuccess is { } success)
        {
            text.Single("updater_update_last_success_timestamp_seconds", "gauge", "End of the last run that activated or found nothing newer.", Seconds(success));
        }

        if (status.NextRun is { } next)
        {
            text.Single("updater_update_next_run_timestamp_seconds", "gauge", "When the schedule fires next.", Seconds(next));
        }

        text.Single("updater_update_running", "gauge", "1 while an update runs.", status.RunningUpdate is null ? 0 : 1);
        text.Family("updater_updates_total", "counter", "Finished update runs by outcome.");
        foreach (var (outcome, count) in metrics.RunsByOutcome.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            text.Sample("updater_updates_total", count, ("outcome", outcome));
        }

        text.Family("updater_update_failures_total", "counter", "Refusals and failures by reason.");
        foreach (var (reason, count) in metrics.FailuresByReason.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            text.Sample("updater_update_failures_total", count, ("reason", reason));
        }

        text.Single("updater_update_downloaded_bytes_total", "counter", "Bytes downloaded by updates.", metrics.DownloadedBytes);
        text.Single("updater_swaps_total", "counter", "Exchanges of the active generation.", metrics.Swaps);
        text.Single("updater_last_swap_seconds", "gauge", "Duration of the last exchange.", metrics.LastSwapSeconds);
        text.Single("updater_generations_kept", "gauge", "Generations in the store, the active one included.", status.KeptGenerations);
        text.Family("updater_source_last_success_timestamp_seconds", "gauge", "Last good answer of a source.");
        foreach (var source in status.Sources.Where(s => s.LastSuccess is not null))
        {
            text.Sample("updater_source_last_success_timestamp_seconds", Seconds(source.LastSuccess!.Value), ("source", source.Name));
        }
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
