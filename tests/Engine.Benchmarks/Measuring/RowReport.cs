using System.Globalization;
using System.Runtime.InteropServices;

namespace Engine.Benchmarks.Measuring;

/// <summary>The small table that a row prints: what was measured, beside its peer and its goal.</summary>
internal sealed class RowReport(string title, RunOptions options)
{
    private readonly List<string> _lines = [];
    private readonly List<string> _notes = [];

    /// <summary>Goals that were missed.</summary>
    public int Missed { get; private set; }

    /// <param name="goal">As text; empty for figures without a goal.</param>
    /// <param name="isReached">Null = no goal, or not measured.</param>
    public void Add(string what, string own, string peer, string ratio, string goal = "", bool? isReached = null)
    {
        Missed += isReached == false ? 1 : 0;
        var verdict = isReached switch { true => "reached", false => "**missed**", null => "" };
        _lines.Add($"| {what} | {own} | {peer} | {ratio} | {goal} | {verdict} |");
    }

    public void Note(string text) => _notes.Add(text);

    /// <summary>A line on standard error about what goes on.</summary>
    public static void Progress(string text) => Console.Error.WriteLine($"  … {text}");

    public void Print()
    {
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine(FormattableString.Invariant(
            $"{date} UTC, scale {options.Scale}, seed {options.Seed}, {options.Rounds} rounds, medians, {(options.IsProcessorClock ? "processor" : "wall")} time. {Machine.Description()}\n"));
        Console.WriteLine("| what | updater | peer | ratio | goal | |\n|---|---:|---:|---:|---|---|");
        _lines.ForEach(Console.WriteLine);
        if (_notes.Count > 0)
        {
            Console.WriteLine();
            _notes.ForEach(note => Console.WriteLine($"- {note}"));
        }
    }
}

/// <summary>Figures as people read them.</summary>
internal static class Figure
{
    public const string None = "–";

    public static string Seconds(double seconds) => seconds switch
    {
        < 0.001 => FormattableString.Invariant($"{seconds * 1e6:0.0} µs"),
        < 1 => FormattableString.Invariant($"{seconds * 1e3:0.0} ms"),
        _ => FormattableString.Invariant($"{seconds:0.00} s"),
    };

    public static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576.0:0.0} MiB");

    /// <summary>Decimal megabytes a second.</summary>
    public static string Speed(double bytes, double seconds) => FormattableString.Invariant($"{bytes / seconds / 1e6:0.0} MB/s");

    public static string Times(double ratio) => FormattableString.Invariant($"{ratio:0.##} ×");
}

/// <summary>The machine that a figure comes from.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, load, system and runtime in one line.</summary>
    public static string Description() => FormattableString.Invariant(
        $"{Processor()}, {Environment.ProcessorCount} cores, load {Load()}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.");

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
