using System.CommandLine;
using System.Globalization;
using Definitions;
using Spectre.Console;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners.Http;
using Updater.Updates;

namespace Updater.Cli;

/// <summary>
/// <c>update</c>: one update now. The service does the work when one runs on the data folder, else this process does;
/// progress looks the same.
/// </summary>
internal static class UpdateCommand
{
    private static readonly Option<bool> Force = new("--force") { Description = "Asks every source although its interval says otherwise, a channel also during its cool-down; skips no check." };

    private static readonly Option<string?> Source = new("--source") { Description = "Only this source.", HelpName = "NAME" };

    private static readonly Option<string> WaitFor = new("--timeout")
    {
        Description = "Longest wait; the update goes on in the service. Status 3 when it is over.",
        HelpName = "SPAN",
        DefaultValueFactory = _ => "10m",
    };

    public static Command Create()
    {
        var update = new VerbCommand(
            "update",
            "Updates the definitions now. Status 0: updated or current, 1: failed, 2: usage, 3: timed out, 4: refused by a gate, a pin or a hold.",
            "updater update",
            "updater update --force --source certified --timeout 2m")
        {
            Force, Source, WaitFor,
        };
        update.SetVerb(RunAsync);
        return update;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var terminal = invocation.Terminal;
        var body = new UpdateBody(invocation.Parse.GetValue(Force), invocation.Parse.GetValue(Source));
        if (!Duration.TryParse(invocation.Parse.GetValue(WaitFor), out var patience) || patience == TimeSpan.Zero)
        {
            terminal.Fail($"--timeout is a span of time above 0: {Duration.Forms}.");
            return ExitCode.Usage;
        }

        if (body.Source is not null && invocation.Options.Sources.All(s => s.Name != body.Source))
        {
            terminal.Fail(SourceText.Unknown(body.Source, [.. invocation.Options.Sources.Select(s => s.Name)]));
            return ExitCode.Usage;
        }

        using var timeout = new CancellationTokenSource(patience, invocation.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await invocation.Turn.TakeAsync(() => UpdateAsync(invocation, body, either.Token), patience: null, either.Token);
            Show(terminal, answer);
            return ExitCodes.Of(answer.Outcome, answer.Reason);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            terminal.Fail($"not finished after {invocation.Parse.GetValue(WaitFor)}.");
            return ExitCode.TimedOut;
        }
    }

    /// <exception cref="Store.DataFolderException">Another process updates, and no service answers.</exception>
    private static async Task<UpdateAnswer> UpdateAsync(Invocation invocation, UpdateBody body, CancellationToken cancellationToken)
    {
        using var client = await ControlClient.TryConnectAsync(invocation.Folders, cancellationToken);
        if (client is not null)
        {
            var started = await client.PostAsync(
                "v1/updates", body, ApiJson.Default.UpdateBody, ApiJson.Default.UpdateAnswer, cancellationToken);
            invocation.Terminal.Note(started.Joined ? $"Joined update {started.Id}, which was under way." : $"Update {started.Id} runs in the service.");
            return await UpdateProgressView.FollowAsync(invocation.Terminal, client.FollowAsync(started.Id, cancellationToken));
        }

        await using var core = await Composition.OpenUpdatesAsync(invocation.Options, invocation.Time, invocation.LogLevel, cancellationToken);
        var run = core.Updates.Coordinator.Request(new UpdateRequest(UpdateTrigger.Command, body.Force, body.Source));
        return await UpdateProgressView.FollowAsync(
            invocation.Terminal, UpdateProgressView.WatchAsync(run, invocation.Time, cancellationToken));
    }

    private static void Show(Terminal terminal, UpdateAnswer answer)
    {
        // For one who wants quiet it is news once, when it was compiled; status knows it at all times.
        var findings = answer.Findings ?? [];
        if (answer.LeftOut is { } leftOut && (!terminal.IsQuiet || findings.Any(found => found.Severity == "error")))
        {
            terminal.Fail(leftOut);
            ShowLines(terminal, findings);
        }

        foreach (var other in answer.LocalLeftOut ?? [])
        {
            terminal.Note(other);
        }

        // The outcome's own message is said once, below.
        foreach (var problem in (answer.Problems ?? []).Where(problem => problem.Message != answer.Message || problem.Reason != answer.Reason))
        {
            terminal.Fail(problem.ToString());
        }

        if (terminal.IsJson)
        {
            terminal.Write(answer, ApiJson.Default.UpdateAnswer);
            return;
        }

        var reason = string.IsNullOrEmpty(answer.Reason) ? "" : $" ({answer.Reason})";
        var line = $"{answer.Outcome?.Replace('_', ' ')}{reason}: {answer.Message}";
        if (ExitCodes.Of(answer.Outcome, answer.Reason) == ExitCode.Success)
        {
            terminal.Output.WriteLine(line);
        }
        else
        {
            terminal.Fail(line);
        }
    }

    /// <summary>The lines that are left out, as lint says them.</summary>
    private static void ShowLines(Terminal terminal, IReadOnlyList<FindingAnswer> findings)
    {
        foreach (var found in findings.Where(found => found.Severity is "error" or "skipped"))
        {
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture, $"    {found.Package}/{PlainText.Of(found.File)}:{found.Line}:{found.Column}: {found.Code}: {found.Message}"));
            if (found.Hint is { } hint)
            {
                terminal.Note($"        hint: {hint}");
            }
        }
    }
}
