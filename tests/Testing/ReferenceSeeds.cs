using System.Globalization;

namespace Testing;

/// <summary>
/// Seeds of the comparisons with the reference engine: three in an ordinary test run, as many as
/// <c>REFERENCE_SEEDS</c> says in a long one (docs/differences.md).
/// </summary>
public static class ReferenceSeeds
{
    public static IEnumerable<int> All { get; } = Enumerable.Range(
        1, int.TryParse(Environment.GetEnvironmentVariable("REFERENCE_SEEDS"), CultureInfo.InvariantCulture, out var count) ? count : 3);
}
