using System.CommandLine;
using Updater.Configuration;
using Updater.Listeners.Http;

namespace Updater.Cli;

/// <summary><c>check</c>: a line for monitoring systems, with performance data and their four statuses (M-184).</summary>
internal static class CheckCommand
{
    private static readonly Option<string> Warn = new("--warn")
    {
        Description = "Age of the definitions from which on the status is 1.",
        HelpName = "SPAN",
        DefaultValueFactory = _ => "24h",
    };

    private static readonly Option<string> Crit = new("--crit")
    {
        Description = "Age from which on the status is 2.",
        HelpName = "SPAN",
        DefaultValueFactory = _ => "72h",
    };

    public static Command Create()
    {
        var check = new VerbCommand(
            "check", "Monitoring check of the definitions' age. Status 0: ok, 1: warning, 2: critical, 3: unknown.", "updater check --warn 24h --crit 72h")
        {
            Warn, Crit,
        };

        // Not SetVerb: its failures are status 2, which would be critical here; what cannot be told is unknown.
        check.SetAction(async (parse, cancellationToken) =>
        {
            var terminal = Terminal.Standard(parse.GetValue(GlobalOptions.Json), parse.GetValue(GlobalOptions.Quiet));
            var invocation = await Invocation.StartAsync(parse, terminal, cancellationToken);
            if (invocation.Configuration.Options is null)
            {
                Invocation.WriteProblems(terminal, invocation.Configuration);
                return (int)Unknown(terminal, "the configuration has mistakes");
            }

            try
            {
                return (int)await RunAsync(invocation, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or ControlException)
            {
                return (int)Unknown(terminal, e.Message);
            }
        });
        return check;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (!Duration.TryParse(invocation.Parse.GetValue(Warn), out var warn)
            || !Duration.TryParse(invocation.Parse.GetValue(Crit), out var crit) || warn > crit)
        {
            return Unknown(invocation.Terminal, $"--warn and --crit are spans of time ({Duration.Forms}), warn not above crit");
        }

        using var state = await StateReader.OpenAsync(invocation, cancellationToken);
        var answer = await state.CheckAsync(warn, crit, cancellationToken);
        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(answer, ApiJson.Default.CheckAnswer);
        }
        else
        {
            invocation.Terminal.Output.WriteLine(answer.Line);
        }

        return (ExitCode)answer.Status;
    }

    private static ExitCode Unknown(Terminal terminal, string text)
    {
        var line = $"DEFINITIONS UNKNOWN - {text}";
        if (terminal.IsJson)
        {
            terminal.Write(new CheckAnswer("unknown", (int)ExitCode.TimedOut, line), ApiJson.Default.CheckAnswer);
        }
        else
        {
            terminal.Output.WriteLine(line);
        }

        return ExitCode.TimedOut;
    }
}
