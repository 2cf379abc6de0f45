using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Engine.Matching;
using Updater.Hosting;

namespace Updater.Cli;

/// <summary><c>grams build FOLDER... --output FILE</c>: counts benign files for the choice of anchors (docs/grams.md).</summary>
internal static class GramsCommand
{
    private const int DefaultMebibytes = 16;

    private static readonly Argument<string[]> Folders = new("FOLDER")
    {
        Description = "Benign files, and folders of them; links are not followed.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Output = new("--output", "-o") { Description = "The table to write.", HelpName = "FILE", Required = true };

    private static readonly Option<int> MaxFile = CountOption.Create(
        "--max-file-mib", "Only so much of each file is counted, so that no single one decides.", DefaultMebibytes, min: 1, max: 1 << 20);

    public static Command Create()
    {
        var build = new VerbCommand(
            "build",
            "Counts three-byte grams of benign files into the table that anchors are chosen by; the engine is built with it.\n"
            + "Status 0: written, 1: failed, 2: usage.",
            "updater grams build /usr/bin /usr/lib /usr/share --output grams.model")
        {
            Folders, Output, MaxFile,
        };
        build.SetVerb((invocation, cancellationToken) => Task.FromResult(Build(invocation, cancellationToken)));
        return new VerbCommand("grams", "The table of how rare bytes are in benign files.", "updater grams build /usr/bin --output grams.model") { build };
    }

    private static ExitCode Build(Invocation invocation, CancellationToken cancellationToken)
    {
        var (terminal, parse) = (invocation.Terminal, invocation.Parse);
        var given = parse.GetValue(Output)!;
        var output = Path.GetFullPath(given);
        if (CompileCommand.OutputFault(given, output) is { } fault)
        {
            terminal.Fail(fault);
            return ExitCode.Usage;
        }

        var folders = parse.GetValue(Folders)!;
        if (Array.Find(folders, path => !Path.Exists(path)) is { } missing)
        {
            terminal.Fail($"{missing}: there is no such file or folder");
            return ExitCode.Usage;
        }

        var count = GramCount.Of(folders.SelectMany(FilesOf), (long)parse.GetValue(MaxFile) << 20, cancellationToken);
        if (count.Grams.Bytes == 0)
        {
            terminal.Fail("There is nothing to count.");
            return ExitCode.Usage;
        }

        Write(output, count.Grams);
        Show(terminal, count, output);
        return ExitCode.Success;
    }

    private static IEnumerable<string> FilesOf(string path) => File.Exists(path)
        ? [path]
        : new DirectoryInfo(path)
            .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => file.FullName);

    private static void Write(string output, GramModelBuilder grams)
    {
        var temporary = $"{output}.{Environment.ProcessId}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                grams.Write(file);
            }

            File.Move(temporary, output, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Show(Terminal terminal, GramCount count, string output)
    {
        if (terminal.IsJson)
        {
            terminal.Write(
                new GramsAnswer(output, new FileInfo(output).Length, count.Files, count.Grams.Bytes, count.Unreadable), GramsJson.Default.GramsAnswer);
            return;
        }

        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{output}: {count.Grams.Bytes} bytes of {count.Files} files"));
        if (count.Unreadable > 0)
        {
            terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{count.Unreadable} files could not be read and do not count"));
        }
    }
}

/// <summary>Files counted on all cores.</summary>
internal sealed class GramCount
{
    private long _files;
    private long _unreadable;

    public GramModelBuilder Grams { get; } = new();

    public long Files => _files;

    public long Unreadable => _unreadable;

    public static GramCount Of(IEnumerable<string> files, long maxFileBytes, CancellationToken cancellationToken)
    {
        var count = new GramCount();
        Parallel.ForEach(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            static () => new GramModelBuilder(),
            (file, _, own) =>
            {
                count.Add(file, own, maxFileBytes, cancellationToken);
                return own;
            },
            own =>
            {
                lock (count.Grams)
                {
                    count.Grams.Add(own);
                }
            });
        return count;
    }

    private void Add(string path, GramModelBuilder grams, long maxFileBytes, CancellationToken cancellationToken)
    {
        if (UnixFileKind.IsSpecial(path))
        {
            return;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            grams.Add(file, maxFileBytes, cancellationToken);
            Interlocked.Increment(ref _files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _unreadable);
        }
    }
}

internal sealed record GramsAnswer(string Path, long Bytes, long Files, long CountedBytes, long Unreadable);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GramsAnswer))]
internal sealed partial class GramsJson : JsonSerializerContext;
