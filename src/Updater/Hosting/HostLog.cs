namespace Updater.Hosting;

/// <summary>Events of the service as a whole; ids 100 to 199.</summary>
internal static partial class HostLog
{
    [LoggerMessage(100, LogLevel.Information, "Started {Product} on {DataFolder}")]
    public static partial void Started(ILogger logger, string product, string dataFolder);

    [LoggerMessage(101, LogLevel.Information, "Stopping: running scans finish, at most {Seconds} s")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(102, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(103, LogLevel.Information, "Reloaded the configuration: {Changes} changes")]
    public static partial void Reloaded(ILogger logger, int changes);

    [LoggerMessage(104, LogLevel.Information, "Took over {Setting} = {Value}")]
    public static partial void SettingTaken(ILogger logger, string setting, string value);

    [LoggerMessage(105, LogLevel.Warning, "Did not take over {Setting} = {Value}: that needs a restart")]
    public static partial void SettingNeedsRestart(ILogger logger, string setting, string value);

    [LoggerMessage(106, LogLevel.Error, "Kept the configuration, the new one has a mistake: {Problem}")]
    public static partial void ReloadRefused(ILogger logger, string problem);

    [LoggerMessage(107, LogLevel.Warning, "{Warning}")]
    public static partial void Warned(ILogger logger, string warning);

    [LoggerMessage(108, LogLevel.Information, "Set on the command line: {Setting} = {Value}")]
    public static partial void SetByCommandLine(ILogger logger, string setting, string value);

    [LoggerMessage(109, LogLevel.Error, "Stopped with work unfinished that does not react; nothing of it becomes active")]
    public static partial void DrainGivenUp(ILogger logger);
}
