using System.Globalization;
using System.Text;
using Engine;
using Updater.Hosting;
using Updater.Listeners.Http;

namespace Updater.Cli;

/// <summary>What came of one target: a result, or a text why there is none.</summary>
internal sealed record ScanOutcome(string Path, ScanResult? Result, string? Fault);

/// <summary>
/// Writes a line for each file, counts, and ends with the summary block and the exit status (cli.md, "Output of scan";
/// clamav-formats.md §6.5).
/// </summary>
internal sealed class ScanReport(TextWriter output, bool isJson, bool allMatches)
{
    private long _files;
    private long _infected;
    private long _errors;
    private long _bytes;

    /// <summary>0 clean, 1 something found, 2 errors and nothing found.</summary>
    public ExitCode Status => _infected > 0 ? ExitCode.Failure : _errors > 0 ? ExitCode.Usage : ExitCode.Success;

    public void Add(ScanOutcome outcome)
    {
        Count(outcome);
        if (isJson)
        {
            output.WriteLine(System.Text.Json.JsonSerializer.Serialize(
                outcome.Result is { } result ? ScanAnswer.From(outcome.Path, result) : ScanAnswer.Unopened(outcome.Path, outcome.Fault!),
                ApiJson.Default.ScanAnswer));
            return;
        }

        var path = Printable(outcome.Path);
        foreach (var text in Texts(outcome))
        {
            output.WriteLine($"{path}: {text}");
        }
    }

    public void WriteSummary(long signatures, int folders, DateTimeOffset start, DateTimeOffset end, TimeZoneInfo zone)
    {
        var seconds = (end - start).TotalSeconds;
        var megabytes = _bytes / 1048576.0;
        var text = new StringBuilder("\n----------- SCAN SUMMARY -----------\n");
        Line(text, $"Known viruses: {signatures}");
        Line(text, $"Engine version: {Definitions.EngineVersion.Current}");
        Line(text, $"Scanned directories: {folders}");
        Line(text, $"Scanned files: {_files}");
        Line(text, $"Infected files: {_infected}");
        if (_errors > 0)
        {
            Line(text, $"Total errors: {_errors}");
        }

        Line(text, $"Data scanned: {megabytes:0.00} MB");
        Line(text, $"Data read: {megabytes:0.00} MB (ratio {(_bytes > 0 ? 1 : 0):0.00}:1)");
        Line(text, $"Time: {seconds:0.000} sec ({(int)seconds / 60} m {(int)seconds % 60} s)");
        Line(text, $"Start Date: {TimeZoneInfo.ConvertTime(start, zone):yyyy:MM:dd HH:mm:ss}");
        Line(text, $"End Date:   {TimeZoneInfo.ConvertTime(end, zone):yyyy:MM:dd HH:mm:ss}");
        output.Write(text);
    }

    private void Count(ScanOutcome outcome)
    {
        if (outcome.Result is not { } result)
        {
            _errors++;
            return;
        }

        _files++;
        _bytes += result.Bytes;
        switch (result.Status)
        {
            case ScanStatus.Clean:
                break;
            case ScanStatus.Infected:
                _infected++;
                break;
            default:
                _errors++;
                break;
        }
    }

    private IEnumerable<string> Texts(ScanOutcome outcome)
    {
        if (outcome.Result is not { } result)
        {
            return [$"{outcome.Fault} ERROR"];
        }

        if (result.Status == ScanStatus.Clean)
        {
            return ["OK"];
        }

        if (result.Status != ScanStatus.Infected)
        {
            return [$"{ScanText.Code(result)} ERROR"];
        }

        var names = allMatches ? result.Matches.Select(m => m.Signature).Distinct(StringComparer.Ordinal).ToList() : [];
        return names.Count > 0 ? names.Select(n => $"{n} FOUND") : [$"{result.Threat} FOUND"];
    }

    /// <summary>A file's name may hold line ends; written raw it could forge a line about another file.</summary>
    private static string Printable(string path)
    {
        if (!path.Any(char.IsControl))
        {
            return path;
        }

        var text = new StringBuilder();
        foreach (var c in path)
        {
            _ = char.IsControl(c) ? text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : text.Append(c);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
