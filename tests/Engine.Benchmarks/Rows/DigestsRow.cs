using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>From ten thousand to ten million digests: opening, and the pages that opening and many lookups touch.</summary>
internal static class DigestsRow
{
    private const int Small = 10_000;
    private const int Large = 10_000_000;
    private const int Opens = 21;
    private const int Lookups = 5_000;
    private const double GoalOpen = 2;
    private const long GoalResident = 20L << 20;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var large = context.Options.Scaled(Large, Small);
        var report = context.Report($"digests: growth from {Small} to {large}");
        using var folder = new RowFolder();
        var sets = new[] { Small, large }.Select(count => context.Set("digests", DatabaseShape.DigestsOnly(count))).ToList();
        var images = sets.Select((set, i) => folder.Path($"{i}.image")).ToList();
        for (var i = 0; i < sets.Count; i++)
        {
            RowReport.Progress($"compiling {sets[i].Folder}");
            EngineSet.Compile(sets[i].Files, images[i]);
        }

        var open = Timing.Interleaved(Opens, [.. images.Select(image => (Action)(() => EngineSet.Open(image).Dispose()))]);
        report.Add("open", $"{Figure.Seconds(open[0])} → {Figure.Seconds(open[1])}", Figure.None, Figure.Times(open[1] / open[0]), "≤ 2 ×", open[1] / open[0] <= GoalOpen);
        var own = sets.Select((set, i) => Use(set, images[i])).ToList();
        report.Add($"scan of a 1 KiB object, {Lookups} of them", $"{Figure.Seconds(own[0].Seconds)} → {Figure.Seconds(own[1].Seconds)}", Figure.None, Figure.Times(own[1].Seconds / own[0].Seconds));
        report.Add("resident pages of the image after them", $"{Figure.Megabytes(own[0].Resident)} → {Figure.Megabytes(own[1].Resident)}", Figure.None, Figure.None, "≤ 20 MB", own[1].Resident <= GoalResident);
        AddPeer(context, sets, report);
        report.Note($"Images of {Figure.Megabytes(new FileInfo(images[0]).Length)} and {Figure.Megabytes(new FileInfo(images[1]).Length)}; every planted file is found.");
        return Task.FromResult(report);
    }

    /// <summary>Objects that are in no set, of lengths that the set asks for where it asks for many.</summary>
    private static (double Seconds, long Resident) Use(GeneratedSet set, string image)
    {
        using var engine = EngineSet.Open(image);
        var matcher = engine.NewMatcher();
        var random = new Random(7);
        var content = new byte[1024];
        var seconds = Timing.Median([.. Enumerable.Range(0, Lookups).Select(_ =>
        {
            random.NextBytes(content);
            return Timing.Seconds(() => matcher.Digests(content.AsMemory(0, random.Next(900, 1024))));
        })]);
        var resident = ProcessMemory.ResidentOfMapping(image);
        set.RequireFound("updater", set.Expected.Keys.ToDictionary(path => path, engine.Scan, StringComparer.Ordinal));
        return (seconds, resident);
    }

    private static void AddPeer(RowContext context, List<GeneratedSet> sets, RowReport report)
    {
        using var folder = new RowFolder();
        var file = folder.Write("small", "nothing in this file\n");
        var runs = new List<(double Seconds, long Peak)>();
        foreach (var set in sets)
        {
            if (ClamScanner.Find(set.Database, context.Options) is not { } clamscan)
            {
                report.Note(Tool.Missing("clamscan"));
                return;
            }

            set.RequireFound("clamscan", ScanOutput.NamesByPath(clamscan.Scan(set.Planted).Output));
            runs.Add((clamscan.Scan(file).Seconds, clamscan.Scan(file, isWatched: true).PeakBytes));
        }

        report.Add("clamscan: load and one small file", Figure.None, $"{Figure.Seconds(runs[0].Seconds)} → {Figure.Seconds(runs[1].Seconds)}", Figure.Times(runs[1].Seconds / runs[0].Seconds));
        report.Add("clamscan: peak memory", Figure.None, $"{Figure.Megabytes(runs[0].Peak)} → {Figure.Megabytes(runs[1].Peak)}", Figure.Times((double)runs[1].Peak / runs[0].Peak));
    }
}
