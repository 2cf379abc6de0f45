using System.Diagnostics;
using System.Globalization;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;

namespace Engine.Benchmarks;

/// <summary>
/// What it costs that a generation has several images: the same patterns in 1, 4 and 16 of them, the time to prepare a
/// set, the memory that it takes, and MB a second of one core over ELF programs. Every run must find what was planted.
/// <c>shards [patterns]</c>.
/// </summary>
internal static class ShardBenchmark
{
    private const int Rounds = 7;

    public static void Run(ReadOnlySpan<string> arguments)
    {
        var patterns = arguments.IsEmpty ? 100_000 : int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var programs = BenignBuffers.Programs();
        Console.WriteLine("| patterns | images | prepare, ms | allocated, KiB | MB/s |");
        Console.WriteLine("|---:|---:|---:|---:|---:|");
        foreach (var images in (ReadOnlySpan<int>)[1, 4, 16])
        {
            using var set = new KernelSet(patterns, KernelShape.Mixed, programs, images);
            Measure(set, images);
        }
    }

    private static void Measure(KernelSet set, int images)
    {
        // The first round pays for compiling the code.
        SearchPlan.Of(set.Set.Images).Prepare();
        var plan = SearchPlan.Of(set.Set.Images);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        plan.Prepare();
        var prepare = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) >> 10;
        using var content = new MemoryContent(set.Plant(BenignBuffers.Elf()));
        var matcher = new ObjectMatcher(set.Set);
        var best = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var hits = new List<SignatureHit>();
            start = Stopwatch.GetTimestamp();
            matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), allMatches: true, hits, static () => { });
            best = Math.Max(best, content.Length / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (hits.Count != set.Planted)
            {
                throw new InvalidOperationException($"{hits.Count} of {set.Planted} planted patterns were found.");
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {set.Patterns} | {images} | {prepare:0.0} | {allocated} | {best:0} |"));
    }
}
