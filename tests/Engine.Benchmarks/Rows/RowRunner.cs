using System.Diagnostics.CodeAnalysis;
using Engine.Benchmarks.Measuring;

namespace Engine.Benchmarks.Rows;

/// <summary>
/// Runs rows by name and prints their tables. Status 0: all ran, whether goals were reached or not; 1: a row failed, among
/// others because something was not found that must be; 2: no such row.
/// </summary>
internal static class RowRunner
{
    private static readonly Dictionary<string, Func<RowContext, Task<RowReport>>> _rows = new(StringComparer.Ordinal)
    {
        ["first-verdict"] = FirstVerdictRow.RunAsync,
        ["swap"] = SwapRow.RunAsync,
        ["memory"] = MemoryRow.RunAsync,
        ["matching"] = MatchingRow.RunAsync,
        ["literals"] = LiteralsRow.RunAsync,
        ["digests"] = DigestsRow.RunAsync,
        ["patterns"] = PatternsRow.RunAsync,
        ["compile"] = CompileRow.RunAsync,
        ["hashing"] = HashingRow.RunAsync,
        ["worst"] = WorstRow.RunAsync,
    };

    public static async Task<int> RunAsync(bool isAll, string[] arguments)
    {
        if (RunOptions.TryParse(arguments) is not { } options)
        {
            return 2;
        }

        var names = isAll ? [.. _rows.Keys] : options.Words;
        if (names.Count == 0 || names.Any(name => !_rows.ContainsKey(name)))
        {
            Console.Error.WriteLine($"row NAME...; rows are {string.Join(", ", _rows.Keys)}");
            return 2;
        }

        Clock.IsProcessor = options.IsProcessorClock;
        var context = new RowContext(options);
        var isSound = true;
        foreach (var name in names)
        {
            RowReport.Progress($"row {name}");
            isSound &= await TryAsync(name, context);
        }

        return isSound ? 0 : 1;
    }

    [SuppressMessage("Design", "CA1031", Justification = "See the comment.")]
    private static async Task<bool> TryAsync(string name, RowContext context)
    {
        try
        {
            (await _rows[name](context)).Print();
            return true;
        }
        catch (Exception e)
        {
            // One row's failure, whatever it is, must not cost the figures of the others, and an unhandled exception
            // would leave the servers behind that the row started. It is told and makes the run fail.
            Console.WriteLine($"\n### {name}\n\nfailed: {e.Message}");
            Console.Error.WriteLine(e);
            return false;
        }
    }
}
