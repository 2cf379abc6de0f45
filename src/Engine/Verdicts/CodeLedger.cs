namespace Engine.Verdicts;

/// <summary>The codes of one scan, each with the places where it occurred (M-172).</summary>
internal sealed class CodeLedger(string rootPath)
{
    /// <summary>Distinct pairs of code and place that are kept; a scan without a file limit could make millions.</summary>
    public const int MaxEntries = 10_000;

    private readonly Dictionary<(ScanCode Code, string Node), int> _counts = [];

    /// <summary>Counts the code at its place; beyond <see cref="MaxEntries"/> places it counts at the submitted object.</summary>
    public void Add(ScanCode code, string node)
    {
        var key = (code, node);
        if (_counts.Count >= MaxEntries && !_counts.ContainsKey(key))
        {
            key = (code, rootPath);
        }

        _counts[key] = _counts.GetValueOrDefault(key) + 1;
    }

    /// <summary>Whether the code was counted at the place.</summary>
    public bool Holds(ScanCode code, string node) => _counts.ContainsKey((code, node));

    /// <summary>In rank order; inside a code by place.</summary>
    public IReadOnlyList<NodeCode> ToSorted()
    {
        var codes = _counts.Select(pair => new NodeCode(pair.Key.Code, pair.Key.Node, pair.Value)).ToList();
        codes.Sort((left, right) =>
        {
            var byRank = CodeRanking.Compare(left.Code, right.Code);
            return byRank != 0 ? byRank : string.CompareOrdinal(left.Node, right.Node);
        });
        return codes;
    }
}
