using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>
/// Bytes against bodies and logical signatures on one core: the matcher in this process, and beside it the whole scan,
/// against clamd with everything but matching switched off.
/// </summary>
internal static class MatchingRow
{
    private const int BlobMebibytes = 16;
    private const int SmallFiles = 500;
    private const double GoalSmallFiles = 50;
    private const int PeerRounds = 3;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("matching: raw matching on one core");
        var set = context.Set("patterns", DatabaseShape.PatternsOnly(context.Options.Scale));
        using var folder = new RowFolder();
        using var engine = RowContext.Compile(set.Files, folder.Path("set.image"));
        using var clamd = Clamd.Start(set.Database, context.Options);
        set.RequireFound("updater", set.Expected.Keys.ToDictionary(path => path, engine.Scan, StringComparer.Ordinal));
        if (clamd is null)
        {
            report.Note(Tool.Missing("clamd"));
        }
        else
        {
            set.RequireFound("clamd", set.Expected.Keys.ToDictionary(path => path, clamd.Client.AllMatches, StringComparer.Ordinal));
        }

        foreach (var kind in Corpus.Kinds)
        {
            if (context.Blob(kind, BlobMebibytes, report) is { } blob)
            {
                AddBlob(kind, blob.Path, blob.Bytes, engine, clamd, context.Options.Rounds, report);
            }
        }

        foreach (var kind in (CorpusKind[])[CorpusKind.Pe, CorpusKind.Elf, CorpusKind.Text])
        {
            AddSmallFiles(kind, context, engine, clamd, report);
        }

        report.Note($"{engine.Signatures} signatures, {set.Expected.Count} planted ones found by each; blobs of {BlobMebibytes} MiB, files of at most {Corpus.SmallFileBytes} bytes.");
        return Task.FromResult(report);
    }

    /// <summary>Times clamd's speed, by kind.</summary>
    private static double? Goal(CorpusKind kind) => kind switch
    {
        CorpusKind.Pe => 100,
        CorpusKind.Elf => 15,
        CorpusKind.Text => 20,
        CorpusKind.Compressed => null,
    };

    private static void AddBlob(CorpusKind kind, string path, byte[] bytes, EngineSet engine, Clamd? clamd, int rounds, RowReport report)
    {
        RowReport.Progress($"{kind} blob");
        var matcher = engine.NewMatcher();
        var own = Timing.Interleaved(rounds, () => matcher.Match(bytes, isComplete: false), () => engine.Scan(path));
        matcher.Match(bytes, isComplete: false);
        var isComplete = matcher.IsComplete;
        if (!isComplete)
        {
            report.Note($"{kind}: **the matcher ran out of its budget**, so a benign file is not clean; the time is that until then.");
        }

        var names = engine.Scan(path);
        double? peer = null;
        if (clamd is not null)
        {
            var peerNames = clamd.Client.AllMatches(path);
            peer = clamd.Timed(() => clamd.Client.Send($"ALLMATCHSCAN {path}")).Median(PeerRounds);
            ReportDifference(kind, names, peerNames, report);
        }

        var goal = Goal(kind);
        report.Add($"{kind} blob, matcher", Figure.Speed(bytes.Length, own[0]), peer is { } p ? Figure.Speed(bytes.Length, p) : Figure.None,
            peer is { } r ? Figure.Times(r / own[0]) : Figure.None, goal is { } g ? $"{g} ×" : "", goal is null || peer is null ? null : isComplete && peer / own[0] >= goal);
        report.Add($"{kind} blob, whole scan", Figure.Speed(bytes.Length, own[1]), Figure.None, peer is { } s ? Figure.Times(s / own[1]) : Figure.None);
    }

    private static void AddSmallFiles(CorpusKind kind, RowContext context, EngineSet engine, Clamd? clamd, RowReport report)
    {
        RowReport.Progress($"small {kind} files");
        var files = Directory.GetFiles(context.Corpus.SmallFiles(kind, SmallFiles));
        if (files.Length < SmallFiles / 2)
        {
            report.Note($"{kind}: this machine has only {files.Length} small files; left out.");
            return;
        }

        var contents = files.Select(File.ReadAllBytes).ToList();
        var matcher = engine.NewMatcher();
        var own = Timing.Interleaved(
            context.Options.Rounds,
            () => contents.ForEach(content => matcher.Match(content, isComplete: false)),
            () => Array.ForEach(files, file => engine.Scan(file)));
        double? peer = null;
        if (clamd is not null)
        {
            clamd.Client.Session(files);
            peer = clamd.Timed(() => clamd.Client.Session(files)).Median(PeerRounds);
        }

        report.Add($"{kind} files, matcher, files/s", Rate(files.Length, own[0]), peer is { } p ? Rate(files.Length, p) : Figure.None,
            peer is { } r ? Figure.Times(r / own[0]) : Figure.None, $"{GoalSmallFiles} ×", peer is null ? null : peer / own[0] >= GoalSmallFiles);
        report.Add($"{kind} files, whole scan from disk, files/s", Rate(files.Length, own[1]), Figure.None, peer is { } s ? Figure.Times(s / own[1]) : Figure.None);
    }

    private static string Rate(int files, double seconds) => FormattableString.Invariant($"{files / seconds:0}");

    /// <summary>Benign blobs may hold a pattern by chance; both engines must say so alike.</summary>
    private static void ReportDifference(CorpusKind kind, SortedSet<string> own, SortedSet<string> peer, RowReport report)
    {
        var peerNames = peer.Select(name => name.Replace(".UNOFFICIAL", "", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var different = own.Except(peerNames, StringComparer.Ordinal).Concat(peerNames.Except(own, StringComparer.Ordinal)).ToList();
        report.Note(different.Count == 0
            ? $"{kind}: the same {own.Count} names found in the blob by both."
            : $"{kind}: **{different.Count} names found by one only**, such as {string.Join(", ", different.Take(3))} (own {own.Count}, clamd {peerNames.Count}).");
    }
}
