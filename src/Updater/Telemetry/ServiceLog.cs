using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Updater.Configuration;

namespace Updater.Telemetry;

/// <summary>The log of one process: console (standard error, so that results stay apart) and, in the service, files.</summary>
internal sealed class ServiceLog : IDisposable
{
    private readonly LoggingLevelSwitch _level;
    private readonly LateFileSink _files = new();
    private readonly SerilogLoggerFactory _factory;

    public ServiceLog(LogEventLevel level)
    {
        _level = new LoggingLevelSwitch(level);
#pragma warning disable CA2000 // The factory owns the logger, and the logger its sinks.
        var logger = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .WriteTo.Console(
                outputTemplate: "{Timestamp:yyyy-MM-ddTHH:mm:sszzz} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: IsoTimes.Instance,
                standardErrorFromLevel: LogEventLevel.Verbose)
            .WriteTo.Sink(_files)
            .CreateLogger();
#pragma warning restore CA2000
        _factory = new SerilogLoggerFactory(logger, dispose: true);
    }

    public ILoggerFactory Factory => _factory;

    /// <summary>Can be exchanged while the process runs (M-011).</summary>
    public LogEventLevel Level
    {
        get => _level.MinimumLevel;
        set => _level.MinimumLevel = value;
    }

    public void OpenFiles(string folder, LoggingOptions options) => _files.Open(folder, options);

    public static LogEventLevel Parse(string word) => Enum.Parse<LogEventLevel>(word, ignoreCase: true);

    public static LogEventLevel From(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };

    public void Dispose()
    {
        _factory.Dispose();
        _files.Dispose();
    }
}
