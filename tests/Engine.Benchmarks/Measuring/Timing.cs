using System.Diagnostics;

namespace Engine.Benchmarks.Measuring;

/// <summary>Medians of interleaved runs: what disturbs the machine for a while disturbs all that is compared.</summary>
internal static class Timing
{
    /// <summary>By the clock for work in this process.</summary>
    public static double Seconds(Action action) => Timed.Here(action).Seconds();

    /// <summary>Median of three, once the runtime has optimised what runs.</summary>
    public static double Warmed(Action action)
    {
        var timed = Timed.Here(action);
        timed.WarmUp();
        return timed.Median(3);
    }

    /// <summary>Wall time: what a client waits for.</summary>
    public static async Task<double> SecondsAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Runs A B A B …, each unmeasured first: <see cref="Timed.WarmUp"/>.</summary>
    /// <returns>Median seconds of each, in their order.</returns>
    public static double[] Interleaved(int rounds, params IReadOnlyList<Action> runs) =>
        Interleaved(rounds, [.. runs.Select(Timed.Here)]);

    /// <inheritdoc cref="Interleaved(int, IReadOnlyList{Action})"/>
    public static double[] Interleaved(int rounds, params IReadOnlyList<Timed> runs)
    {
        foreach (var run in runs)
        {
            run.WarmUp();
        }

        var seconds = runs.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < runs.Count; i++)
            {
                seconds[i].Add(runs[i].Seconds());
            }
        }

        return [.. seconds.Select(Median)];
    }

    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 0.5);

    /// <summary>The value that the share of all others does not exceed; nearest rank.</summary>
    /// <param name="share">0 to 1.</param>
    public static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0
            ? throw new InvalidOperationException("Nothing was measured.")
            : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
