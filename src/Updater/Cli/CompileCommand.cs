using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;
using Updater.Sources;

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

    private static readonly Option<int> Weak = CountOption.Create(
        "--weak", "Lists so many (up to 50) of the byte sequences that cost scans most.", fallback: 0, min: 0, max: 50);

    public static Command Create()
    {
        var compile = new VerbCommand(
            "compile",
            "Compiles signature files into an image. Status 0: written, 1: malformed, 2: usage.",
            "updater compile rules.ndb hashes.hsb --output rules.image",
            "updater compile rules.ldb --output rules.image --weak 10")
        {
            Databases, Output, Official, Weak,
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
            var databases = invocation.Parse.GetValue(Databases)!;
            var files = databases.SelectMany(ScanDatabase.Expand).ToList();
            if (files.Exists(file => IsSameFile(file, output)))
            {
                terminal.Fail($"--output {given} is one of the files to compile; it would be overwritten. Name another file.");
                return ExitCode.Usage;
            }

            using var inputs = DatabaseInputs.Open(
                files, ContainerFiles.Trusting(invocation.Options.Sources, invocation.Time), invocation.Time, invocation.Parse.GetValue(Official), cancellationToken);
            var start = invocation.Time.GetTimestamp();
            var report = CompileProgressView.Run(terminal, progress => ImageCompiler.Compile(
                inputs.Request(invocation.Options.Engine.Unwanted, progress), temporary, cancellationToken));
            var effort = CompileEffort.Since(start, invocation.Time);
            ScanDatabase.RequireSignatures(report, databases);
            File.Move(temporary, output, overwrite: true);
            Show(terminal, report, effort, output);
            ShowWeak(terminal, report.Anchors, invocation.Parse.GetValue(Weak));
            return ExitCode.Success;
        }
        catch (NoDatabaseException e)
        {
            terminal.Fail(e.Message);
            return ExitCode.Usage;
        }
        catch (RefusedException e)
        {
            terminal.Fail(e.Reason.ToWord(), e.Message);
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!e.Message.Contains(output, StringComparison.Ordinal))
            {
                // One of the files to compile.
                terminal.Fail(e.Message);
                return ExitCode.Usage;
            }

            // What the system says names the temporary file, which nobody asked for.
            terminal.Fail($"--output {given} cannot be written: {e.Message.Replace(temporary, output, StringComparison.Ordinal)}");
            return e is UnauthorizedAccessException ? ExitCode.Usage : ExitCode.Failure;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Links are followed on both sides.</summary>
    private static bool IsSameFile(string one, string other) => FinalPath(one) == FinalPath(other);

    private static string FinalPath(string path) =>
        Path.GetFullPath((File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? path);

    /// <summary>Why nothing can be written there; null when something can.</summary>
    internal static string? OutputFault(string given, string output)
    {
        var folder = Path.GetDirectoryName(output);
        return Directory.Exists(output) ? $"--output {given} is a folder; name a file in it."
            : folder is not null && !Directory.Exists(folder) ? $"--output {given} cannot be written: there is no folder {folder}; make it first."
            : null;
    }

    private static void Show(Terminal terminal, CompileReport report, CompileEffort effort, string output)
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
                new CompileAnswer(output, report.ImageBytes, report.ImageDigest.ToString(), report.InputDigest.ToString(), signatures, skipped, report.AcceptedByExtension,
                    report.Lines, effort.Seconds, effort.PeakMemoryBytes, report.Anchors),
                CompileJson.Default.CompileAnswer);
        }
        else
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{output}: {signatures} signatures, {report.ImageBytes} bytes, {skipped} lines skipped"));
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Lines} lines in {effort.Seconds:0.0} s ({report.Lines / effort.Seconds:0} lines/s), peak memory {effort.PeakMemoryBytes >> 20} MiB"));
            terminal.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Anchors.WeakSignatures} signatures are looked for by common bytes, {report.Anchors.AlwaysEvaluated.Values.Sum()} evaluated for every object"));
        }
    }

    /// <summary>One line a sequence: bytes, expected hits in a MiB of benign files, patterns, a signature.</summary>
    private static void ShowWeak(Terminal terminal, AnchorReport anchors, int count)
    {
        foreach (var hot in terminal.IsJson ? [] : anchors.Hottest.Take(count))
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{hot.Window}  {hot.BenignHits:0.#} per MiB  {hot.Bodies} patterns  {PlainText.Of(hot.Signature)}"));
        }
    }
}

/// <summary>What a compilation took.</summary>
/// <param name="Seconds">More than 0.</param>
/// <param name="PeakMemoryBytes">Most physical memory that the process ever held, the runtime's own included.</param>
internal readonly record struct CompileEffort(double Seconds, long PeakMemoryBytes)
{
    public static CompileEffort Since(long start, TimeProvider time)
    {
        using var process = Process.GetCurrentProcess();
        return new CompileEffort(Math.Max(time.GetElapsedTime(start).TotalSeconds, 0.001), process.PeakWorkingSet64);
    }
}

internal sealed record CompileAnswer(
    string Path,
    long Bytes,
    string Digest,
    string InputDigest,
    long Signatures,
    int Skipped,
    IReadOnlyDictionary<string, long> Accepted,
    long Lines,
    double Seconds,
    long PeakMemoryBytes,
    AnchorReport Anchors);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CompileAnswer))]
[JsonSerializable(typeof(InspectAnswer))]
internal sealed partial class CompileJson : JsonSerializerContext;
