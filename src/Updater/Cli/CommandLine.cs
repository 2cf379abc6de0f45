using System.CommandLine;
using System.CommandLine.Help;

namespace Updater.Cli;

/// <summary>The whole command line: verbs, global options, help with examples, and how mistakes end.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Keeps malware definitions current and scans with them.\n\nStart with: updater run");
        foreach (var option in GlobalOptions.All)
        {
            root.Add(option);
        }

        Command[] verbs =
        [
            RunCommand.Create(), UpdateCommand.Create(), StatusCommand.Create(), VersionCommand.Create(), CheckCommand.Create(),
            ScanCommand.Create(), HistoryCommand.Create(), RollbackCommand.Create(), RollbackCommand.CreatePin(),
            RollbackCommand.CreateUnpin(), PublishCommand.Create(), CompileCommand.Create(), InspectCommand.Create(),
            SignaturesCommand.Create(), GramsCommand.Create(), ConfigCommand.Create(),
        ];
        foreach (var verb in verbs)
        {
            root.Add(verb);
        }

        if (root.Options.OfType<HelpOption>().Single() is { Action: HelpAction usual } help)
        {
            help.Action = new ExampleHelp(usual);
        }

        return root;
    }

    /// <summary>Parses and runs. A mistake on the command line is status 2, as every other usage error.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // A path may start with @, so response files are off.
        var parse = Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var mistakes = CommandLineMistakes.Of(parse);
        if (mistakes.Count > 0)
        {
            var terminal = Terminal.Standard(
                parse.GetResult(GlobalOptions.Json) is { } json && !json.Errors.Any() && json.GetValueOrDefault<bool>(), isQuiet: true);
            foreach (var mistake in mistakes)
            {
                terminal.Fail(mistake);
            }

            terminal.EndFailed();
            terminal.Error.WriteLine($"Try: updater {string.Concat(Path(parse.CommandResult.Command))}--help");
            return (int)ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = ResultStream.OpenWriter(),
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parse.InvokeAsync(invocation, cancellationToken);
        }
        catch (OutputException e)
        {
            Console.Error.WriteLine($"updater: {e.Message}");
            return (int)ExitCode.Usage;
        }
    }

    private static IEnumerable<string> Path(Command command) =>
        command is RootCommand ? [] : Path(command.Parents.OfType<Command>().First()).Append(command.Name + " ");
}
