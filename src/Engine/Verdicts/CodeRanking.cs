namespace Engine.Verdicts;

/// <summary>Many codes to one: which is primary, and what status they make together (csapi.md §3, §4.1; M-170, M-171).</summary>
internal static class CodeRanking
{
    // The row of rank 1 in csapi.md §4.1 lists its members in an order of its own; all other ranks follow their tables.
    private static readonly ScanCode[] RankOne =
    [
        ScanCode.AvsEngineLoadFailed, ScanCode.AvsDefinitionsMissing, ScanCode.AvsScannerNotInitialized,
        ScanCode.AvsReinitializationProhibited, ScanCode.AvsInvalidDefaultFileExtension, ScanCode.AvsScanfileFailure,
    ];

    /// <summary>Total order: by rank, inside a rank by the table. Zero only for equal codes.</summary>
    public static int Compare(ScanCode left, ScanCode right)
    {
        var byRank = left.Rank().CompareTo(right.Rank());
        return byRank != 0 ? byRank : PositionInRank(left).CompareTo(PositionInRank(right));
    }

    /// <summary>The first in the order; null for no codes.</summary>
    public static ScanCode? Primary(IEnumerable<ScanCode> codes)
    {
        ScanCode? best = null;
        foreach (var code in codes)
        {
            if (best is null || Compare(code, best.Value) < 0)
            {
                best = code;
            }
        }

        return best;
    }

    /// <summary>INFECTED before ERROR before UNSCANNABLE before CLEAN (M-175).</summary>
    public static ScanStatus Status(IEnumerable<ScanCode> codes)
    {
        var status = ScanStatus.Clean;
        foreach (var code in codes)
        {
            status = Worse(status, StatusOf(code.Class()));
        }

        return status;
    }

    private static ScanStatus StatusOf(ScanCodeClass codeClass) => codeClass switch
    {
        ScanCodeClass.Detection => ScanStatus.Infected,
        ScanCodeClass.Fatal => ScanStatus.Error,
        ScanCodeClass.Limit or ScanCodeClass.Content => ScanStatus.Unscannable,
        ScanCodeClass.Modification or ScanCodeClass.Information => ScanStatus.Clean,
    };

    private static ScanStatus Worse(ScanStatus left, ScanStatus right) =>
        Severity(left) >= Severity(right) ? left : right;

    private static int Severity(ScanStatus status) => status switch
    {
        ScanStatus.Clean => 0,
        ScanStatus.Unscannable => 1,
        ScanStatus.Infected => 3,
        ScanStatus.Error or ScanStatus.PartIsContainer or ScanStatus.NameTooLong or ScanStatus.NoEngine
            or ScanStatus.NotSuitableForStreaming => 2,
    };

    private static int PositionInRank(ScanCode code) =>
        code.Rank() == 1 ? Array.IndexOf(RankOne, code) : code.Position();
}
