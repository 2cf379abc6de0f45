using System.CommandLine;
using Definitions.Signatures;
using Engine.Images;
using Updater.Sources;

namespace Updater.Cli;

/// <summary><c>signatures lint FILE...</c>: line by line what loads, what is left out, and why.</summary>
internal static class LintCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Signature files, ClamAV containers, and folders of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "Judges as for signed packages: one malformed line refuses the whole set.",
    };

    private static readonly Option<int> MaxFindings = CountOption.Create(
        "--max-findings", "Findings of one severity to print for each file; 0 for all. The rest is counted.", fallback: 1000, min: 0);

    public static Command Create()
    {
        var lint = new VerbCommand(
            "lint",
            "Says line by line what loads and why the rest does not; with --verbose also what loads.\n"
            + "Containers (.cvd .cld .cud) are verified first; their members are named container!member.\n"
            + "Status 0: no line is malformed, 1: some are, or there is nothing to look at, 2: usage, or a file cannot be read.",
            "updater signatures lint own.ndb",
            "updater signatures lint --strict --json release/")
        {
            Files, Strict, MaxFindings,
        };
        lint.SetVerb((invocation, cancellationToken) => Task.FromResult(Run(invocation, cancellationToken)));
        return lint;
    }

    private static ExitCode Run(Invocation invocation, CancellationToken cancellationToken)
    {
        var report = new LintReport(invocation.Terminal, invocation.IsVerbose, invocation.Parse.GetValue(Strict), invocation.Parse.GetValue(MaxFindings));
        var started = invocation.Time.GetTimestamp();
        try
        {
            var named = invocation.Parse.GetValue(Files)!;
            var files = named.SelectMany(Expand).Distinct(StringComparer.Ordinal).ToList();
            if (!files.Exists(IsLookedAt))
            {
                invocation.Terminal.Fail(
                    $"No signature files in {ScanDatabase.Names(invocation.Parse.GetValue(Files)!)}; files are read by their extension (docs/signature-files.md).");
                return ExitCode.Failure;
            }

            using var inputs = LintInputs.Open(files, ContainerFiles.Trusting(invocation.Options.Sources, invocation.Time), cancellationToken);
            var lint = SignatureLint.Prepare(
                inputs.All.Where(input => input.Refusal is null).Select(input => input.Path), invocation.Options.Engine.Unwanted);
            foreach (var input in inputs.All)
            {
                report.EndFile(input.Shown, Check(lint, input, report, cancellationToken));
            }

            foreach (var other in named.SelectMany(Others))
            {
                report.Other(other);
            }

            report.End(inputs.All.Count, invocation.Time.GetElapsedTime(started));
            return report.Errors == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (e is NoDatabaseException or IOException or UnauthorizedAccessException)
        {
            invocation.Terminal.Fail(e.Message);
            return ExitCode.Usage;
        }
    }

    private static LintCounts Check(SignatureLint lint, LintInput input, LintReport report, CancellationToken cancellationToken)
    {
        if (input.Refusal is { } refusal)
        {
            report.Found(input.Shown, refusal);
            return new LintCounts(Lines: 0, Loaded: 0, Skipped: 0, Warnings: 0, Errors: 1);
        }

        return lint.Check(
            input.Path, signature => report.Loads(input.Shown, signature), found => report.Found(input.Shown, found), cancellationToken);
    }

    /// <summary>Of a folder the files that are signature files; a file that was named is looked at whatever it is.</summary>
    private static IEnumerable<string> Expand(string path)
    {
        var files = ScanDatabase.Expand(path);
        return Directory.Exists(path) ? files.Where(IsLookedAt) : files;
    }

    /// <summary>What of a folder is not looked at: files with other extensions, and folders in it; hidden ones are passed over.</summary>
    private static IEnumerable<string> Others(string path) => !Directory.Exists(path) ? [] : Directory.EnumerateFileSystemEntries(path)
        .Where(entry => !Path.GetFileName(entry).StartsWith('.') && (Directory.Exists(entry) || !IsLookedAt(entry)))
        .Order(StringComparer.Ordinal);

    private static bool IsLookedAt(string file) =>
        SignatureParser.IsSignatureFile(Path.GetFileName(file)) || ContainerFiles.IsContainer(file);
}
