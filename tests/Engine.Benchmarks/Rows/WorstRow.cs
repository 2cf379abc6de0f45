using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>The slowest input that can be built against the set: a fixed list, and a search over single patterns.</summary>
internal static class WorstRow
{
    private const double GoalBytesPerSecond = 25e6;
    private const int Bytes = 4 << 20;
    private const int ProbeBytes = 256 << 10;
    private const int Singles = 400;
    private const int Shown = 5;

    /// <summary>No known type, a program of each kind, a text: each with its own filter.</summary>
    private static readonly (string Name, byte[] Head)[] _heads =
    [
        ("as binary", [0, 1, 2, 3, 0xFE, 0xFF, 0, 0]),
        ("as PE", Testing.TestProgram.Pe("head")),
        ("as ELF", Testing.TestProgram.Elf("head")),
        ("as text", "plain words before the rest "u8.ToArray()),
    ];

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("worst: slowest input that was found");
        var set = context.Set("patterns", DatabaseShape.PatternsOnly(context.Options.Scale));
        using var folder = new RowFolder();
        using var engine = RowContext.Compile(set.Files, folder.Path("set.image"));
        set.RequireFound("updater", set.Expected.Keys.ToDictionary(path => path, engine.Scan, StringComparer.Ordinal));
        var bodies = File.ReadAllLines(Path.Combine(set.Database, "set.ndb"));
        var logical = File.ReadAllLines(Path.Combine(set.Database, "set.ldb"));
        var inputs = new WorstInputs(bodies, logical, Bytes);
        var matcher = engine.NewMatcher();

        var wholeScans = inputs.Texts().Concat(inputs.All(context))
            .Select(input => (input.Name, Speed: input.Content.Length / Timing.Warmed(() => Scan(engine, input.Content))))
            .OrderBy(result => result.Speed)
            .ToList();
        var results = inputs.All(context).SelectMany(input => Measure(matcher, input.Name, input.Content)).ToList();
        RowReport.Progress("single patterns");
        var slowest = new WorstInputs([], [], ProbeBytes);
        var suspects = inputs.Singles(Singles)
            .Select(single => (single.Name, single.Unit, Speed: Probe(matcher, slowest.Repeat(single.Unit))))
            .OrderBy(single => single.Speed)
            .Take(Shown);
        results.AddRange(suspects.SelectMany(suspect => Measure(matcher, suspect.Name, inputs.Repeat(suspect.Unit))));

        if (context.Corpus.Blob(Corpora.CorpusKind.Pe, Bytes) is { } benign)
        {
            results.AddRange(Measure(matcher, "64 KiB with names that thousands of signatures ask for", WorstInputs.SmallProgram(File.ReadAllBytes(benign))));
        }

        var ordered = results.OrderBy(result => result.Speed).ToList();
        report.Add("slowest, matcher", Figure.Speed(ordered[0].Speed, 1), Figure.None, Figure.None, "≥ 25 MB/s", ordered[0].Speed >= GoalBytesPerSecond);
        foreach (var result in ordered.Take(2 * Shown))
        {
            report.Add(result.Name, Figure.Speed(result.Speed, 1), Figure.None, Figure.None);
        }

        report.Add("slowest, whole scan", Figure.Speed(wholeScans[0].Speed, 1), Figure.None, Figure.None, "≥ 25 MB/s", wholeScans[0].Speed >= GoalBytesPerSecond);
        foreach (var result in wholeScans.Take(Shown))
        {
            report.Add($"whole scan: {result.Name}", Figure.Speed(result.Speed, 1), Figure.None, Figure.None);
        }

        report.Note($"{results.Count} inputs of {Bytes >> 20} MiB; {2 * Singles} single patterns tried with {ProbeBytes >> 10} KiB; {engine.Signatures} signatures. The matcher alone, without reading and normalised copies; whole scans of the same bytes from memory, with all of it.");
        return Task.FromResult(report);
    }

    private static void Scan(EngineSet engine, byte[] content)
    {
        using var memory = new Objects.MemoryContent(content);
        engine.Scan(memory);
    }

    /// <summary>One look, as the kind of object that most patterns are for.</summary>
    private static double Probe(EngineMatcher matcher, byte[] content)
    {
        byte[] input = [.. _heads[1].Head, .. content];
        return input.Length / Timing.Seconds(() => matcher.Match(input, isComplete: false));
    }

    private static IEnumerable<(string Name, double Speed)> Measure(EngineMatcher matcher, string name, byte[] content)
    {
        foreach (var (kind, head) in _heads)
        {
            byte[] input = [.. head, .. content];

            // A budget that ends the work counts as well: the time until then is what the input cost.
            var seconds = Timing.Warmed(() => matcher.Match(input, isComplete: false));
            yield return ($"{name}, {kind}", input.Length / seconds);
        }
    }
}
