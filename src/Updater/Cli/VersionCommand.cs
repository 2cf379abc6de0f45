using System.CommandLine;
using Updater.Listeners.Http;

namespace Updater.Cli;

/// <summary><c>version</c>: the four lines of csapi.md §8; status 1 without definitions.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var version = new VerbCommand(
            "version", "Versions of program, engine and definitions. Status 1: no definitions.", "updater version", "updater version --json");
        version.SetVerb(RunAsync);
        return version;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var state = await StateReader.OpenAsync(invocation, cancellationToken);
        var answer = await state.VersionAsync(cancellationToken);
        if (invocation.Terminal.IsJson)
        {
            invocation.Terminal.Write(answer, ApiJson.Default.VersionAnswer);
        }
        else
        {
            invocation.Terminal.Output.Write(answer.Text);
        }

        return answer.DefinitionsVersion is null ? ExitCode.Failure : ExitCode.Success;
    }
}
