using System.CommandLine;
using Definitions.Signatures;
using Engine.Images;

namespace Updater.Cli;

/// <summary><c>signatures lint FILE...</c>: line by line what loads, what is left out, and why.</summary>
internal static class LintCommand
{
    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Signature files, and folders of them.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "Judges as for signed packages: one malformed line refuses the whole set.",
    };

    public static Command Create()
    {
        var lint = new VerbCommand(
            "lint",
            "Says line by line what loads and why the rest does not; with --verbose also what loads.\n"
            + "Status 0: no line is malformed, 1: some are, 2: usage, or a file cannot be read.",
            "updater signatures lint own.ndb",
            "updater signatures lint --strict --json release/")
        {
            Files, Strict,
        };
        lint.SetVerb((invocation, cancellationToken) => Task.FromResult(Run(invocation, cancellationToken)));
        return lint;
    }

    private static ExitCode Run(Invocation invocation, CancellationToken cancellationToken)
    {
        var report = new LintReport(invocation.Terminal, invocation.IsVerbose, invocation.Parse.GetValue(Strict));
        var started = invocation.Time.GetTimestamp();
        try
        {
            var files = invocation.Parse.GetValue(Files)!.SelectMany(Expand).Distinct(StringComparer.Ordinal).ToList();
            var lint = SignatureLint.Prepare(files, invocation.Options.Engine.Unwanted);
            foreach (var file in files)
            {
                var counts = lint.Check(
                    file, signature => report.Loads(file, signature), found => report.Found(file, found), cancellationToken);
                report.EndFile(file, counts);
            }

            report.End(files.Count, invocation.Time.GetElapsedTime(started));
            return report.Errors == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (e is NoDatabaseException or IOException or UnauthorizedAccessException)
        {
            invocation.Terminal.Fail(e.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>Of a folder the files that are signature files; a file that was named is looked at whatever it is.</summary>
    private static IEnumerable<string> Expand(string path)
    {
        var files = ScanDatabase.Expand(path);
        return Directory.Exists(path) ? files.Where(file => SignatureParser.IsSignatureFile(Path.GetFileName(file))) : files;
    }
}
