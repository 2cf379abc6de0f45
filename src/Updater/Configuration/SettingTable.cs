using Definitions.Signatures;

namespace Updater.Configuration;

/// <summary>Every setting there is: names, defaults and ranges of <c>cli.md</c> and <c>csapi.md</c> §5.</summary>
internal static class SettingTable
{
    private const long GiB = 1L << 30;

    private const string UnwantedCategories = "a category such as NetTool: 1 to 64 letters, digits, - and _";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IReadOnlyList<Setting> All { get; } =
    [
        new TextSetting("dataDirectory", "data", "a folder", IsPath),
        .. SourceSettings.All, .. Updates(), .. Engine(), .. Listeners(), .. Logging(),
    ];

    /// <summary>1 to 40 characters of <c>a-z 0-9 - _</c> (40 as in csapi.md §3, EC_AV_NAME_TOO_LONG).</summary>
    public static bool IsProfileName(string name) =>
        name.Length is > 0 and <= 40
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private static Setting[] Updates() =>
    [
        new DurationSetting("updates.interval", Day, Minute, 365 * Day, "only by hand")
        {
            Alias = "update_interval",
            AliasCountsSeconds = true,
        },
        new NumberSetting("updates.minFreeBytes", 3 * GiB, 0, 1L << 50) { Alias = "min_free_bytes" },
        new NumberSetting("updates.keepGenerations", 5, 1, 100),
        new DurationSetting("updates.downloadTimeout", 10 * Minute, Second, Day),
        new NumberSetting("updates.retries", 3, 0, 10),
        new DurationSetting("updates.retryDelay", 2 * Second, TimeSpan.FromMilliseconds(1), 10 * Minute),
        new NumberSetting("updates.jitterPercent", 10, 0, 50),
    ];

    private static Setting[] Engine() =>
    [
        new NumberSetting("engine.maxConcurrency", 0, 0, 1024) { Alias = "max_concurrency" },
        new NumberSetting("engine.maxQueue", 100, 0, 100_000),
        new TextSetting("engine.scratchDirectory", "", "a folder, or nothing for scratch in the data folder", t => t.Length == 0 || IsPath(t))
        {
            Alias = "file_base",
        },
        new FlagSetting("engine.detectPua", false),
        new ListSetting("engine.includePua", "", UnwantedCategories, UnwantedPolicy.IsCategory),
        new ListSetting("engine.excludePua", "", UnwantedCategories, UnwantedPolicy.IsCategory),
        new NumberSetting("engine.profiles.*.maxExtractDepth", 10, 1, 50) { Alias = "max_extract_depth" },
        new NumberSetting("engine.profiles.*.maxExtractSize", 104_857_600, 0, 1L << 40) { Alias = "max_extract_size" },
        new NumberSetting("engine.profiles.*.maxCumulativeExtractSize", 0, 0, 4_294_967_294)
        {
            Alias = "max_cumulative_extract_size",
        },
        new DurationSetting("engine.profiles.*.maxExtractTime", 180 * Second, Second, Day, "no limit")
        {
            Alias = "max_extract_time",
            AliasCountsSeconds = true,
        },
        new NumberSetting("engine.profiles.*.maxFileCount", 5000, 0, int.MaxValue) { Alias = "max_file_count" },
        new NumberSetting("engine.profiles.*.minExtractSize", 0, 0, 1L << 40) { Alias = "min_extract_size" },
        new FlagSetting("engine.profiles.*.failOpen", false) { Alias = "fail_open" },
        new WordSetting("engine.profiles.*.action", "reject", "reject", "pass"),
    ];

    private static Setting[] Listeners() =>
    [
        new FlagSetting("listeners.clamd.enabled", true),
        new ListSetting("listeners.clamd.tcp", "127.0.0.1:3310,[::1]:3310", ListenAddress.Forms, IsAddress),
        new TextSetting("listeners.clamd.unix", "clamd.sock", "a socket path, or nothing for none", t => t.Length == 0 || IsPath(t)),
        new NumberSetting("listeners.clamd.streamMaxLength", 104_857_600, 1, 1L << 40),
        new DurationSetting("listeners.clamd.commandReadTimeout", 30 * Second, TimeSpan.FromMilliseconds(10), 60 * Minute),
        new DurationSetting("listeners.clamd.readTimeout", 120 * Second, TimeSpan.FromMilliseconds(10), 60 * Minute),
        new FlagSetting("listeners.clamd.allowPathScans", true),
        new NumberSetting("listeners.clamd.maxConnections", 200, 1, 100_000),
        new TextSetting("listeners.clamd.versionName", Product.NameAndVersion, "1 to 60 characters of ASCII without slash", IsVersionName),
        new FlagSetting("listeners.http.enabled", true),
        new ListSetting("listeners.http.addresses", "127.0.0.1:8310,[::1]:8310", ListenAddress.Forms, IsAddress),
        new NumberSetting("listeners.http.maxScanBytes", 104_857_600, 1, 1L << 40),
    ];

    private static Setting[] Logging() =>
    [
        new WordSetting("logging.level", "information", "verbose", "debug", "information", "warning", "error")
        {
            IsHot = true,
            Alias = "debug_level",
        },
        new NumberSetting("logging.fileSizeLimitBytes", 10_485_760, 65_536, GiB),
        new NumberSetting("logging.retainedFiles", 5, 1, 1000),
    ];

    private static bool IsAddress(string text) => ListenAddress.TryParse(text, out _);

    private static bool IsVersionName(string text) => text.Length is > 0 and <= 60 && text.All(c => c is >= ' ' and < '\x7f' and not '/');

    private static bool IsPath(string text) => text.Length is > 0 and <= 4096 && !text.Contains('\0');
}
