using Definitions.Signatures;

namespace Engine.Images;

/// <summary>
/// Bodies and image hashes of which at least one occurs whenever an expression is true (matcher-design.md §2.3). What
/// can be true without any has no set.
/// </summary>
/// <param name="Score">Of the least rare member, in bits.</param>
internal sealed record NecessarySet(List<uint> Bodies, List<ulong> Hashes, float Score)
{
    /// <summary>An image hash is as rare as can be.</summary>
    private const float HashScore = 64;

    /// <summary>Null when there is none.</summary>
    /// <param name="score">Rarity of a body.</param>
    public static NecessarySet? Of(LogicalEntry entry, Func<uint, float> score) =>
        new Finder(entry, score).Of(entry.Expression, LogicalSignature.MaxSubsignatures);

    private sealed class Finder(LogicalEntry entry, Func<uint, float> score)
    {
        /// <param name="steps">References that may still be followed from subsignature to subsignature.</param>
        public NecessarySet? Of(LogicalExpression expression, int steps) => expression switch
        {
            SubsignatureTerm term => IsPositive(term.Test) ? Of(term.Id, steps) : null,
            LogicalBlock { Test: null } block => block.IsAll ? Rarest(block.Terms, steps) : Union(block.Terms, steps),

            // A count above 0 needs a block that holds, and an occurrence in it.
            LogicalBlock block when IsPositive(block.Test) =>
                (block.IsAll ? Rarest(block.Terms, steps) : Union(block.Terms, steps)) ?? UnionOfLeaves(block, steps),
            _ => null,
        };

        private static bool IsPositive(CountTest? test) => test is not { } known || known.Number.Comparison switch
        {
            NumberComparison.Equal => known.Number.Value > 0,
            NumberComparison.Greater => true,
            NumberComparison.Less => false,
        };

        private NecessarySet? Of(int id, int steps)
        {
            if (steps == 0 || id >= entry.Subsignatures.Count)
            {
                return null;
            }

            return entry.Subsignatures[id] switch
            {
                BodySubsignature => OfBodies([.. entry.Places[id].All]),
                RegexSubsignature regex => Of(regex.Trigger, steps - 1),
                ByteCompareSubsignature compare => Of(compare.Reference, steps - 1),
                MacroSubsignature => Of(id - 1, steps - 1),
                FuzzyImageSubsignature fuzzy => new NecessarySet([], [fuzzy.Hash], HashScore),
                _ => null,
            };
        }

        private NecessarySet OfBodies(List<uint> bodies) => new(bodies, [], bodies.Min(score));

        private NecessarySet? Rarest(IReadOnlyList<LogicalExpression> terms, int steps) =>
            terms.Select(term => Of(term, steps)).Where(set => set is not null).MaxBy(set => set!.Score);

        private NecessarySet? Union(IReadOnlyList<LogicalExpression> terms, int steps) =>
            Join(terms.Select(term => Of(term, steps)));

        private NecessarySet? UnionOfLeaves(LogicalExpression expression, int steps) =>
            Join(Leaves(expression).Distinct().Select(id => Of(id, steps)));

        private static NecessarySet? Join(IEnumerable<NecessarySet?> sets)
        {
            var all = sets.ToList();
            return all.Contains(null)
                ? null
                : new NecessarySet(
                    [.. all.SelectMany(set => set!.Bodies).Distinct()],
                    [.. all.SelectMany(set => set!.Hashes).Distinct()],
                    all.Min(set => set!.Score));
        }

        private static IEnumerable<int> Leaves(LogicalExpression expression) => expression switch
        {
            SubsignatureTerm term => [term.Id],
            LogicalBlock block => block.Terms.SelectMany(Leaves),
            LogicalNegation negation => Leaves(negation.Term),
            _ => throw new ArgumentException("A kind of node that is not known.", nameof(expression)),
        };
    }
}
