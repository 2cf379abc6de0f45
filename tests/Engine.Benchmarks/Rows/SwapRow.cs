using System.Globalization;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>Exchanging the whole set in the running service while it scans, beside a reload of clamd.</summary>
internal static class SwapRow
{
    private const int Swaps = 20;
    private const double GoalSeconds = 0.010;
    private const double GoalRatio = 3000;
    private const double GoalGrowth = 1.2;

    /// <summary>Scan latency may differ so much from run to run without a swap.</summary>
    private const double LatencyNoise = 1.25;

    public static async Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("swap: the set in the running service");
        var set = context.PublishedSet();
        var program = BuiltProgram.Find(context.Options);
        using var service = await RunningService.StartAsync(program, program.DataOf(set));
        var pair = await GenerationPair.MakeAsync(service, program.DataOf(set));
        report.Add("one more signature in `local/` until it serves, with the folder's poll", Figure.Seconds(pair.Seconds), Figure.None, Figure.None);
        var file = set.Expected.Keys.First(path => new FileInfo(path).Length < 4096);
        var content = File.ReadAllBytes(file);
        await ScansAsync(service, content, set.Expected[file], () => Task.FromResult(false), atLeast: 500);

        var before = await ScansAsync(service, content, set.Expected[file], () => Task.FromResult(false), atLeast: 500);
        var steady = service.Memory;
        ProcessMemory.ResetPeak(service.ProcessId);
        var swaps = new List<double>();
        var calls = new List<double>();
        var swapping = SwapAsync(service, pair, swaps, calls);
        var during = await ScansAsync(service, content, set.Expected[file], () => Task.FromResult(!swapping.IsCompleted), atLeast: 500);
        await swapping;
        var after = service.Memory;
        var clamd = Reload(set, context.Options, report);

        var p99 = Timing.Percentile(swaps, 0.99);
        report.Add("exchange of the reference, p99", Figure.Seconds(p99), clamd is { } c ? Figure.Seconds(c.Seconds) : Figure.None,
            clamd is { } r ? Figure.Times(r.Seconds / p99) : Figure.None, "≤ 10 ms, 3,000 ×", p99 <= GoalSeconds && !(clamd is { } g && g.Seconds / p99 < GoalRatio));
        report.Add("exchange of the reference, median", Figure.Seconds(Timing.Median(swaps)), Figure.None, Figure.None);
        report.Add("whole call: find, verify, open, pointer, exchange, median", Figure.Seconds(Timing.Median(calls)), Figure.None, Figure.None);
        var (quiet, busy) = (Timing.Median(before), Timing.Median(during));
        report.Add("scan latency, median, before → during", $"{Figure.Seconds(quiet)} → {Figure.Seconds(busy)}", Figure.None, Figure.Times(busy / quiet), "unchanged", busy / quiet <= LatencyNoise);
        report.Add("scan latency, p99, before → during", $"{Figure.Seconds(Timing.Percentile(before, 0.99))} → {Figure.Seconds(Timing.Percentile(during, 0.99))}", Figure.None, Figure.None);
        report.Add("resident, steady → peak", $"{Figure.Megabytes(steady.Rss)} → {Figure.Megabytes(after.Peak)}",
            clamd is { } m ? $"{Figure.Megabytes(m.Steady.Rss)} → {Figure.Megabytes(m.After.Peak)}" : Figure.None,
            Figure.Times((double)after.Peak / steady.Rss), "≤ 1.2 ×", (double)after.Peak / steady.Rss <= GoalGrowth);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"{Swaps} exchanges, {before.Count} scans before and {during.Count} during them, each with the planted signature found."));
        return report;
    }

    private static async Task SwapAsync(RunningService service, GenerationPair pair, List<double> swaps, List<double> calls)
    {
        for (var i = 0; i < Swaps; i++)
        {
            calls.Add(await Timing.SecondsAsync(() => service.SelectAsync(i % 2 == 0 ? pair.One : pair.Two)));
            swaps.Add(await service.LastSwapSecondsAsync());
        }
    }

    /// <summary>Scans one after the other; seconds of each.</summary>
    private static async Task<List<double>> ScansAsync(RunningService service, byte[] content, string expected, Func<Task<bool>> goesOn, int atLeast)
    {
        var seconds = new List<double>();
        while (seconds.Count < atLeast || await goesOn())
        {
            seconds.Add(await Timing.SecondsAsync(async () =>
            {
                var threat = await service.ScanAsync(content);
                if (threat?.StartsWith(expected, StringComparison.Ordinal) != true)
                {
                    throw new InvalidOperationException($"Expected {expected}, found {threat}.");
                }
            }));
        }

        return seconds;
    }

    private static (double Seconds, ProcessMemory Steady, ProcessMemory After)? Reload(GeneratedSet set, RunOptions options, RowReport report)
    {
        using var clamd = Clamd.Start(set.Database, options);
        if (clamd is null)
        {
            report.Note(Tool.Missing("clamd"));
            return null;
        }

        var steady = clamd.Memory;
        var seconds = Timing.Median([clamd.Reload(), clamd.Reload()]);
        return (seconds, steady, clamd.Memory);
    }
}
