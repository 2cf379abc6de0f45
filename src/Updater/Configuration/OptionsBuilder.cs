using System.Globalization;

namespace Updater.Configuration;

/// <summary>Turns checked settings into the typed options; every value has passed its setting's check.</summary>
internal static class OptionsBuilder
{
    public static UpdaterOptions Build(EffectiveSettings settings) => new()
    {
        DataDirectory = settings["dataDirectory"].Text,
        Sources = [.. settings.SourcePositions.Select(p => SourceSettings.Read(settings, $"sources.{p}."))],
        Updates = Updates(settings),
        Engine = Engine(settings),
        Listeners = new ListenersOptions { Clamd = Clamd(settings), Http = Http(settings) },
        Logging = new LoggingOptions
        {
            Level = settings["logging.level"].Text,
            FileSizeLimitBytes = Number(settings, "logging.fileSizeLimitBytes"),
            RetainedFiles = Count(settings, "logging.retainedFiles"),
        },
    };

    private static UpdatesOptions Updates(EffectiveSettings settings) => new()
    {
        Interval = Span(settings, "updates.interval"),
        MinFreeBytes = Number(settings, "updates.minFreeBytes"),
        KeepGenerations = Count(settings, "updates.keepGenerations"),
        DownloadTimeout = Span(settings, "updates.downloadTimeout"),
        Retries = Count(settings, "updates.retries"),
        RetryDelay = Span(settings, "updates.retryDelay"),
        JitterPercent = Count(settings, "updates.jitterPercent"),
    };

    private static EngineOptions Engine(EffectiveSettings settings) => new()
    {
        MaxConcurrency = Count(settings, "engine.maxConcurrency"),
        MaxQueue = Count(settings, "engine.maxQueue"),
        ScratchDirectory = settings["engine.scratchDirectory"].Text,
        DetectPua = Flag(settings, "engine.detectPua"),
        IncludePua = [.. ListSetting.Split(settings["engine.includePua"].Text)],
        ExcludePua = [.. ListSetting.Split(settings["engine.excludePua"].Text)],
        Profiles = settings.ProfileNames.ToDictionary(
            n => n, n => Profile(settings, $"engine.profiles.{n}."), StringComparer.Ordinal),
    };

    private static ProfileOptions Profile(EffectiveSettings settings, string at) => new()
    {
        MaxExtractDepth = Count(settings, at + "maxExtractDepth"),
        MaxExtractSize = Number(settings, at + "maxExtractSize"),
        MaxCumulativeExtractSize = Number(settings, at + "maxCumulativeExtractSize"),
        MaxExtractTime = Span(settings, at + "maxExtractTime"),
        MaxFileCount = Count(settings, at + "maxFileCount"),
        MinExtractSize = Number(settings, at + "minExtractSize"),
        FailOpen = Flag(settings, at + "failOpen"),
        Action = settings[at + "action"].Text == "pass" ? UnscannableAction.Pass : UnscannableAction.Reject,
    };

    private static ClamdOptions Clamd(EffectiveSettings settings) => new()
    {
        Enabled = Flag(settings, "listeners.clamd.enabled"),
        Tcp = [.. ListSetting.Split(settings["listeners.clamd.tcp"].Text)],
        Unix = settings["listeners.clamd.unix"].Text,
        StreamMaxLength = Number(settings, "listeners.clamd.streamMaxLength"),
        CommandReadTimeout = Span(settings, "listeners.clamd.commandReadTimeout"),
        ReadTimeout = Span(settings, "listeners.clamd.readTimeout"),
        AllowPathScans = Flag(settings, "listeners.clamd.allowPathScans"),
        MaxConnections = Count(settings, "listeners.clamd.maxConnections"),
        VersionName = settings["listeners.clamd.versionName"].Text,
    };

    private static HttpOptions Http(EffectiveSettings settings) => new()
    {
        Enabled = Flag(settings, "listeners.http.enabled"),
        Addresses = [.. ListSetting.Split(settings["listeners.http.addresses"].Text)],
        MaxScanBytes = Number(settings, "listeners.http.maxScanBytes"),
    };

    private static long Number(EffectiveSettings settings, string path) =>
        long.Parse(settings[path].Text, CultureInfo.InvariantCulture);

    private static int Count(EffectiveSettings settings, string path) => checked((int)Number(settings, path));

    private static bool Flag(EffectiveSettings settings, string path) => bool.Parse(settings[path].Text);

    private static TimeSpan Span(EffectiveSettings settings, string path) =>
        Duration.TryParse(settings[path].Text, out var duration)
            ? duration
            : throw new InvalidOperationException($"{path} was not checked.");
}
