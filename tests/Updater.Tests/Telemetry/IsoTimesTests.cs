using Updater.Telemetry;

namespace Updater.Tests.Telemetry;

public sealed class IsoTimesTests
{
    private static readonly DateTimeOffset _time = new(2026, 11, 22, 14, 5, 6, 789, TimeSpan.FromHours(2));

    [Fact]
    public void Times_in_logs_are_iso_8601_in_utc()
    {
        using var capture = new StringWriter();
        using (var logger = new Serilog.LoggerConfiguration()
            .WriteTo.Sink(new Rendered(capture)).CreateLogger())
        {
            logger.Information("next {Next}, was {Was}, {Count} left", _time, _time.UtcDateTime, 1234.5);
        }

        Assert.Equal("next 2026-11-22T12:05:06Z, was 2026-11-22T12:05:06Z, 1234.5 left", capture.ToString());
    }

    [Fact]
    public void Times_in_messages_are_the_same()
    {
        Assert.Equal("2026-11-22T12:05:06Z", IsoTimes.Text(_time));
        Assert.Equal("never", IsoTimes.Text(null));
    }

    private sealed class Rendered(TextWriter output) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => logEvent.RenderMessage(output, IsoTimes.Instance);
    }
}
