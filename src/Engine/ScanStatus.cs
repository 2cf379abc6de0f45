namespace Engine;

/// <summary>The outcome of a scan (csapi.md §3). The contract is the name with the prefix <c>EC_AV_</c>: see <see cref="ScanStatusNames"/>.</summary>
public enum ScanStatus
{
    /// <summary>Every byte was looked at and nothing matched; only with <c>degraded</c> may something be missing.</summary>
    Clean = 0,
    Infected,
    Unscannable,
    Error,
    PartIsContainer,
    NameTooLong,
    NoEngine,
    NotSuitableForStreaming,
}

/// <summary>The original's names.</summary>
public static class ScanStatusNames
{
    public static string ToName(this ScanStatus status) => status switch
    {
        ScanStatus.Clean => "EC_AV_CLEAN",
        ScanStatus.Infected => "EC_AV_INFECTED",
        ScanStatus.Unscannable => "EC_AV_UNSCANNABLE",
        ScanStatus.Error => "EC_AV_ERROR",
        ScanStatus.PartIsContainer => "EC_AV_PART_IS_CONTAINER",
        ScanStatus.NameTooLong => "EC_AV_NAME_TOO_LONG",
        ScanStatus.NoEngine => "EC_AV_NO_ENGINE",
        ScanStatus.NotSuitableForStreaming => "EC_AV_NOT_SUITABLE_FOR_STREAMING",
    };
}
