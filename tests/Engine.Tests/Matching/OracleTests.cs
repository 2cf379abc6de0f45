using CsCheck;
using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>The compiled matcher against the naive one: thousands of patterns, objects and window sizes.</summary>
public sealed class OracleTests
{
    private long _hits;
    private long _misses;

    /// <summary>Tiny alphabet: gaps, alternatives and boundaries that nearly match everywhere. About 25,000 cases.</summary>
    [Fact]
    public void Equals_the_naive_matcher_where_partial_matches_are_the_rule()
    {
        Gen.Select(RandomPatterns.Lines(40), RandomPatterns.Object.Array[12], Gen.Int[1, 40]).Sample(
            (lines, objects, window) => AssertEqual(RandomPatterns.Parse(lines), objects, window),
            iter: 100,
            threads: 1);
        AssertBothOccurred(1000);
    }

    /// <summary>Objects made to match, nearly, from patterns over the whole grammar. About 25,000 cases.</summary>
    [Fact]
    public void Equals_the_naive_matcher_on_objects_made_for_the_patterns()
    {
        Gen.Select(Gen.Int, Gen.Int[1, 80]).Sample(
            (seed, window) =>
            {
                var generator = new PatternGenerator(new Random(seed));
                var lines = Enumerable.Range(0, 25).Select(_ => $"{generator.Offset(40)}:{generator.Pattern()}").ToArray();
                var signatures = RandomPatterns.Parse(lines);
                Assert.Equal(lines.Length, signatures.Count);
                AssertEqual(signatures, [.. signatures.Select(s => generator.Data(s.Pattern))], window);
            },
            iter: 40,
            threads: 1);
        AssertBothOccurred(200);
    }

    /// <summary>Random cases that are all of one kind would show nothing.</summary>
    private void AssertBothOccurred(long atLeast)
    {
        Assert.InRange(_hits, atLeast, long.MaxValue);
        Assert.InRange(_misses, atLeast, long.MaxValue);
    }

    private void AssertEqual(List<BodySignature> signatures, byte[][] objects, int window)
    {
        using var image = new CompiledImage(signatures);
        foreach (var data in objects.Where(d => d.Length > 5))
        {
            var hits = image.Match(data, ObjectType.Binary, window)
                .ToDictionary(h => h.Signature, h => h.Offset, StringComparer.Ordinal);
            foreach (var signature in signatures)
            {
                var starts = NaiveMatcher.AllMatches(signature.Pattern, signature.Offset, data);
                var isHit = hits.TryGetValue(signature.Name, out var offset);
                _ = isHit ? _hits++ : _misses++;
                Assert.True(
                    isHit == starts.Count > 0 && (!isHit || starts.Contains(offset!.Value)),
                    $"{signature.Pattern.Source} at {signature.Offset} in {Convert.ToHexString(data)}: "
                        + $"found at {(isHit ? offset : -1)}, expected one of [{string.Join(' ', starts)}].");
            }
        }
    }
}
