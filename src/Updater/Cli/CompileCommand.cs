using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;

namespace Updater.Cli;

/// <summary><c>compile DATABASE... --output FILE</c>: signature files into one image.</summary>
internal static class CompileCommand
{
    private static readonly Argument<string[]> Databases = new("DATABASE")
    {
        Description = "Signature files and folders of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Output = new("--output", "-o") { Description = "The image to write.", HelpName = "FILE", Required = true };

    private static readonly Option<bool> Official = new("--official") { Description = "Names do not end in .UNOFFICIAL." };

    public static Command Create()
    {
        var compile = new VerbCommand(
            "compile",
            "Compiles signature files into an image. Status 0: written, 1: malformed, 2: usage.",
            "updater compile rules.ndb hashes.hsb --output rules.image")
        {
            Databases, Output, Official,
        };
        compile.SetVerb((invocation, cancellationToken) => Task.FromResult(Run(invocation, cancellationToken)));
        return compile;
    }

    private static ExitCode Run(Invocation invocation, CancellationToken cancellationToken)
    {
        var terminal = invocation.Terminal;
        var given = invocation.Parse.GetValue(Output)!;
        var output = Path.GetFullPath(given);
        if (OutputFault(given, output) is { } fault)
        {
            terminal.Fail(fault);
            return ExitCode.Usage;
        }

        var temporary = $"{output}.{Environment.ProcessId}.tmp";
        try
        {
            var files = invocation.Parse.GetValue(Databases)!.SelectMany(ScanDatabase.Expand).ToList();
            var request = ScanDatabase.Request(files, invocation.Time, invocation.Parse.GetValue(Official), invocation.Options.Engine.Unwanted);
            var report = ImageCompiler.Compile(request, temporary, cancellationToken);
            ScanDatabase.RequireSignatures(report, files);
            File.Move(temporary, output, overwrite: true);
            Show(terminal, report, output);
            return ExitCode.Success;
        }
        catch (NoDatabaseException e)
        {
            terminal.Fail(e.Message);
            return ExitCode.Usage;
        }
        catch (RefusedException e)
        {
            terminal.Fail($"{e.Reason.ToWord()}: {e.Message}");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the system says names the temporary file, which nobody asked for.
            terminal.Fail($"--output {given} cannot be written: {e.Message.Replace(temporary, output, StringComparison.Ordinal)}");
            return e is UnauthorizedAccessException ? ExitCode.Usage : ExitCode.Failure;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Why nothing can be written there; null when something can.</summary>
    internal static string? OutputFault(string given, string output)
    {
        var folder = Path.GetDirectoryName(output);
        return Directory.Exists(output) ? $"--output {given} is a folder; name a file in it."
            : folder is not null && !Directory.Exists(folder) ? $"--output {given} cannot be written: there is no folder {folder}; make it first."
            : null;
    }

    private static void Show(Terminal terminal, CompileReport report, string output)
    {
        foreach (var diagnostic in report.Diagnostics)
        {
            terminal.Note(diagnostic.ToString());
        }

        var signatures = report.Signatures.Values.Sum();
        var skipped = report.Diagnostics.Count(d => d.Severity != DiagnosticSeverity.Warning);
        if (terminal.IsJson)
        {
            terminal.Write(
                new CompileAnswer(output, report.ImageBytes, report.ImageDigest.ToString(), report.InputDigest.ToString(), signatures, skipped, report.AcceptedByExtension),
                CompileJson.Default.CompileAnswer);
        }
        else
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{output}: {signatures} signatures, {report.ImageBytes} bytes, {skipped} lines skipped"));
        }
    }
}

internal sealed record CompileAnswer(
    string Path, long Bytes, string Sha256, string InputDigest, long Signatures, int Skipped, IReadOnlyDictionary<string, long> Accepted);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CompileAnswer))]
[JsonSerializable(typeof(InspectAnswer))]
internal sealed partial class CompileJson : JsonSerializerContext;
