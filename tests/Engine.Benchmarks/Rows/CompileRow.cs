using System.Text.Json.Nodes;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Peers;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>The whole set compiled by the program on one core; and ten thousand new signatures from text to active.</summary>
internal static class CompileRow
{
    private const double GoalSeconds = 10;
    private const long GoalBytes = 1L << 30;
    private const double GoalOverlay = 0.2;

    /// <summary>Ten thousand signatures in the proportions of a day's changes.</summary>
    private static readonly DatabaseShape _overlay = new(4_000, 500, 2_500, 2_000, 1_000);

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("compile: the whole set, and new signatures");
        var set = context.PublishedSet();
        var program = BuiltProgram.Find(context.Options);
        using var folder = new RowFolder();
        var image = folder.Path("set.image");
        string[] compile = ["compile", set.Database, "--output", image, "--json"];
        var onOneCore = Tool.Find("taskset", context.Options) is { } taskset
            ? CommandRun.Of(taskset, ["-c", "0", program.FileName, .. compile]).Require(0)
            : null;
        if (onOneCore is null)
        {
            report.Note(Tool.Missing("taskset"));
        }

        var free = program.Run(compile).Require(0);
        AddRun("full compile, one core", onOneCore ?? free, onOneCore is not null, report);
        AddRun("full compile, all cores", free, hasGoal: false, report);
        AddOverlay(context, folder, image, report);
        return Task.FromResult(report);
    }

    private static void AddRun(string what, CommandRun run, bool hasGoal, RowReport report)
    {
        var answer = JsonNode.Parse(run.Output)!;
        var (wall, peak, lines) = ((double)answer["seconds"]!, (long)answer["peak_memory_bytes"]!, (long)answer["lines"]!);
        var seconds = Clock.IsProcessor ? run.Seconds : wall;
        report.Add(what, Figure.Seconds(seconds), Figure.None, Figure.None, hasGoal ? "10 s" : "", hasGoal ? seconds <= GoalSeconds : null);
        report.Add($"{what}: peak memory", Figure.Megabytes(peak), Figure.None, Figure.None, "< 1 GB", peak < GoalBytes);
        report.Note(FormattableString.Invariant($"{what}: {lines} lines, {lines / seconds:0} lines/s; with the start and end of the process {run.Seconds:0.00} s."));
    }

    private static void AddOverlay(RowContext context, RowFolder folder, string image, RowReport report)
    {
        var added = context.Set("overlay", _overlay);
        using var engine = EngineSet.Open(image);
        var count = 0;
        var seconds = Timing.Interleaved(context.Options.Rounds, () =>
        {
            var path = folder.Path($"overlay{count++}.image");
            EngineSet.Compile(added.Files, path);
            engine.Activate(path);
        })[0];
        report.Add($"{_overlay.Total} new signatures, text to active", Figure.Seconds(seconds), Figure.None, Figure.None, "200 ms", seconds <= GoalOverlay);
        added.RequireFound("updater", added.Expected.Keys.ToDictionary(path => path, engine.Scan, StringComparer.Ordinal));
    }
}
