using System.CommandLine;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Listeners.Http;
using Updater.Store;

namespace Updater.Cli;

/// <summary><c>rollback</c>, <c>pin</c>, <c>unpin</c>: the operator chooses the generation.</summary>
internal static class RollbackCommand
{
    private static readonly Option<string?> To = new("--to")
    {
        Description = "A kept generation, by number, name or version; without it the one before the active one.",
        HelpName = "V",
    };

    private static readonly Option<string> Hold = new("--hold")
    {
        Description = "How long the replaced releases may not come back; 0 = not at all held.",
        HelpName = "SPAN",
        DefaultValueFactory = _ => "24h",
    };

    private static readonly Argument<string> Generation = new("V") { Description = "A kept generation, by number, name or version." };

    public static Command Create()
    {
        var rollback = new VerbCommand(
            "rollback",
            "Goes back to a kept generation at once. Status 1: no such generation, or the data folder stayed in use; 4: refused.",
            "updater rollback",
            "updater rollback --to 20261122.001 --hold 48h")
        {
            To, Hold,
        };
        rollback.SetVerb((invocation, cancellationToken) => Duration.TryParse(invocation.Parse.GetValue(Hold), out var hold)
            ? RunAsync(
                invocation,
                client => client.PostAsync(
                    "v1/rollback",
                    new RollbackBody(invocation.Parse.GetValue(To), invocation.Parse.GetValue(Hold)),
                    ApiJson.Default.RollbackBody,
                    ApiJson.Default.ChoiceAnswer,
                    cancellationToken),
                desk => desk.RollBackAsync(invocation.Parse.GetValue(To), hold, cancellationToken),
                cancellationToken)
            : Task.FromResult(BadHold(invocation)));
        return rollback;
    }

    public static Command CreatePin()
    {
        var pin = new VerbCommand("pin", "Activates a generation and keeps it whatever the sources offer.", "updater pin 3") { Generation };
        pin.SetVerb((invocation, cancellationToken) => RunAsync(
            invocation,
            client => client.PostAsync(
                "v1/pin", new PinBody(invocation.Parse.GetValue(Generation)), ApiJson.Default.PinBody, ApiJson.Default.ChoiceAnswer, cancellationToken),
            desk => desk.PinAsync(invocation.Parse.GetValue(Generation)!, cancellationToken),
            cancellationToken));
        return pin;
    }

    public static Command CreateUnpin()
    {
        var unpin = new VerbCommand("unpin", "Lifts pin and hold.", "updater unpin");
        unpin.SetVerb((invocation, cancellationToken) => RunAsync(
            invocation,
            client => client.DeleteAsync("v1/pin", ApiJson.Default.ChoiceAnswer, cancellationToken),
            desk => desk.UnpinAsync(cancellationToken),
            cancellationToken));
        return unpin;
    }

    private static ExitCode BadHold(Invocation invocation)
    {
        invocation.Terminal.Fail($"--hold is a span of time: {Duration.Forms}.");
        return ExitCode.Usage;
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation,
        Func<ControlClient, Task<ChoiceAnswer>> ask,
        Func<OperatorDesk, Task<ChoiceAnswer>> act,
        CancellationToken cancellationToken)
    {
        ChoiceAnswer answer;
        try
        {
            answer = await invocation.Turn.TakeAsync(
                () => AnswerAsync(invocation, ask, act, cancellationToken), FolderTurn.Patience, cancellationToken);
        }
        catch (DataFolderException e) when (e.IsBusy)
        {
            // Nothing is wrong with the command: it may be given again.
            invocation.Terminal.Fail($"{e.Message} Nothing was changed.");
            return ExitCode.Failure;
        }

        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(answer, ApiJson.Default.ChoiceAnswer);
        }

        var status = answer.Result switch
        {
            OperatorDesk.NotFound => ExitCode.Failure,
            OperatorDesk.Refused => ExitCode.Refused,
            _ => ExitCode.Success,
        };
        if (status != ExitCode.Success)
        {
            invocation.Terminal.Fail(answer.Message);
        }
        else if (!invocation.Terminal.IsJson)
        {
            invocation.Terminal.Output.WriteLine(answer.Message);
        }

        return status;
    }

    private static async Task<ChoiceAnswer> AnswerAsync(
        Invocation invocation,
        Func<ControlClient, Task<ChoiceAnswer>> ask,
        Func<OperatorDesk, Task<ChoiceAnswer>> act,
        CancellationToken cancellationToken)
    {
        using var client = await ControlClient.TryConnectAsync(invocation.Folders, cancellationToken);
        if (client is null)
        {
            await using var core = await Composition.OpenUpdatesAsync(invocation.Options, invocation.Time, invocation.LogLevel, cancellationToken);
            return await act(new OperatorDesk(core.Updates.Selection));
        }

        try
        {
            return await ask(client);
        }
        catch (ControlException e) when (e.Status is 404 or 409)
        {
            return new ChoiceAnswer(e.Status == 404 ? OperatorDesk.NotFound : OperatorDesk.Refused, e.Message, null, null);
        }
    }
}
