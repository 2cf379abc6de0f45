using Engine.Verdicts;

namespace Engine.Tests.Verdicts;

public sealed class CodeRankingTests
{
    // The row of rank 1, csapi.md §4.1, read from the page again.
    private static readonly string[] RankOne =
    [
        "AVS_RESULT_ENGINE_LOAD_FAILED", "AVS_RESULT_DEFINITIONS_MISSING", "AVS_RESULT_SCANNER_NOT_INITIALIZED",
        "AVS_RESULT_REINITIALIZATION_PROHIBITED", "AVS_RESULT_INVALID_DEFAULT_FILE_EXTENSION", "AVS_RESULT_SCANFILE_FAILURE",
    ];

    [Fact, Trait("req", "M-170"), Trait("req", "M-171")]
    public void Of_any_two_codes_the_lower_rank_wins_and_inside_a_rank_the_table()
    {
        var codes = ScanCodes.All;
        for (var i = 0; i < codes.Count; i++)
        {
            for (var j = 0; j < codes.Count; j++)
            {
                var (a, b) = (codes[i], codes[j]);
                var expected = ExpectedPlace(a) <= ExpectedPlace(b) ? a : b;
                Assert.Equal(expected, CodeRanking.Primary([a, b]));
                Assert.Equal(i == j, CodeRanking.Compare(a, b) == 0);
                Assert.Equal(Math.Sign(CodeRanking.Compare(a, b)), -Math.Sign(CodeRanking.Compare(b, a)));
            }
        }
    }

    [Fact, Trait("req", "M-175"), Trait("req", "M-288")]
    public void Of_any_two_codes_the_worse_status_wins()
    {
        ScanStatus[] order = [ScanStatus.Infected, ScanStatus.Error, ScanStatus.Unscannable, ScanStatus.Clean];
        foreach (var a in ScanCodes.All)
        {
            foreach (var b in ScanCodes.All)
            {
                var expected = order[Math.Min(Array.IndexOf(order, CodeRanking.Status([a])), Array.IndexOf(order, CodeRanking.Status([b])))];
                Assert.Equal(expected, CodeRanking.Status([a, b]));
            }
        }

        Assert.Equal(ScanStatus.Infected, CodeRanking.Status([ScanCode.DecEncryptedContainerDetected, ScanCode.AvsVirusFound]));
        Assert.Equal(ScanStatus.Error, CodeRanking.Status([ScanCode.DecMaximumDepthReached, ScanCode.GenOutOfMemory]));
        Assert.Equal(ScanStatus.Unscannable, CodeRanking.Status([ScanCode.DecOuterContainerIsMime, ScanCode.DecMaximumDepthReached]));
        Assert.Equal(ScanStatus.Clean, CodeRanking.Status([ScanCode.DecOuterContainerIsMime, ScanCode.DecEncryptedContainerDeleted]));
    }

    [Fact]
    public void No_code_is_clean_and_has_no_primary()
    {
        Assert.Null(CodeRanking.Primary([]));
        Assert.Equal(ScanStatus.Clean, CodeRanking.Status([]));
    }

    [Fact, Trait("req", "M-172")]
    public void The_ledger_counts_codes_by_place_and_sorts_them_by_rank()
    {
        var ledger = new CodeLedger("root");
        ledger.Add(ScanCode.DecOuterContainerIsMime, "root");
        ledger.Add(ScanCode.DecFileExtractFailed, "root!b");
        ledger.Add(ScanCode.DecFileExtractFailed, "root!a");
        ledger.Add(ScanCode.DecFileExtractFailed, "root!a");
        ledger.Add(ScanCode.AvsVirusFound, "root!c");
        Assert.Equal(
            [
                new NodeCode(ScanCode.AvsVirusFound, "root!c", 1), new NodeCode(ScanCode.DecFileExtractFailed, "root!a", 2),
                new NodeCode(ScanCode.DecFileExtractFailed, "root!b", 1), new NodeCode(ScanCode.DecOuterContainerIsMime, "root", 1),
            ],
            ledger.ToSorted());
    }

    [Fact]
    public void The_ledger_does_not_grow_without_bound()
    {
        var ledger = new CodeLedger("root");
        for (var i = 0; i < CodeLedger.MaxEntries + 500; i++)
        {
            ledger.Add(ScanCode.DecFileExtractFailed, $"root!{i}");
        }

        var codes = ledger.ToSorted();
        Assert.Equal(CodeLedger.MaxEntries + 1, codes.Count);
        Assert.Equal(500, codes.Single(c => c.Node == "root").Count);
    }

    private static int ExpectedPlace(ScanCode code)
    {
        var name = code.ToName();
        var rank = name switch
        {
            "AVS_RESULT_VIRUS_FOUND" => 0,
            _ when name.StartsWith("AVS_", StringComparison.Ordinal) => 1,
            _ when name.StartsWith("LIC_", StringComparison.Ordinal) => 2,
            _ when name.StartsWith("GEN_", StringComparison.Ordinal) => 3,
            _ => code.Class() switch
            {
                ScanCodeClass.Fatal => 4,
                ScanCodeClass.Limit => 5,
                ScanCodeClass.Content => 6,
                ScanCodeClass.Modification => 7,
                _ => 8,
            },
        };
        var place = rank == 1 ? Array.IndexOf(RankOne, name) : ScanCodes.All.TakeWhile(c => c != code).Count();
        return (rank * 1000) + place;
    }
}
