using CsCheck;
using Engine.FileTypes;
using Engine.Tests.Images;
using Testing;

namespace Engine.Tests.Matching;

/// <summary>The compiled matcher against the naive one on random patterns, objects and window sizes.</summary>
public sealed class OracleTests
{
    [Fact]
    public void Matches_exactly_what_the_naive_matcher_matches() =>
        Gen.Select(RandomPatterns.Lines(60), RandomPatterns.Object.Array[12], Gen.Int[1, 40]).Sample(
            (lines, objects, window) =>
            {
                var signatures = RandomPatterns.Parse(lines);
                using var image = new CompiledImage(signatures);
                foreach (var data in objects)
                {
                    var hits = image.Match(data, ObjectType.Binary, window)
                        .ToDictionary(h => h.Signature, h => h.Offset, StringComparer.Ordinal);
                    foreach (var signature in signatures)
                    {
                        var starts = NaiveMatcher.AllMatches(signature.Pattern, signature.Offset, data);
                        var isHit = hits.TryGetValue(signature.Name, out var offset);
                        Assert.True(
                            isHit == starts.Count > 0 && (!isHit || starts.Contains(offset!.Value)),
                            $"{signature.Pattern.Source} at {signature.Offset} in {Convert.ToHexString(data)}: "
                                + $"found at {(isHit ? offset : -1)}, expected one of [{string.Join(' ', starts)}].");
                    }
                }
            },
            iter: 100,
            threads: 1);
}
