using System.CommandLine;
using System.Text.Json.Nodes;
using Definitions;
using Updater.Publishing;

namespace Updater.Cli;

/// <summary>What a <c>publish</c> verb has done: lines for people, or one object for machines.</summary>
internal sealed record PublishReport(IReadOnlyList<string> Lines, JsonObject Json);

/// <summary>Runs a <c>publish</c> verb and turns its outcome into output and exit status.</summary>
internal static class PublishRun
{
    public static int Print(ParseResult parse, Func<PublishReport> verb)
    {
        var isJson = IsSet(parse, "--json");
        try
        {
            var report = verb();
            if (isJson)
            {
                parse.InvocationConfiguration.Output.WriteLine(report.Json.ToJsonString());
            }
            else if (!IsSet(parse, "--quiet"))
            {
                foreach (var line in report.Lines)
                {
                    parse.InvocationConfiguration.Output.WriteLine(line);
                }
            }

            return (int)ExitCode.Success;
        }
        catch (RefusedException e)
        {
            return Fail(parse, isJson, e.Reason.ToWord(), e.Message);
        }
        catch (Exception e) when (e is PublishException or IOException or UnauthorizedAccessException)
        {
            return Fail(parse, isJson, reason: null, e.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(parse, isJson, reason: null, "stopped");
        }
    }

    private static int Fail(ParseResult parse, bool isJson, string? reason, string message)
    {
        if (isJson)
        {
            parse.InvocationConfiguration.Output.WriteLine(new JsonObject { ["reason"] = reason, ["error"] = message }.ToJsonString());
        }

        parse.InvocationConfiguration.Error.WriteLine(reason is null ? $"updater: {message}" : $"updater: {reason}: {message}");
        return (int)ExitCode.Failure;
    }

    /// <summary>A global switch of the program, which may not exist where the verb runs alone.</summary>
    private static bool IsSet(ParseResult parse, string option) =>
        WithParents(parse.CommandResult.Command)
            .SelectMany(command => command.Options)
            .FirstOrDefault(known => string.Equals(known.Name, option, StringComparison.Ordinal)) is Option<bool> found
        && parse.GetValue(found);

    private static IEnumerable<Command> WithParents(Command command) =>
        command.Parents.OfType<Command>().SelectMany(WithParents).Prepend(command);
}
