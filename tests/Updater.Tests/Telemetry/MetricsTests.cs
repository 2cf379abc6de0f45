using Definitions;
using Engine;
using Engine.Images;
using Updater.Hosting;
using Updater.Status;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public void Label_values_are_escaped()
    {
        var text = new PrometheusText().Family("m", "gauge", "Help.").Sample("m", 1.5, ("a", "x\"y\\z\nw"), ("b", "c"));

        Assert.Equal("# HELP m Help.\n# TYPE m gauge\nm{a=\"x\\\"y\\\\z\\nw\",b=\"c\"} 1.5\n", text.ToString());
    }

    [Fact, Trait("req", "M-184")]
    public void The_page_tells_age_version_and_verdicts()
    {
        var time = new FixedTime(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var board = new StatusBoard();
        board.Update(s => s with
        {
            Active = new ActiveGeneration(
                new GenerationId(7, default), DefinitionsVersion.Parse("20261122.002"), time.GetUtcNow().AddHours(-1), time.GetUtcNow(), 8, []),
        });
        var scans = new ScanMetrics();
        scans.Count(Result(ScanStatus.Infected, 20));
        scans.Count(Result(ScanStatus.Clean, 2));
        scans.CountBusy();
        using var slots = new ScanSlots(2, 3);
        using var active = new ActiveImage();
        var updates = new UpdateMetrics();
        updates.CountFailure(new UpdateOutcome.Failed(FailureReason.DiskSpace, "full"));

        var page = new MetricsPage(board, scans, slots, active, updates, time).Render();

        Assert.Contains("\nupdater_definitions_age_seconds 3600\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_definitions_info{version=\"20261122.002\",generation=\"7-0000000000000000\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_scans_total{verdict=\"infected\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_scan_seconds_bucket{le=\"0.0025\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_scan_seconds_bucket{le=\"0.025\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_scan_seconds_count 2\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_scans_busy_total 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_update_failures_total{reason=\"disk_space\"} 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact, Trait("req", "M-186")]
    public void Nothing_scanned_and_nothing_loaded_is_no_division_by_zero()
    {
        using var slots = new ScanSlots(2, 3);
        using var active = new ActiveImage();

        var page = new MetricsPage(new StatusBoard(), new ScanMetrics(), slots, active, new UpdateMetrics(), TimeProvider.System).Render();

        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.Contains("\nupdater_definitions_loaded 0\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("updater_definitions_age_seconds", page, StringComparison.Ordinal);
    }

    private static ScanResult Result(ScanStatus status, double milliseconds) => new()
    {
        Status = status,
        Codes = [],
        Matches = [],
        Bytes = 1,
        Nodes = 1,
        Elapsed = TimeSpan.FromMilliseconds(milliseconds),
    };

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
