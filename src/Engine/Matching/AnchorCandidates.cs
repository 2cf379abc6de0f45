using Engine.Images;

namespace Engine.Matching;

/// <summary>A body's best window of 7 or 15 bytes.</summary>
/// <param name="Part">The part that it lies in.</param>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Bits">Estimated rarity of its commonest gram.</param>
internal sealed record AnchorCandidate(Anchor Anchor, int Part, int Min, int Max, float Bits);

/// <summary>
/// The longer windows that bodies could be looked for by, until it is known how many there are. One pass for all is the
/// fastest; of those that all bodies can take, the one with the longest stride. A large set whose bodies are nearly all
/// long has two: its many grams are rarer as 8 bytes than as 4 (matcher-design.md §2.4; measured by
/// <c>KernelBenchmark</c>).
/// </summary>
internal sealed class AnchorCandidates
{
    /// <summary>Rarer than this a long window need not be, what sharing costs included.</summary>
    private const float EnoughBits = 18;

    /// <summary>A window of 7 whose commonest gram is met more often than once in 512 bytes costs more than a pass.</summary>
    private const float EnoughSevenBits = 9;

    /// <summary>A window of 5 that is met by 3 of its bytes loses about 8 bits.</summary>
    private const float EnoughOpenBits = 18;

    /// <summary>Bodies with long windows from which on a pass for them alone pays.</summary>
    private const int WorthTwoPasses = 50_000;

    private readonly List<AnchorCandidate> _sevens = [];
    private readonly List<AnchorCandidate> _fifteens = [];
    private readonly List<float> _shortBits = [];

    /// <summary>In the order of the bodies, in front of <see cref="AddShort"/> for the same body.</summary>
    public void Add(AnchorCandidate candidate) =>
        (candidate.Anchor.Class == GramClass.Fifteen ? _fifteens : _sevens).Add(candidate);

    /// <summary>Notes the rarity of a body's window of at most 5 bytes.</summary>
    public void AddShort(float bits) => _shortBits.Add(bits);

    /// <summary>What each body is looked for by; null = its short window.</summary>
    /// <param name="anchors">The short windows, in the order of the bodies.</param>
    public AnchorCandidate?[] Choose(List<Anchor> anchors, out PassChoice passes)
    {
        AnchorCandidate?[] chosen = new AnchorCandidate?[anchors.Count];
        if (_fifteens.Count == anchors.Count)
        {
            chosen = [.. _fifteens];
            passes = ChoiceOf(chosen, anchors);
            return chosen;
        }

        var good = Take(chosen, anchors, _fifteens, static (candidate, shortBits) => candidate.Bits >= EnoughBits || candidate.Bits >= shortBits);
        if (good.Count(c => c is not null) >= WorthTwoPasses)
        {
            chosen = good;
        }

        var sevens = Take(chosen, anchors, _sevens, static (candidate, _) => candidate.Bits >= EnoughSevenBits);
        if (ChoiceOf(sevens, anchors) is { HasOpenFives: true } open)
        {
            passes = open;
            return sevens;
        }

        passes = ChoiceOf(chosen, anchors);
        return chosen;
    }

    /// <summary>A copy in which the candidates that are wanted went to the bodies that had none.</summary>
    private AnchorCandidate?[] Take(
        AnchorCandidate?[] chosen, List<Anchor> anchors, List<AnchorCandidate> candidates, Func<AnchorCandidate, float, bool> isWanted)
    {
        var taken = (AnchorCandidate?[])chosen.Clone();
        var next = 0;
        foreach (var candidate in candidates)
        {
            while (anchors[next].Body != candidate.Anchor.Body)
            {
                next++;
            }

            taken[next] ??= isWanted(candidate, _shortBits[next]) ? candidate : null;
        }

        return taken;
    }

    private PassChoice ChoiceOf(AnchorCandidate?[] chosen, List<Anchor> anchors)
    {
        var isClosed = false;
        var all = new Anchor[anchors.Count];
        for (var i = 0; i < chosen.Length; i++)
        {
            all[i] = chosen[i]?.Anchor ?? anchors[i];
            isClosed |= all[i].Class == GramClass.Five && _shortBits[i] < EnoughOpenBits;
        }

        return PassChoice.Of(all, isClosed);
    }
}
