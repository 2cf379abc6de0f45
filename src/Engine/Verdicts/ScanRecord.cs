using Definitions;
using Engine.Decomposition;

namespace Engine.Verdicts;

/// <summary>What one scan has found so far, and the result it makes.</summary>
internal sealed class ScanRecord
{
    public ScanRecord(ScanRequest request, Budget budget)
    {
        (Request, Budget) = (request, budget);
        RootPath = NodeName.Clean(request.Name, NodeName.MaxRootLength);
        Ledger = new CodeLedger(RootPath);
    }

    public ScanRequest Request { get; }

    public Budget Budget { get; }

    /// <summary>The path of the submitted object, as nodes print it.</summary>
    public string RootPath { get; }

    public CodeLedger Ledger { get; }

    public GenerationId? Generation { get; set; }

    public Digest? Sha256 { get; set; }

    public IReadOnlyList<NodeMatch> Matches { get; set; } = [];

    public int Nodes { get; set; }

    /// <summary>The result of a scan that did not begin.</summary>
    public ScanResult Fail(ScanCode code)
    {
        Ledger.Add(code, RootPath);
        return ToResult();
    }

    public ScanResult ToResult()
    {
        foreach (var match in Matches)
        {
            Ledger.Add(ScanCode.AvsVirusFound, match.Node);
        }

        var codes = Ledger.ToSorted();
        var status = CodeRanking.Status(codes.Select(code => code.Code));
        var isDegraded = Request.Profile.FailOpen && status is (ScanStatus.Error or ScanStatus.Unscannable);
        return new ScanResult
        {
            Status = isDegraded ? ScanStatus.Clean : status,
            Threat = status switch
            {
                ScanStatus.Infected => Matches[0].Signature,
                ScanStatus.Clean => null,
                _ => $"{codes[0].Code.ToName()} in {codes[0].Node}",
            },
            DetectedBy = status == ScanStatus.Infected ? ScanEngine.Name : null,
            Code = codes.Count > 0 ? codes[0].Code : null,
            Codes = codes,
            Matches = Matches,
            Generation = Generation,
            Sha256 = Sha256,
            Bytes = Request.Content.Length,
            Nodes = Nodes,
            Elapsed = Budget.Elapsed,
            IsDegraded = isDegraded,
        };
    }
}
