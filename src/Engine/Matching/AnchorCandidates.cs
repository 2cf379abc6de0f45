using Engine.Images;

namespace Engine.Matching;

/// <summary>A body's best window of 7 or 15 bytes.</summary>
/// <param name="Part">The part that it lies in.</param>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Bits">Estimated rarity.</param>
/// <param name="ShortBits">That of the body's best window of at most 5 bytes.</param>
internal sealed record AnchorCandidate(Anchor Anchor, int Part, int Min, int Max, float Bits, float ShortBits);

/// <summary>
/// The longer windows that bodies could be looked for by, until it is known how many there are. One pass for all is the
/// fastest; of those that all bodies can take, the one with the longest stride. A large set whose bodies are nearly all
/// long has two: its many grams are rarer as 8 bytes than as 4 (matcher-design.md §2.4; measured by
/// <c>KernelBenchmark</c>).
/// </summary>
internal sealed class AnchorCandidates
{
    /// <summary>Rarer than this a long window need not be: fewer than one false candidate in 16 MiB.</summary>
    private const float EnoughBits = 24;

    /// <summary>Bodies with long windows from which on a pass for them alone pays.</summary>
    private const int WorthTwoPasses = 50_000;

    private readonly List<AnchorCandidate> _sevens = [];
    private readonly List<AnchorCandidate> _fifteens = [];

    /// <summary>In the order of the bodies.</summary>
    public void Add(AnchorCandidate candidate) =>
        (candidate.Anchor.Class == GramClass.Fifteen ? _fifteens : _sevens).Add(candidate);

    /// <summary>What each body is looked for by; null = its short window.</summary>
    /// <param name="anchors">The short windows, in the order of the bodies.</param>
    public AnchorCandidate?[] Choose(List<Anchor> anchors)
    {
        if (_fifteens.Count == anchors.Count)
        {
            return [.. _fifteens];
        }

        var chosen = new AnchorCandidate?[anchors.Count];

        if (_fifteens.Count(IsGood) >= WorthTwoPasses)
        {
            Take(chosen, anchors, _fifteens.Where(IsGood));
        }

        var sevens = (AnchorCandidate?[])chosen.Clone();
        Take(sevens, anchors, _sevens);
        return ChoiceOf(sevens, anchors) is { HasOpenFives: true } ? sevens : chosen;
    }

    private static bool IsGood(AnchorCandidate candidate) => candidate.Bits >= EnoughBits || candidate.Bits >= candidate.ShortBits;

    /// <summary>Gives the candidates to the bodies that have none yet.</summary>
    private static void Take(AnchorCandidate?[] chosen, List<Anchor> anchors, IEnumerable<AnchorCandidate> candidates)
    {
        var next = 0;
        foreach (var candidate in candidates)
        {
            while (anchors[next].Body != candidate.Anchor.Body)
            {
                next++;
            }

            chosen[next] ??= candidate;
        }
    }

    private static PassChoice ChoiceOf(AnchorCandidate?[] chosen, List<Anchor> anchors)
    {
        var all = new List<Anchor>(anchors.Count);
        for (var i = 0; i < chosen.Length; i++)
        {
            all.Add(chosen[i]?.Anchor ?? anchors[i]);
        }

        return PassChoice.Of(all);
    }
}
