using System.CommandLine;

namespace Updater.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>What the verb does, with loaded configuration.</summary>
    public void SetVerb(Func<Invocation, CancellationToken, Task<ExitCode>> verb) =>
        SetAction((parse, cancellationToken) => Invocation.RunAsync(parse, verb, cancellationToken));
}
