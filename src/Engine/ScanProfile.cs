namespace Engine;

/// <summary>Named limits of a scan (csapi.md §5.1). Immutable; ranges are checked where the configuration is read.</summary>
public sealed record ScanProfile
{
    public static ScanProfile Default { get; } = new();

    public string Name { get; init; } = "default";

    /// <summary>Container levels below the submitted object, 1 to 50. Deeper children are matched raw, not opened.</summary>
    public int MaxExtractDepth { get; init; } = 10;

    /// <summary>Bytes that one member may produce; 0 = no limit. Extraction of the member stops, what came out is matched.</summary>
    public long MaxExtractSize { get; init; } = 104_857_600;

    /// <summary>Bytes that all members may produce together, 1 to 4294967294. Nothing more is extracted.</summary>
    public long MaxCumulativeExtractSize { get; init; } = 209_715_200;

    /// <summary>Extraction time of the outermost object; zero = no limit.</summary>
    public TimeSpan MaxExtractTime { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Members over all levels, folders excluded; 0 = no limit.</summary>
    public int MaxFileCount { get; init; } = 5000;

    /// <summary>Objects longer than this are not scanned: FILE_SIZE_TOO_LARGE. 2 GiB by default.</summary>
    public long MaxObjectBytes { get; init; } = 2_147_483_648;

    /// <summary>Members smaller than this are not extracted; 0 = all are.</summary>
    public long MinExtractSize { get; init; }

    /// <summary>Members above this go to a scratch file instead of memory.</summary>
    public long SpillBytes { get; init; } = 8_388_608;

    /// <summary>Extracted bytes held in memory at one time by one scan; beyond it members go to scratch files (M-029).</summary>
    public long MemoryBudgetBytes { get; init; } = 67_108_864;

    /// <summary>Longest mail header block and longest header line handed to the mail parser, which is quadratic in them.</summary>
    public int MaxMailHeaderBytes { get; init; } = 262_144;

    /// <summary>Bytes of an HTML document that are normalised (clamav-formats.md §6.2, MaxHTMLNormalize); 0 = all. A longer one is matched raw too.</summary>
    public long MaxHtmlNormaliseBytes { get; init; } = 41_943_040;

    /// <summary>Bytes of the copy without tags (MaxHTMLNoTags); 0 = no limit. The rest of it is left out.</summary>
    public long MaxHtmlNoTagsBytes { get; init; } = 8_388_608;

    /// <summary>Bytes of a text that are normalised, and of the copy of scripts (MaxScriptNormalize); 0 = all. Texts are matched raw in any case.</summary>
    public long MaxScriptNormaliseBytes { get; init; } = 20_971_520;

    /// <summary>True: a limit or an encrypted or damaged member leaves the status clean, with <c>degraded</c> set.</summary>
    public bool FailOpen { get; init; }

    /// <summary>Whether every limit is in its range (csapi.md §5.1); a scan with one that is not answers POLICY_INVALID (M-109).</summary>
    internal bool IsValid =>
        MaxExtractDepth is >= 1 and <= 50
        && MaxExtractSize >= 0
        && MaxCumulativeExtractSize is >= 1 and <= 4_294_967_294
        && MaxExtractTime >= TimeSpan.Zero
        && MaxFileCount >= 0
        && MaxObjectBytes >= 0
        && MinExtractSize >= 0
        && SpillBytes >= 0
        && MemoryBudgetBytes >= 0
        && MaxMailHeaderBytes >= 1
        && MaxHtmlNormaliseBytes >= 0
        && MaxHtmlNoTagsBytes >= 0
        && MaxScriptNormaliseBytes >= 0;
}
