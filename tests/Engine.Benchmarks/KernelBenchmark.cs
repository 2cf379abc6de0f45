using System.Globalization;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;

namespace Engine.Benchmarks;

/// <summary>
/// How fast each kernel searches, in MB a second of one core: sets of three sizes and two shapes over programs, text
/// and compressed data of this machine. Every run must find what was planted. Runs are interleaved, processor time is
/// what is measured, and the best of each counts, since other work on a shared machine only ever slows one down.
/// <c>kernels [patterns…]</c>.
/// </summary>
internal static class KernelBenchmark
{
    private const int Rounds = 7;
    private const int Window = 1 << 20;

    public static void Run(ReadOnlySpan<string> arguments)
    {
        var sizes = arguments.IsEmpty ? [10_000, 100_000, 640_000] : Array.ConvertAll(arguments.ToArray(), a => int.Parse(a, CultureInfo.InvariantCulture));
        var programs = BenignBuffers.Programs();
        (string Name, byte[] Data)[] buffers =
            [("PE", BenignBuffers.Pe()), ("ELF", BenignBuffers.Elf()), ("text", BenignBuffers.Text()), ("compressed", BenignBuffers.Compressed())];
        Console.WriteLine($"| patterns | shape | kernel | {string.Join(" | ", buffers.Select(b => b.Name))} | passes |");
        Console.WriteLine($"|---:|---|---|{string.Concat(buffers.Select(_ => "---:|"))}---|");
        foreach (var shape in Enum.GetValues<KernelShape>())
        {
            foreach (var size in sizes)
            {
                using var set = new KernelSet(size, shape, programs);
                Measure(set, buffers);
            }
        }
    }

    private static void Measure(KernelSet set, (string Name, byte[] Data)[] buffers)
    {
        var plan = set.Set.Plan;
        var kernels = FilterKernel.All;
        var best = new double[kernels.Count, buffers.Length];
        var contents = buffers.Select(b => new MemoryContent(set.Plant(b.Data))).ToArray();
        var matchers = kernels.Select(k => new ObjectMatcher(set.Set, Window, new GramSearcher(plan, k))).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var kernel = 0; kernel < kernels.Count; kernel++)
            {
                for (var buffer = 0; buffer < buffers.Length; buffer++)
                {
                    var rate = contents[buffer].Length / 1e6 / Seconds(matchers[kernel], contents[buffer], set.Planted);
                    best[kernel, buffer] = Math.Max(best[kernel, buffer], rate);
                }
            }
        }

        var passes = string.Join(" + ", plan.For(0).ToArray().Select(p => $"{p.Pass} {4 << p.FilterLog2 >> 10} KiB"));
        for (var kernel = 0; kernel < kernels.Count; kernel++)
        {
            var rates = string.Join(" | ", Enumerable.Range(0, buffers.Length).Select(b => best[kernel, b].ToString("F0", CultureInfo.InvariantCulture)));
            Console.WriteLine($"| {set.Patterns} | {set.Shape} | {kernels[kernel].Name} | {rates} | {passes} |");
        }
    }

    private static double Seconds(ObjectMatcher matcher, MemoryContent content, int planted)
    {
        var hits = new List<SignatureHit>();
        var start = Environment.CpuUsage.TotalTime;
        var completion = matcher.Match(MatchSubject.Raw(content, ObjectType.Binary), allMatches: true, hits, static () => { });
        var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
        return completion == MatchCompletion.Complete && hits.Count == planted
            ? seconds
            : throw new InvalidOperationException($"{hits.Count} of {planted} planted patterns were found ({completion}).");
    }
}
