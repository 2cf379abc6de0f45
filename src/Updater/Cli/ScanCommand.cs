using System.CommandLine;
using Engine;
using Updater.Listeners.Http;

namespace Updater.Cli;

/// <summary><c>scan PATH...</c>: scans in this process, with the active generation or with given databases.</summary>
internal static class ScanCommand
{
    private static readonly Argument<string[]> Paths = new("PATH")
    {
        Description = "Files and folders; - reads standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string[]> Database = new("--database", "-d")
    {
        Description = "Signature file, folder of them, or compiled image to use instead; may be repeated.",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Generation = new("--generation")
    {
        Description = "A kept generation, by number, name or version.",
        HelpName = "V",
    };

    private static readonly Option<bool> AllMatch = new("--all-match", "-z") { Description = "Reports every signature that matches." };

    private static readonly Option<string> Profile = new("--profile")
    {
        Description = "Scan profile of the configuration.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    private static readonly Option<bool> NoSummary = new("--no-summary") { Description = "No block of sums at the end." };

    public static Command Create()
    {
        var scan = new VerbCommand(
            "scan",
            "Scans files and folders. Status 0: clean, 1: something found, 2: errors and nothing found.",
            "updater scan ~/Downloads",
            "updater scan --database rules.ndb --all-match sample.bin",
            "curl -s https://example.org/file | updater scan -")
        {
            Paths, Database, Generation, AllMatch, Profile, NoSummary,
        };
        scan.SetVerb(RunAsync);
        return scan;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var parse = invocation.Parse;
        var databases = parse.GetValue(Database)!;
        var profileName = parse.GetValue(Profile)!;
        if (databases.Length > 0 && parse.GetValue(Generation) is not null)
        {
            invocation.Terminal.Fail("--database and --generation exclude each other.");
            return ExitCode.Usage;
        }

        if (!invocation.Options.Engine.Profiles.TryGetValue(profileName, out var profile))
        {
            invocation.Terminal.Fail(
                $"There is no profile '{profileName}'; profiles are {string.Join(", ", invocation.Options.Engine.Profiles.Keys)}.");
            return ExitCode.Usage;
        }

        if (parse.GetValue(Paths)!.Contains("-", StringComparer.Ordinal) && StandardStreams.IsClosed(StandardStreams.Input))
        {
            invocation.Terminal.Fail("standard input is closed: there is nothing to scan. Give it a file or a pipe, as in: updater scan - < FILE");
            return ExitCode.Usage;
        }

        var start = invocation.Time.GetUtcNow();
        try
        {
            using var database = databases.Length > 0
                ? ScanDatabase.OpenFiles(databases, invocation.Options, invocation.Time, d => ShowDiagnostic(invocation, d.ToString()), invocation.Terminal.Note, cancellationToken)
                : ScanDatabase.OpenStored(invocation.Folders, parse.GetValue(Generation));
            return await ScanAsync(invocation, database, profile.ToProfile(profileName), start, cancellationToken);
        }
        catch (NoDatabaseException e)
        {
            invocation.Terminal.Fail(e.Message);
            WriteUnscanned(invocation);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException and not OutputException or UnauthorizedAccessException)
        {
            // Whatever it was, something was not scanned; 1 would mean that something was found.
            invocation.Terminal.Fail(e.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>Programs read one object a path, also when there is nothing to scan with.</summary>
    private static void WriteUnscanned(Invocation invocation)
    {
        foreach (var path in invocation.Terminal.IsJson ? invocation.Parse.GetValue(Paths)! : [])
        {
            invocation.Terminal.Write(ScanAnswer.Unscanned(path, ScanCode.AvsDefinitionsMissing), ApiJson.Default.ScanAnswer);
        }
    }

    private static async Task<ExitCode> ScanAsync(
        Invocation invocation, ScanDatabase database, ScanProfile profile, DateTimeOffset start, CancellationToken cancellationToken)
    {
        var parse = invocation.Parse;
        var terminal = invocation.Terminal;
        using var scratch = new CommandScratch(invocation.Options.Engine.ScratchDirectory);
        var engine = new ScanEngine(database.Active, invocation.Time, scratch.Folder);
        var scanner = new FileScanner(engine, profile, parse.GetValue(AllMatch), scratch.Folder);
        var targets = new ScanTargets(parse.GetValue(Paths)!);

        // One writer that is flushed once: a line at a time would be a system call a file.
        await using var stream = new StreamWriter(new ResultStream()) { AutoFlush = false };
        await using var output = new VisibleWriter(stream);
        var report = new ScanReport(output, terminal.IsJson, parse.GetValue(AllMatch));
        terminal.HasAnswered = true;
        var workers = invocation.Options.Engine.MaxConcurrency is > 0 and var some ? some : Environment.ProcessorCount;
        try
        {
            var batches = TargetBatches.Of(targets.All(), workers);
            await foreach (var outcomes in OrderedWork.RunAsync(batches, scanner.ScanAsync, workers, cancellationToken))
            {
                foreach (var outcome in outcomes)
                {
                    report.Add(outcome);
                }

                if (terminal.IsRich)
                {
                    await output.FlushAsync(cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            terminal.Fail("stopped: what has no line was not scanned.");
            return report.Status == ExitCode.Success ? ExitCode.Usage : report.Status;
        }

        if (!terminal.IsJson && !parse.GetValue(NoSummary))
        {
            report.WriteSummary(database.Signatures, targets.Folders, start, invocation.Time.GetUtcNow(), invocation.Time.LocalTimeZone);
        }

        await output.FlushAsync(cancellationToken);
        return report.Status;
    }

    private static void ShowDiagnostic(Invocation invocation, string text)
    {
        if (invocation.IsVerbose)
        {
            invocation.Terminal.Note(text);
        }
    }
}
