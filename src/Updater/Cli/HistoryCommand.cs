using System.CommandLine;
using System.Globalization;
using Updater.Listeners.Http;
using Updater.Telemetry;

namespace Updater.Cli;

/// <summary><c>history</c>: kept generations and past runs, newest first.</summary>
internal static class HistoryCommand
{
    private static readonly Option<int> Limit = CountOption.Create("--limit", "Runs to show.", fallback: 20, min: 1, max: 1000);

    public static Command Create()
    {
        var history = new VerbCommand("history", "Kept generations and past update runs, newest first.", "updater history --limit 50") { Limit };
        history.SetVerb(RunAsync);
        return history;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var state = await StateReader.OpenAsync(invocation, cancellationToken);
        var history = await state.HistoryAsync(invocation.Parse.GetValue(Limit), cancellationToken);
        var terminal = invocation.Terminal;
        if (terminal.IsJson)
        {
            terminal.Write(history, ApiJson.Default.HistoryAnswer);
            return ExitCode.Success;
        }

        if (history.Generations.Count == 0 && history.Runs.Count == 0)
        {
            var root = invocation.Folders.Root;
            terminal.Output.WriteLine(Directory.Exists(root)
                ? $"Nothing happened yet in {root}. Run: updater update"
                : $"There is no data folder {root} yet. Run: updater update");
            return ExitCode.Success;
        }

        TextTable.Write(terminal, ["Generation", "Version", "Created", "Signatures", ""], [.. history.Generations.Select(g => new[]
        {
            g.Generation, g.Version, IsoTimes.Text(g.Created),
            g.Signatures.ToString(CultureInfo.InvariantCulture), g.Active ? "active" : "",
        })]);
        TextTable.Write(terminal, ["Started", "Trigger", "Outcome", "Reason", "Message"], [.. history.Runs.Select(r => new[]
        {
            IsoTimes.Text(r.Started), r.Trigger, r.Outcome, r.Reason, MessageOf(r),
        })]);
        return ExitCode.Success;
    }

    private static string MessageOf(RunAnswer run) => run.Reason.Length > 0 || run.Problems.Count == 0
        ? run.Message
        : $"{run.Message} Without {run.Problems[0]}{(run.Problems.Count > 1 ? $" And {run.Problems.Count - 1} more." : "")}";
}
