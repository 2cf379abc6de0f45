using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>From the start of the process to the verdict on one small file, with the whole set; pages in the cache.</summary>
internal static class FirstVerdictRow
{
    private const double GoalSeconds = 0.3;
    private const long GoalBytes = 120L << 20;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("first-verdict: one small file with a compiled set");
        var set = context.PublishedSet();
        var program = BuiltProgram.Find(context.Options);
        var data = program.DataOf(set);
        var image = program.ImageOf(set);
        var clamscan = ClamScanner.Find(set.Database, context.Options);
        using var folder = new RowFolder();
        var file = folder.Write("small.txt", string.Concat(Enumerable.Repeat("nothing to see in this line\n", 100)));

        string[] stored = ["scan", "--config", data.ConfigFile, "--no-summary", "--all-match"];
        string[] direct = ["scan", "--database", image, "--no-summary", "--all-match"];
        Check(set, program, stored, clamscan);

        var own = Timing.Interleaved(
            context.Options.Rounds,
            Timed.Command(() => program.Run(["version", "--config", data.ConfigFile]).Require(0)),
            Timed.Command(() => program.Run([.. stored, file]).Require(0)),
            Timed.Command(() => program.Run([.. direct, file]).Require(0)));
        var peak = program.Run([.. stored, file], isWatched: true).Require(0).PeakBytes;
        var directPeak = program.Run([.. direct, file], isWatched: true).Require(0).PeakBytes;
        var (peer, peerPeak) = Peer(clamscan, file, report);

        report.Add("`scan FILE`, active generation", Figure.Seconds(own[1]), Time(peer), Ratio(peer, own[1]), "< 0.3 s", own[1] < GoalSeconds);
        report.Add("its peak memory", Figure.Megabytes(peak), Bytes(peerPeak), Ratio(peerPeak, peak), "< 120 MB", peak < GoalBytes);
        report.Add("`scan --database IMAGE FILE`", Figure.Seconds(own[2]), Time(peer), Ratio(peer, own[2]), "< 0.3 s", own[2] < GoalSeconds);
        report.Add("its peak memory", Figure.Megabytes(directPeak), Bytes(peerPeak), Ratio(peerPeak, directPeak), "< 120 MB", directPeak < GoalBytes);
        report.Add("`version`: the program's start alone", Figure.Seconds(own[0]), Figure.None, Figure.None);
        report.Note($"{set.Expected.Count} planted files found by each; {program.FileName}, image {Figure.Megabytes(new FileInfo(image).Length)}.");
        return Task.FromResult(report);
    }

    private static void Check(Generation.GeneratedSet set, BuiltProgram program, string[] stored, ClamScanner? clamscan)
    {
        set.RequireFound("updater", ScanOutput.NamesByPath(program.Run([.. stored, set.Planted]).Require(1).Output));
        if (clamscan is not null)
        {
            set.RequireFound("clamscan", ScanOutput.NamesByPath(clamscan.Scan(set.Planted).Output));
        }
    }

    private static (double? Seconds, long? Bytes) Peer(ClamScanner? clamscan, string file, RowReport report)
    {
        const int PeerRounds = 3;
        if (clamscan is null)
        {
            report.Note(Tool.Missing("clamscan"));
            return (null, null);
        }

        var seconds = Timing.Median([.. Enumerable.Range(0, PeerRounds).Select(_ => clamscan.Scan(file).Seconds)]);
        return (seconds, clamscan.Scan(file, isWatched: true).PeakBytes);
    }

    private static string Time(double? seconds) => seconds is { } value ? Figure.Seconds(value) : Figure.None;

    private static string Bytes(long? bytes) => bytes is { } value ? Figure.Megabytes(value) : Figure.None;

    private static string Ratio(double? peer, double own) => peer is { } value ? Figure.Times(value / own) : Figure.None;
}
