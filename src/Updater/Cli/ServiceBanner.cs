using System.Text.Json.Serialization;
using Updater.Gates;
using Updater.Hosting;

namespace Updater.Cli;

/// <summary>What <c>run</c> prints once it listens: addresses, and three commands that work as printed.</summary>
internal static class ServiceBanner
{
    public static void Write(Invocation invocation, ServiceListeners listeners, ProgramStart program)
    {
        var terminal = invocation.Terminal;
        var folder = invocation.Folders.Root;
        if (terminal.IsJson)
        {
            terminal.Write(
                new StartedAnswer("started", Product.Version, Environment.ProcessId, folder, listeners.Clamd, listeners.Http),
                BannerJson.Default.StartedAnswer);
            return;
        }

        var output = terminal.Output;
        output.WriteLine($"{Product.NameAndVersion} is running, data in {folder}");
        Line(output, "clamd", listeners.Clamd);
        Line(output, "HTTP", listeners.Http);
        if (terminal.IsQuiet)
        {
            return;
        }

        output.WriteLine("Try in another terminal:");
        foreach (var command in Commands(invocation, listeners, program))
        {
            output.WriteLine($"  {command}");
        }

        output.Flush();
    }

    private static IEnumerable<string> Commands(Invocation invocation, ServiceListeners listeners, ProgramStart program)
    {
        var self = string.Join(' ', program.Arguments.Prepend(program.FileName).Select(Quote));
        var config = invocation.Configuration.File is { } file ? $" --config {Quote(Path.GetFullPath(file))}" : "";
        var data = $" --data {Quote(invocation.Folders.Root)}";
        yield return $"{self} status{config}{data}";
        yield return $"{self} scan{config}{data} {Quote(program.FileName)}";
        if (listeners.Http.Count > 0)
        {
            yield return $"curl -s --data-binary @{Quote(program.FileName)} {listeners.Http[0]}/v1/scan";
        }
    }

    private static void Line(TextWriter output, string name, IReadOnlyList<string> addresses)
    {
        if (addresses.Count > 0)
        {
            output.WriteLine($"  {name,-6} {string.Join(", ", addresses)}");
        }
    }

    private static string Quote(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '~' or '+' or ',')
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

/// <summary>The one line that <c>run --json</c> prints.</summary>
internal sealed record StartedAnswer(
    string Event, string Version, int Pid, string DataDirectory, IReadOnlyList<string> Clamd, IReadOnlyList<string> Http);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StartedAnswer))]
internal sealed partial class BannerJson : JsonSerializerContext;
