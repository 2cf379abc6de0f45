using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Definitions;
using Serilog;
using Serilog.Core;

namespace Updater.Updates;

/// <summary>
/// <c>logs/update.log</c> for people and <c>logs/updater.json</c> for machines: the same facts, a line each, about what
/// every run did (M-208, M-214). Rolled by size, so that logs cannot eat the space that updates need. Written apart
/// from the program's log, whatever its level is.
/// </summary>
internal sealed class UpdateLog : IDisposable
{
    private readonly Logger _human;
    private readonly Logger _machine;

    /// <param name="folder">The <c>logs</c> folder.</param>
    /// <param name="fileSizeLimitBytes">Size at which a file is rolled.</param>
    /// <param name="retainedFiles">Files kept, the current one included.</param>
    public UpdateLog(string folder, long fileSizeLimitBytes, int retainedFiles)
    {
        _human = Open(Path.Combine(folder, "update.log"), fileSizeLimitBytes, retainedFiles);
        _machine = Open(Path.Combine(folder, "updater.json"), fileSizeLimitBytes, retainedFiles);
    }

    public void WriteStart(UpdateRun run) => Write(
        run.Id, run.Started, $"start trigger={run.Request.Trigger.ToWord()} force={(run.Request.Force ? "yes" : "no")}", json =>
        {
            json.WriteString("event", "start");
            json.WriteString("trigger", run.Request.Trigger.ToWord());
            json.WriteBoolean("force", run.Request.Force);
            json.WriteString("source", run.Request.Source);
        });

    public void WriteStep(UpdateRun run, UpdateStep step) => Write(
        run.Id, step.At, $"{step.Stage.ToWord()}: {OneLine(step.Message)}", json =>
        {
            json.WriteString("event", "step");
            json.WriteString("stage", step.Stage.ToWord());
            json.WriteString("message", step.Message);
            if (step.Finding is { } finding)
            {
                WriteFinding(json, finding);
            }
        });

    private static void WriteFinding(Utf8JsonWriter json, UpdateFinding finding)
    {
        json.WriteStartObject("finding");
        json.WriteString("package", finding.Package);
        json.WriteString("load", finding.IsLenient ? "lenient" : "strict");
        json.WriteString("file", finding.Found.File);
        json.WriteNumber("line", finding.Found.Line);
        json.WriteNumber("column", finding.Found.Column);
        json.WriteString("code", finding.Found.Code);
        json.WriteString("severity", finding.Found.Severity.ToString().ToLowerInvariant());
        json.WriteString("hint", finding.Found.Hint);
        json.WriteEndObject();
    }

    public void WriteFinish(UpdateReport report)
    {
        var seconds = (report.Finished - report.Started).TotalSeconds;
        var version = report.Outcome is UpdateOutcome.Activated activated ? activated.Version.ToString() : "";
        var reason = report.Outcome.ReasonWord();
        var line = string.Create(CultureInfo.InvariantCulture, $"finish outcome={report.Outcome.ToWord()}")
            + (reason.Length > 0 ? $" reason={reason}" : "")
            + (version.Length > 0 ? $" version={version}" : "")
            + string.Create(CultureInfo.InvariantCulture, $" bytes={report.DownloadedBytes} seconds={seconds:0.000}")
            + $" message=\"{OneLine(report.Outcome.Describe())}\"";
        Write(report.Id, report.Finished, line, json =>
        {
            json.WriteString("event", "finish");
            json.WriteString("outcome", report.Outcome.ToWord());
            json.WriteString("reason", reason);
            json.WriteString("version", version);
            json.WriteNumber("bytes", report.DownloadedBytes);
            json.WriteNumber("seconds", seconds);
            json.WriteString("message", report.Outcome.Describe());
        });
    }

    /// <summary>A change that no run made: rollback, pin, recovery at start.</summary>
    public void WriteEvent(DateTimeOffset at, string kind, string message) => Write("-", at, $"{kind}: {OneLine(message)}", json =>
    {
        json.WriteString("event", kind);
        json.WriteString("message", message);
    });

    public void Dispose()
    {
        _human.Dispose();
        _machine.Dispose();
    }

    private static Logger Open(string path, long fileSizeLimitBytes, int retainedFiles) => new LoggerConfiguration()
        .WriteTo.File(
            path,
            outputTemplate: "{Message:lj}{NewLine}",
            formatProvider: CultureInfo.InvariantCulture,
            fileSizeLimitBytes: fileSizeLimitBytes,
            rollOnFileSizeLimit: true,
            retainedFileCountLimit: retainedFiles)
        .CreateLogger();

    /// <summary>Names and messages from outside may not start a line of their own.</summary>
    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    [SuppressMessage("Design", "MA0045", Justification = "In memory: nothing to wait for.")]
    private void Write(string run, DateTimeOffset at, string line, Action<Utf8JsonWriter> members)
    {
        var time = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _human.Information("{Line:l}", $"{time} {run} {line}");
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            json.WriteString("run", run);
            members(json);
            json.WriteEndObject();
        }

        _machine.Information("{Line:l}", System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
