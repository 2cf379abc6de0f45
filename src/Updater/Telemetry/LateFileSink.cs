using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;
using Updater.Configuration;

namespace Updater.Telemetry;

/// <summary>
/// The service's log files, opened only once this process owns the data folder: two processes must not roll the same
/// files. Events from before go to the console alone.
/// </summary>
internal sealed class LateFileSink : ILogEventSink, IDisposable
{
    private Logger? _files;

    public void Emit(LogEvent logEvent) => Volatile.Read(ref _files)?.Write(logEvent);

    /// <summary><c>service.log</c> for people and <c>service.json</c> for machines, rolled by size (M-030).</summary>
    public void Open(string folder, LoggingOptions options)
    {
        var files = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                Path.Combine(folder, "service.log"),
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} [{Level:u3}] {Message:lj}{NewLine}{Exception}",
                formatProvider: IsoTimes.Instance,
                fileSizeLimitBytes: options.FileSizeLimitBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: options.RetainedFiles)
            .WriteTo.File(
                new CompactJsonFormatter(),
                Path.Combine(folder, "service.json"),
                fileSizeLimitBytes: options.FileSizeLimitBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: options.RetainedFiles)
            .CreateLogger();
        Volatile.Write(ref _files, files);
    }

    public void Dispose() => _files?.Dispose();
}
