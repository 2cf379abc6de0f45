namespace Engine.Matching;

/// <summary>A body's best window of 15 bytes.</summary>
/// <param name="Part">The part that it lies in.</param>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Bits">Estimated rarity.</param>
/// <param name="ShortBits">That of the body's best shorter window.</param>
internal readonly record struct LongAnchor(Anchor Anchor, int Part, int Min, int Max, float Bits, float ShortBits);

/// <summary>
/// Which bodies are looked for by long windows. Long ones cost a quarter of the probes, but where some bodies have none
/// the bytes pass by twice; then they pay for large sets only (matcher-design.md §2.4; measured by <c>KernelBenchmark</c>).
/// </summary>
internal sealed class LongWindowRule
{
    /// <summary>Rarer than this a long window need not be: fewer than one false wake in 16 MiB.</summary>
    private const float EnoughBits = 24;

    /// <summary>Bodies from which on two passes cost no more than the one with short windows.</summary>
    private const int WorthTwoPasses = 50_000;

    private readonly bool _isUsed;

    /// <param name="candidates">Every body that has a long window.</param>
    /// <param name="bodies">All bodies with an anchor.</param>
    public LongWindowRule(List<LongAnchor> candidates, int bodies)
    {
        var good = candidates.Count(IsGood);
        _isUsed = good == bodies || good >= WorthTwoPasses;
    }

    public bool Takes(in LongAnchor anchor) => _isUsed && IsGood(anchor);

    private static bool IsGood(LongAnchor anchor) => anchor.Bits >= EnoughBits || anchor.Bits >= anchor.ShortBits;
}
