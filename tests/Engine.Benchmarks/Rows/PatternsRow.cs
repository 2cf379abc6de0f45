using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>From ten thousand to 640,000 bodies: what a byte costs.</summary>
internal static class PatternsRow
{
    private const int Small = 10_000;
    private const int Large = 640_000;
    private const int BlobMebibytes = 8;

    /// <summary>clamd may be as slow as 0.1 MB/s here.</summary>
    private const int PeerMebibytes = 1;

    private const double GoalLoss = 3;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var large = context.Options.Scaled(Large, Small);
        var report = context.Report($"patterns: growth from {Small} to {large}");
        using var folder = new RowFolder();
        var sets = new[] { Small, large }.Select(count => context.Set("bodies", DatabaseShape.BodiesOnly(count))).ToList();
        var engines = sets.Select((set, i) => RowContext.Compile(set.Files, folder.Path($"{i}.image"))).ToList();
        try
        {
            for (var i = 0; i < sets.Count; i++)
            {
                var engine = engines[i];
                sets[i].RequireFound("updater", sets[i].Expected.Keys.ToDictionary(path => path, engine.Scan, StringComparer.Ordinal));
            }

            foreach (var kind in Corpus.Kinds)
            {
                if (context.Blob(kind, BlobMebibytes, report) is { } blob)
                {
                    AddBlob(kind, blob.Bytes, engines, context.Options.Rounds, report);
                }
            }
        }
        finally
        {
            engines.ForEach(engine => engine.Dispose());
        }

        AddPeer(context, sets, report);
        return Task.FromResult(report);
    }

    private static void AddBlob(CorpusKind kind, byte[] bytes, List<EngineSet> engines, int rounds, RowReport report)
    {
        var matchers = engines.ConvertAll(engine => engine.NewMatcher());
        var seconds = Timing.Interleaved(rounds, [.. matchers.Select(matcher => (Action)(() => matcher.Match(bytes, isComplete: false)))]);
        report.Note($"{kind}: {(matchers.TrueForAll(matcher => matcher.IsComplete) ? "every match came to its end" : "**a match ran out of its budget**")}.");
        report.Add($"{kind} blob", $"{Figure.Speed(bytes.Length, seconds[0])} → {Figure.Speed(bytes.Length, seconds[1])}", Figure.None,
            Figure.Times(seconds[1] / seconds[0]), "≤ 3 × slower", seconds[1] / seconds[0] <= GoalLoss);
    }

    private static void AddPeer(RowContext context, List<GeneratedSet> sets, RowReport report)
    {
        if (context.Blob(CorpusKind.Pe, PeerMebibytes, report) is not { } blob)
        {
            return;
        }

        var seconds = new List<double>();
        foreach (var set in sets)
        {
            using var clamd = Clamd.Start(set.Database, context.Options);
            if (clamd is null)
            {
                report.Note(Tool.Missing("clamd"));
                return;
            }

            clamd.Client.AllMatches(blob.Path);
            seconds.Add(clamd.Timed(() => clamd.Client.AllMatches(blob.Path)).Median(rounds: 3));
        }

        report.Add($"clamd: Pe blob of {PeerMebibytes} MiB", Figure.None, $"{Figure.Speed(blob.Bytes.Length, seconds[0])} → {Figure.Speed(blob.Bytes.Length, seconds[1])}", Figure.Times(seconds[1] / seconds[0]));
    }
}
