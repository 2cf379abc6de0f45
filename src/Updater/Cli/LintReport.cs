using System.Globalization;
using System.Text.Json.Serialization;
using Definitions;
using Definitions.Signatures;
using Engine.Images;

namespace Updater.Cli;

/// <summary>Prints what lint says as it comes: a line for each finding, one for each file, one for all.</summary>
/// <param name="maxFindings">Of one severity in one file; the rest is counted. 0 = all.</param>
internal sealed class LintReport(Terminal terminal, bool isVerbose, bool isStrict, int maxFindings)
{
    /// <summary>The extension belongs to no format that is read.</summary>
    private const string OtherFile = "SIG009";

    private readonly long[] _found = new long[3];
    private LintCounts _sum;

    /// <summary>Malformed lines so far.</summary>
    public long Errors => _sum.Errors;

    public void Loads(string file, Signature signature)
    {
        if (!isVerbose)
        {
            return;
        }

        var name = PlainText.Of(signature.Name);
        if (terminal.IsJson)
        {
            terminal.Write(new LintLoads("loads", file, signature.Line, name), LintJson.Default.LintLoads);
        }
        else
        {
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{PlainText.Of(file)}:{signature.Line}: loads {name}"));
        }
    }

    public void Found(string file, Diagnostic found)
    {
        if (++_found[(int)found.Severity] > maxFindings && maxFindings > 0)
        {
            return;
        }

        var severity = found.Severity.ToString().ToLowerInvariant();
        if (terminal.IsJson)
        {
            terminal.Write(
                new LintFinding("finding", file, found.Line, found.Column, found.Code, severity, PlainText.Of(found.Message), found.Hint),
                LintJson.Default.LintFinding);
            return;
        }

        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{PlainText.Of(file)}:{found.Line}:{found.Column}: {severity} {found.Code}: {PlainText.Of(found.Message)}"));
        if (found.Hint is { } hint)
        {
            terminal.Output.WriteLine($"    hint: {hint}");
        }
    }

    /// <summary>A file or folder in a folder that is not looked at: told, and counted with nothing.</summary>
    public void Other(string path)
    {
        var isFolder = Directory.Exists(path);
        Found(path, new Diagnostic(
            OtherFile,
            DiagnosticSeverity.Skipped,
            isFolder ? "A folder inside a folder is not looked at." : "No signature format that is read here has this extension.",
            Path.GetFileName(path), 0, 0)
        {
            Hint = isFolder ? "Name it on the command line too." : "If it holds signatures, name it by its format: docs/signature-files.md.",
        });
        Array.Clear(_found);
    }

    public void EndFile(string file, LintCounts counts)
    {
        _sum += counts;
        EndFindings(file);
        if (terminal.IsJson)
        {
            terminal.Write(
                new LintFile("file", file, counts.Lines, counts.Loaded, counts.Skipped, counts.Warnings, counts.Errors),
                LintJson.Default.LintFile);
        }
        else
        {
            terminal.Output.WriteLine($"{PlainText.Of(file)}: {Describe(counts)}");
        }
    }

    public void End(int files, TimeSpan elapsed)
    {
        var isRefused = isStrict && _sum.Errors > 0;
        var rate = (long)(_sum.Lines / Math.Max(elapsed.TotalSeconds, 0.001));
        if (terminal.IsJson)
        {
            terminal.Write(
                new LintSummary(
                    "summary", files, _sum.Lines, isRefused ? 0 : _sum.Loaded, _sum.Skipped, _sum.Warnings, _sum.Errors,
                    isStrict ? "strict" : "lenient", isRefused, (long)elapsed.TotalMilliseconds, rate),
                LintJson.Default.LintSummary);
            return;
        }

        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files} {(files == 1 ? "file" : "files")}: {Describe(_sum)}; {elapsed.TotalSeconds:0.00} s, {rate} lines/s"));
        if (_sum.Errors > 0)
        {
            terminal.Output.WriteLine(isRefused
                ? "Strict: the whole set is refused, as in a signed package."
                : "Lenient: the malformed lines are left out, as in local/ and in sources that nobody signed; a signed package is refused.");
        }
    }

    private void EndFindings(string file)
    {
        var more = maxFindings == 0 ? 0 : _found.Sum(found => Math.Max(0, found - maxFindings));
        Array.Clear(_found);
        if (more == 0)
        {
            return;
        }

        if (terminal.IsJson)
        {
            terminal.Write(new LintMore("more", file, more), LintJson.Default.LintMore);
        }
        else
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{PlainText.Of(file)}: {more} more findings; --max-findings 0 prints all"));
        }
    }

    private static string Describe(LintCounts counts) => string.Create(
        CultureInfo.InvariantCulture,
        $"{counts.Lines} lines, {counts.Loaded} load, {counts.Skipped} skipped, {counts.Errors} malformed, {counts.Warnings} warnings");
}

internal sealed record LintLoads(string Type, string File, int Line, string Name);

internal sealed record LintFinding(
    string Type, string File, int Line, int Column, string Code, string Severity, string Message, string? Hint);

/// <param name="Findings">Not printed.</param>
internal sealed record LintMore(string Type, string File, long Findings);

internal sealed record LintFile(string Type, string File, long Lines, long Loaded, long Skipped, long Warnings, long Errors);

internal sealed record LintSummary(
    string Type, int Files, long Lines, long Loaded, long Skipped, long Warnings, long Errors, string Mode, bool Refused,
    long ElapsedMs, long LinesPerSecond);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LintLoads))]
[JsonSerializable(typeof(LintFinding))]
[JsonSerializable(typeof(LintMore))]
[JsonSerializable(typeof(LintFile))]
[JsonSerializable(typeof(LintSummary))]
internal sealed partial class LintJson : JsonSerializerContext;
