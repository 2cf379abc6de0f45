using Engine;
using Engine.Images;
using Updater.Hosting;
using Updater.Status;
using Updater.Updates;

namespace Updater.Telemetry;

/// <summary><c>GET /metrics</c>: every number of the service in Prometheus text (M-184). Reads snapshots and counters only.</summary>
internal sealed class MetricsPage(
    StatusBoard board, ScanMetrics scans, ScanSlots slots, ActiveImage active, UpdateMetrics updates, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", () => Results.Text(Render(), PrometheusText.ContentType));

    public string Render()
    {
        var text = new PrometheusText();
        WriteDefinitions(text, board.Current);
        UpdateMetricsText.Write(text, updates, board.Current);
        WriteScans(text);
        WriteSlots(text);
        return text.ToString();
    }

    private void WriteDefinitions(PrometheusText text, DefinitionsStatus status)
    {
        text.Family("updater_build_info", "gauge", "Always 1; the version is a label.").Sample("updater_build_info", 1, ("version", Product.Version));
        text.Family("updater_definitions_state", "gauge", "1 for the present state of the definitions, 0 for the others.");
        foreach (var state in Enum.GetValues<DefinitionsState>())
        {
            text.Sample("updater_definitions_state", state == status.State ? 1 : 0, ("state", Definitions.ReasonWords.ToWord(state)));
        }

        text.Single("updater_definitions_loaded", "gauge", "1 while a generation is active.", status.Active is null ? 0 : 1);
        if (status.Active is { } generation)
        {
            text.Family("updater_definitions_info", "gauge", "Always 1; version and generation are labels.").Sample(
                "updater_definitions_info", 1, ("version", generation.Version.ToString()), ("generation", generation.Id.ToString()));
            text.Single("updater_definitions_generation", "gauge", "Number of the active generation.", generation.Id.Number);
            text.Single("updater_definitions_age_seconds", "gauge", "Seconds since the active definitions were published.", Math.Max(0, (time.GetUtcNow() - generation.PublishedAt).TotalSeconds));
            text.Single("updater_definitions_published_timestamp_seconds", "gauge", "When the active definitions were published.", Seconds(generation.PublishedAt));
            text.Single("updater_definitions_activated_timestamp_seconds", "gauge", "When the active generation was activated.", Seconds(generation.ActivatedAt));
            text.Single("updater_definitions_signatures", "gauge", "Signatures in the active generation.", generation.Signatures);
        }

        text.Single("updater_images_mapped", "gauge", "Images in memory: the active one and those that scans still hold.", active.MappedImages);
    }

    private void WriteScans(PrometheusText text)
    {
        text.Family("updater_scans_total", "counter", "Finished scans by verdict.");
        foreach (var status in Enum.GetValues<ScanStatus>())
        {
            text.Sample("updater_scans_total", scans.Of(status), ("verdict", Verdict(status)));
        }

        text.Single("updater_scans_degraded_total", "counter", "Clean verdicts although something was not looked at.", scans.Degraded);
        text.Single("updater_scanned_bytes_total", "counter", "Bytes of submitted objects.", scans.Bytes);
        text.Family("updater_scan_seconds", "histogram", "Duration of scans.");
        var sum = 0L;
        for (var i = 0; i < ScanMetrics.Bounds.Count; i++)
        {
            sum += scans.InBucket(i);
            text.Sample("updater_scan_seconds_bucket", sum, ("le", PrometheusText.Number(ScanMetrics.Bounds[i])));
        }

        sum += scans.InBucket(ScanMetrics.Bounds.Count);
        text.Sample("updater_scan_seconds_bucket", sum, ("le", "+Inf"));
        text.Sample("updater_scan_seconds_sum", scans.Seconds);
        text.Sample("updater_scan_seconds_count", sum);
    }

    private void WriteSlots(PrometheusText text)
    {
        text.Single("updater_scan_slots", "gauge", "Scans that may run at one time.", slots.Capacity);
        text.Single("updater_scan_slots_busy", "gauge", "Scans that run now.", slots.Busy);
        text.Single("updater_scan_queue", "gauge", "Scans that wait for a slot.", slots.Waiting);
        text.Single("updater_scan_queue_limit", "gauge", "Scans that may wait.", slots.QueueCapacity);
        text.Single("updater_scans_busy_total", "counter", "Scans refused because slots and queue were full.", scans.Busy);
    }

    /// <summary><c>clean, infected, unscannable, error</c> and the rarer ones: the status without its prefix.</summary>
    private static string Verdict(ScanStatus status) => Definitions.ReasonWords.ToWord(status);

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
