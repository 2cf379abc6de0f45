using Engine.Images;

namespace Engine.Matching;

/// <summary>A window that a body may be looked for by, and what its record says of it.</summary>
/// <param name="Part">The part that it lies in.</param>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Bits">Estimated rarity of its commonest gram.</param>
internal readonly record struct AnchorCandidate(Anchor Anchor, int Part, int Min, int Max, float Bits);

/// <summary>
/// The windows that bodies could be looked for by, until it is known how many there are. One pass for all is the
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

    /// <summary>Of each, by body; of the longer ones only those that there are.</summary>
    private readonly List<AnchorCandidate> _shorts = [];
    private readonly List<AnchorCandidate> _sevens = [];
    private readonly List<AnchorCandidate> _fifteens = [];

    /// <summary>Adds a body's windows.</summary>
    public void Add(AnchorModel model, in AnchorChoices choices, uint body, int target)
    {
        _shorts.Add(Use(model, choices.Short, body, target));
        if (choices.Seven is { } seven)
        {
            _sevens.Add(Use(model, seven, body, target));
        }

        // Where bodies crowd on their long window but not on a shorter one, that one tells them apart.
        if (choices.Fifteen is { } fifteen && (!fifteen.IsCrowded || choices.Short.IsCrowded))
        {
            _fifteens.Add(Use(model, fifteen, body, target));
        }
    }

    /// <summary>The body added last, by its window of at most 5 bytes.</summary>
    public Anchor LastShort => _shorts[^1].Anchor;

    /// <summary>What each body is looked for by.</summary>
    public List<AnchorCandidate> Choose(out PassChoice passes)
    {
        if (_fifteens.Count == _shorts.Count)
        {
            passes = default;
            return _fifteens;
        }

        var hasFifteens = Rows().Count(IsGoodFifteen) >= WorthTwoPasses;
        passes = PassesOf(hasFifteens, hasSevens: true);
        var hasSevens = passes.HasOpenFives;
        passes = hasSevens ? passes : PassesOf(hasFifteens, hasSevens: false);
        return [.. Rows().Select(row => Pick(row, hasFifteens, hasSevens))];
    }

    private static AnchorCandidate Use(AnchorModel model, in AnchorChoice choice, uint body, int target) =>
        new(model.Use(choice, body, target), choice.Part, choice.Min, choice.Max, choice.Bits);

    private PassChoice PassesOf(bool hasFifteens, bool hasSevens)
    {
        var passes = default(PassChoice);
        foreach (var row in Rows())
        {
            var picked = Pick(row, hasFifteens, hasSevens);
            passes = picked.Anchor.Class switch
            {
                GramClass.Four => passes with { Fours = passes.Fours + 1 },
                GramClass.Five => passes with { Fives = passes.Fives + 1, IsClosed = passes.IsClosed || picked.Bits < EnoughOpenBits },
                GramClass.Seven => passes with { Sevens = passes.Sevens + 1 },
                _ => passes,
            };
        }

        return passes;
    }

    private static AnchorCandidate Pick(Row row, bool hasFifteens, bool hasSevens) =>
        hasFifteens && IsGoodFifteen(row) ? row.Fifteen!.Value
        : hasSevens && row.Seven is { } seven && seven.Bits >= EnoughSevenBits ? seven
        : row.Short;

    private static bool IsGoodFifteen(Row row) =>
        row.Fifteen is { } fifteen && (fifteen.Bits >= EnoughBits || fifteen.Bits >= row.Short.Bits);

    private IEnumerable<Row> Rows()
    {
        var (seven, fifteen) = (0, 0);
        foreach (var own in _shorts)
        {
            yield return new Row(own, Next(_sevens, ref seven, own), Next(_fifteens, ref fifteen, own));
        }
    }

    private static AnchorCandidate? Next(List<AnchorCandidate> candidates, ref int next, in AnchorCandidate own) =>
        next < candidates.Count && candidates[next].Anchor.Body == own.Anchor.Body ? candidates[next++] : null;

    /// <summary>The windows of one body.</summary>
    private readonly record struct Row(AnchorCandidate Short, AnchorCandidate? Seven, AnchorCandidate? Fifteen);
}
