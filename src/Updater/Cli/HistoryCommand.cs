using System.CommandLine;
using System.Globalization;
using Updater.Listeners.Http;
using Updater.Telemetry;

namespace Updater.Cli;

/// <summary><c>history</c>: kept generations and past runs, newest first.</summary>
internal static class HistoryCommand
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "Runs to show.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    public static Command Create()
    {
        Limit.Validators.Clear();
        Limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--limit is a number from 1 to 1000.");
            }
        });
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
            IsoTimes.Text(r.Started), r.Trigger, r.Outcome, r.Reason, r.Message,
        })]);
        return ExitCode.Success;
    }
}
