using Definitions.Signatures;
using Engine;

namespace Updater.Configuration;

/// <summary>How scans run.</summary>
internal sealed class EngineOptions
{
    /// <summary>Scans at one time; 0 = as many as the machine has cores.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Scans that may wait for a slot; one more is answered "busy".</summary>
    public int MaxQueue { get; init; } = 100;

    /// <summary>Folder for members that do not fit memory; empty = <c>scratch</c> in the data folder.</summary>
    public string ScratchDirectory { get; init; } = "";

    /// <summary>Loads sets of potentially unwanted programs (<c>.hdu</c> and the like).</summary>
    public bool DetectPua { get; init; }

    /// <summary>Only these categories of such sets; empty = all.</summary>
    public IList<string> IncludePua { get; init; } = [];

    /// <summary>All categories but these.</summary>
    public IList<string> ExcludePua { get; init; } = [];

    /// <summary>The three settings as the compiler takes them.</summary>
    public UnwantedPolicy Unwanted =>
        DetectPua ? UnwantedPolicy.Load([.. IncludePua], [.. ExcludePua]) : UnwantedPolicy.NotLoaded;

    public IDictionary<string, ProfileOptions> Profiles { get; init; } =
        new Dictionary<string, ProfileOptions>(StringComparer.Ordinal) { ["default"] = new() };
}

/// <summary>Limits of one profile; ranges and meaning in csapi.md §5.1.</summary>
internal sealed class ProfileOptions
{
    public int MaxExtractDepth { get; init; } = 10;

    public long MaxExtractSize { get; init; } = 104_857_600;

    /// <summary>0 means 209715200, as in the original.</summary>
    public long MaxCumulativeExtractSize { get; init; }

    public TimeSpan MaxExtractTime { get; init; } = TimeSpan.FromSeconds(180);

    public int MaxFileCount { get; init; } = 5000;

    public long MinExtractSize { get; init; }

    public bool FailOpen { get; init; }

    /// <summary>What protocols that know only clean and found say of what could not be scanned.</summary>
    public UnscannableAction Action { get; init; }

    /// <summary>The immutable limits that the engine takes.</summary>
    public ScanProfile ToProfile(string name) => new()
    {
        Name = name,
        MaxExtractDepth = MaxExtractDepth,
        MaxExtractSize = MaxExtractSize,
        MaxCumulativeExtractSize = MaxCumulativeExtractSize == 0 ? 209_715_200 : MaxCumulativeExtractSize,
        MaxExtractTime = MaxExtractTime,
        MaxFileCount = MaxFileCount,
        MinExtractSize = MinExtractSize,
        FailOpen = FailOpen,
    };
}

/// <summary>The profile's <c>action</c> (csapi.md §5.2): infected and unscannable both refused, or left to the caller.</summary>
internal enum UnscannableAction
{
    /// <summary>Answered as a find named <c>Heuristics.Unscannable.CODE</c>.</summary>
    Reject = 0,

    /// <summary>Answered as clean, as the caller asked for.</summary>
    Pass,
}
