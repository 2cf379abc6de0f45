using System.CommandLine;
using System.Globalization;
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
        var status = await state.StatusAsync(cancellationToken);
        var finding = Judge(status, warn, crit);
        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(
                new CheckAnswer(finding.Word, finding.Line, status.Version.AgeSeconds, status.Version.DefinitionsVersion), CheckJson.Default.CheckAnswer);
        }
        else
        {
            invocation.Terminal.Output.WriteLine(finding.Line);
        }

        return finding.Status;
    }

    /// <summary>The whole rule: no definitions are critical, then age decides, then a failed update warns.</summary>
    public static CheckFinding Judge(StatusAnswer status, TimeSpan warn, TimeSpan crit)
    {
        if (status.Version is not { AgeSeconds: { } seconds, DefinitionsVersion: { } version })
        {
            return new CheckFinding(ExitCode.Usage, "critical", "UPDATER CRITICAL - no definitions");
        }

        var age = TimeSpan.FromSeconds(seconds);
        var (code, word) = age >= crit ? (ExitCode.Usage, "critical")
            : age >= warn ? (ExitCode.Failure, "warning")
            : (ExitCode.Success, "ok");
        var failure = status.LastFailureReason is { } reason ? $", last update failed: {reason}" : "";
        if (failure.Length > 0 && code == ExitCode.Success)
        {
            (code, word) = (ExitCode.Failure, "warning");
        }

        return new CheckFinding(code, word, string.Create(
            CultureInfo.InvariantCulture,
            $"UPDATER {word.ToUpperInvariant()} - definitions {version}, {age.TotalHours:0.0} h old{failure} | age={seconds:0}s;{warn.TotalSeconds:0};{crit.TotalSeconds:0};0 signatures={status.Version.Signatures}"));
    }

    private static ExitCode Unknown(Terminal terminal, string text)
    {
        terminal.Output.WriteLine($"UPDATER UNKNOWN - {text}");
        return ExitCode.TimedOut;
    }
}

/// <param name="Word"><c>ok, warning, critical</c>.</param>
internal sealed record CheckFinding(ExitCode Status, string Word, string Line);

internal sealed record CheckAnswer(string State, string Line, double? AgeSeconds, string? DefinitionsVersion);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(CheckAnswer))]
internal sealed partial class CheckJson : System.Text.Json.Serialization.JsonSerializerContext;
