using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>Memory of the service with the whole set after it scanned all planted files, beside clamd's after the same.</summary>
internal static class MemoryRow
{
    private const double GoalSteady = 10;
    private const double GoalSwap = 20;
    private const long GoalSecondProcess = 25L << 20;

    /// <summary>After two looks without work, 20 s apart, the service gives back what it does not use.</summary>
    private static readonly TimeSpan _untilRest = TimeSpan.FromSeconds(50);

    public static async Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("memory: the service with the set");
        var set = context.PublishedSet();
        var program = BuiltProgram.Find(context.Options);
        var data = program.DataOf(set);
        using var service = await RunningService.StartAsync(program, data);
        set.RequireFound("updater", Scan(service.Clamd, set.Expected.Keys));
        var busy = service.Memory;
        RowReport.Progress("waiting until the service is at rest");
        await Task.Delay(_untilRest);
        var own = service.Memory;
        var second = SecondProcess(program, data);
        var pair = await GenerationPair.MakeAsync(service, data);
        var afterBuild = service.Memory;
        var (swapPeak, swapRss) = await SwapPeakAsync(service, pair.One);
        var (peer, peerSwap) = Clamd(set, context.Options, report);

        report.Add("resident directly after the scans, pages of the file included", Figure.Megabytes(busy.Rss), Bytes(peer?.Rss), Ratio(peer?.Rss, busy.Rss));
        report.Add("resident at rest (Rss)", Figure.Megabytes(own.Rss), Bytes(peer?.Rss), Ratio(peer?.Rss, own.Rss), "1/10", peer is null ? null : peer.Rss >= own.Rss * GoalSteady);
        report.Add("proportional (Pss)", Figure.Megabytes(own.Pss), Bytes(peer?.Pss), Ratio(peer?.Pss, own.Pss));
        report.Add("private", Figure.Megabytes(own.Private), Bytes(peer?.Private), Ratio(peer?.Private, own.Private));
        report.Add("anonymous", Figure.Megabytes(own.Anonymous), Bytes(peer?.Anonymous), Ratio(peer?.Anonymous, own.Anonymous));
        report.Add("peak since its start", Figure.Megabytes(own.Peak), Bytes(peer?.Peak), Ratio(peer?.Peak, own.Peak));
        report.Add("peak with a rebuild of the set in the service", Figure.Megabytes(afterBuild.Peak), Figure.None, Figure.None);
        report.Add("peak during a swap", Figure.Megabytes(swapPeak), Bytes(peerSwap?.Peak), Ratio(peerSwap?.Peak, swapPeak), "1/20", peerSwap is null ? null : peerSwap.Peak >= swapPeak * GoalSwap);
        report.Add("resident after the swap", Figure.Megabytes(swapRss), Bytes(peerSwap?.Rss), Ratio(peerSwap?.Rss, swapRss));
        report.Add("a second process on the same set: memory that is not pages of files", Figure.Megabytes(second), Figure.None, Figure.None, "< 25 MB", second < GoalSecondProcess);
        return report;
    }

    private static Dictionary<string, SortedSet<string>> Scan(ClamdClient client, IEnumerable<string> paths) =>
        paths.ToDictionary(path => path, client.AllMatches, StringComparer.Ordinal);

    /// <summary>
    /// A scan that waits for its input, with the set open: what it has for itself. Pages of files are in the system's cache
    /// once, whoever maps them.
    /// </summary>
    private static long SecondProcess(BuiltProgram program, ServiceFolder data)
    {
        using var process = CommandRun.Start(program.FileName, ["scan", "--config", data.ConfigFile, "--no-summary", "-"]);
        try
        {
            // It has mapped the set when it waits; after two looks without a change nothing more is to come.
            var last = -1L;
            for (var looks = 0; looks < 100; looks++)
            {
                process.WaitForExit(TimeSpan.FromMilliseconds(300));
                var now = ProcessMemory.Of(process.Id).Anonymous;
                if (now == last)
                {
                    break;
                }

                last = now;
            }

            return last;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    /// <summary>The exchange alone: both generations are compiled.</summary>
    private static async Task<(long Peak, long Rss)> SwapPeakAsync(RunningService service, string generation)
    {
        ProcessMemory.ResetPeak(service.ProcessId);
        await service.SelectAsync(generation);
        var memory = service.Memory;
        return (memory.Peak, memory.Rss);
    }

    private static (ProcessMemory? Steady, ProcessMemory? Swap) Clamd(Generation.GeneratedSet set, RunOptions options, RowReport report)
    {
        using var clamd = Peers.Clamd.Start(set.Database, options);
        if (clamd is null)
        {
            report.Note(Tool.Missing("clamd"));
            return (null, null);
        }

        set.RequireFound("clamd", Scan(clamd.Client, set.Expected.Keys));
        var steady = clamd.Memory;
        ProcessMemory.ResetPeak(clamd.ProcessId);
        clamd.Reload();
        return (steady, clamd.Memory);
    }

    private static string Bytes(long? bytes) => bytes is { } value ? Figure.Megabytes(value) : Figure.None;

    private static string Ratio(long? peer, long own) => peer is { } value ? Figure.Times((double)value / own) : Figure.None;
}
