using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Updater.Cli;

/// <summary>
/// Where a command writes: results to standard output, all else to standard error. Colour, tables and progress only
/// where a person looks: a terminal, no <c>NO_COLOR</c>, no <c>--quiet</c>, no <c>--json</c>.
/// </summary>
internal sealed class Terminal
{
    /// <summary>Lines that a failed run's document repeats.</summary>
    private const int MaxFaults = 100;

    private readonly List<string> _faults = [];
    private string? _reason;
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    public Terminal(TextWriter output, TextWriter error, bool isJson, bool isQuiet, bool isPlain)
    {
        (_output, _error) = (output, error);
        Output = new VisibleWriter(output);
        Error = new VisibleWriter(error);
        IsJson = isJson;
        IsQuiet = isQuiet;
        IsRich = !isPlain && !isJson && !isQuiet;
    }

    /// <summary>Shows control characters instead of sending them.</summary>
    public TextWriter Output { get; }

    /// <inheritdoc cref="Output"/>
    public TextWriter Error { get; }

    public bool IsJson { get; }

    public bool IsQuiet { get; }

    /// <summary>True: a person looks at a terminal and wants colour.</summary>
    public bool IsRich { get; }

    /// <summary>For tables; only with <see cref="IsRich"/>. Colour is control characters: texts go through <see cref="VisibleWriter.Of"/>.</summary>
    public IAnsiConsole Rich => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) });

    /// <summary>For progress; only with <see cref="IsRich"/>.</summary>
    public IAnsiConsole RichError => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_error) });

    /// <summary>The real standard streams.</summary>
    public static Terminal Standard(bool isJson, bool isQuiet)
    {
        var isPlain = Console.IsOutputRedirected || Console.IsErrorRedirected
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
#pragma warning disable CA2000 // Standard output is open as long as the process.
        return new Terminal(ResultStream.OpenWriter(), Console.Error, isJson, isQuiet, isPlain);
#pragma warning restore CA2000
    }

    public void Write<T>(T value, JsonTypeInfo<T> type)
    {
        HasAnswered = true;
        Output.WriteLine(JsonSerializer.Serialize(value, type));
    }

    /// <summary>A document for programs was written; set by those who do not write it here.</summary>
    public bool HasAnswered { get; set; }

    /// <summary>
    /// The document of a run that failed before it had an answer, so that a program that asked for JSON always gets one.
    /// </summary>
    public void EndFailed()
    {
        if (IsJson && !HasAnswered)
        {
            Write(new FailureAnswer(_reason, string.Join('\n', _faults)), FailureJson.Default.FailureAnswer);
        }
    }

    /// <summary>One line about what is being done; nothing when quiet.</summary>
    public void Note(string text)
    {
        if (!IsQuiet)
        {
            Error.WriteLine(text);
        }
    }

    /// <summary>One line about what went wrong; always.</summary>
    public void Fail(string text)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Add(text);
        }

        Error.WriteLine($"updater: {text}");
    }

    /// <param name="reason">The stable word.</param>
    public void Fail(string reason, string text)
    {
        _reason ??= reason;
        Fail($"{reason}: {text}");
    }
}

/// <summary>What <c>--json</c> says of a run that failed.</summary>
/// <param name="Reason">The stable word, where there is one.</param>
/// <param name="Error">What standard error says, a line each.</param>
internal sealed record FailureAnswer(string? Reason, string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FailureAnswer))]
internal sealed partial class FailureJson : JsonSerializerContext;
