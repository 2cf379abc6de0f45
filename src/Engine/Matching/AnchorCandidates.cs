namespace Engine.Matching;

/// <summary>A window that a body may be looked for by, and what its record says of it.</summary>
/// <param name="Part">The part that it lies in.</param>
/// <param name="Min">Least bytes from the part's start to the window.</param>
internal readonly record struct AnchorCandidate(Anchor Anchor, int Part, int Min, int Max);

/// <summary>
/// The windows that bodies could be looked for by, until it is known how many there are. One pass for all is the
/// fastest; a large set has two, one for the bodies with long windows alone: their grams of 7 bytes are rarer than those
/// of 4 by so much that it saves more than the second pass costs (measured by the rows <c>literals</c> and
/// <c>patterns</c>).
/// </summary>
internal sealed class AnchorCandidates
{
    /// <summary>Rarer than this a long window need not be, what sharing costs included.</summary>
    private const float EnoughBits = 18;

    /// <summary>Bodies with long windows from which on a pass for them alone pays.</summary>
    private const int WorthTwoPasses = 20_000;

    /// <summary>Of each, by body; of the longer ones only those that there are.</summary>
    private readonly List<AnchorCandidate> _shorts = [];
    private readonly List<AnchorCandidate> _longs = [];

    /// <summary>Adds a body's windows.</summary>
    public void Add(AnchorModel model, in AnchorChoices choices, uint body, int target)
    {
        _shorts.Add(Use(model, choices.Short, body, target));

        // Where bodies crowd on their long window but not on a shorter one, that one tells them apart.
        if (choices.Long is { } candidate && (!candidate.IsCrowded || choices.Short.IsCrowded)
            && (candidate.Bits >= EnoughBits || candidate.Bits >= choices.Short.Bits))
        {
            _longs.Add(Use(model, candidate, body, target));
        }
    }

    /// <summary>The body added last, by its window of at most 5 bytes.</summary>
    public Anchor LastShort => _shorts[^1].Anchor;

    /// <summary>What each body is looked for by.</summary>
    public List<AnchorCandidate> Choose()
    {
        if (_longs.Count < Math.Min(_shorts.Count, WorthTwoPasses))
        {
            return _shorts;
        }

        var next = 0;
        return _shorts.ConvertAll(own =>
            next < _longs.Count && _longs[next].Anchor.Body == own.Anchor.Body ? _longs[next++] : own);
    }

    private static AnchorCandidate Use(AnchorModel model, in AnchorChoice choice, uint body, int target) =>
        new(model.Use(choice, body, target), choice.Part, choice.Min, choice.Max);
}
