using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Updater.Listeners.Http;
using Updater.Telemetry;

namespace Updater.Cli;

/// <summary><c>status</c>: one screen about definitions, sources, runs and space.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var status = new VerbCommand("status", "What is active, how old it is, how updates go.", "updater status", "updater status --json");
        status.SetVerb(RunAsync);
        return status;
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var state = await StateReader.OpenAsync(invocation, cancellationToken);
        var status = await state.StatusAsync(cancellationToken);
        var terminal = invocation.Terminal;
        if (terminal.IsJson)
        {
            terminal.Write(status, ApiJson.Default.StatusAnswer);
            return ExitCode.Success;
        }

        WriteHead(terminal.Output, status, state.IsServiceRunning);
        WriteTables(terminal, status);
        return ExitCode.Success;
    }

    private static void WriteHead(TextWriter output, StatusAnswer status, bool isServiceRunning)
    {
        var version = status.Version;
        output.WriteLine($"State:       {version.State}");
        output.WriteLine(version.DefinitionsVersion is null
            ? $"Definitions: {status.Damage ?? "No definitions yet. Run: updater update"}"
            : string.Create(CultureInfo.InvariantCulture, $"Definitions: {version.DefinitionsVersion}, published {Age(version.AgeSeconds)} ago, {version.Signatures} signatures"));
        output.WriteLine($"Generation:  {version.Generation ?? "none"}{(status.Activated is { } at ? $", active since {IsoTimes.Text(at)}" : "")}");
        if (status.LeftOut is { } leftOut)
        {
            output.WriteLine($"Left out:    {leftOut}");
        }

        output.WriteLine($"Service:     {(isServiceRunning ? "running" : "not running; start it with: updater run")}");
        output.WriteLine($"Last run:    {IsoTimes.Text(status.LastAttempt)}, last success {IsoTimes.Text(status.LastSuccess)}");
        if (status.LastFailureReason is { } reason)
        {
            output.WriteLine($"Failure:     {reason}: {status.LastFailureMessage}");
        }

        output.WriteLine($"Next run:    {(status.RunningUpdate is { } running ? $"running now ({running})" : IsoTimes.Text(status.NextRun))}");
        if (status.Pinned is { } pinned)
        {
            output.WriteLine($"Pinned:      {pinned}; lift it with: updater unpin");
        }

        if (status.HoldUntil is { } hold)
        {
            output.WriteLine($"Hold until:  {IsoTimes.Text(hold)}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Disk:        {Gigabytes(status.Disk.FreeBytes)} free at {status.Disk.DataDirectory}, {Gigabytes(status.Disk.MinFreeBytes)} demanded by updates"));
    }

    private static void WriteTables(Terminal terminal, StatusAnswer status)
    {
        string[] packageHead = ["Package", "Version", "Signatures", "Source"];
        string[] sourceHead = ["Source", "Address", "Last success", "Health"];
        var packages = status.Version.Packages
            .Select(p => new[] { p.Name, p.Version, p.Signatures.ToString(CultureInfo.InvariantCulture), p.Source }).ToList();
        var sources = status.Sources.Select(s => new[] { s.Name, s.Url, IsoTimes.Text(s.LastSuccess), Health(s) }).ToList();
        TextTable.Write(terminal, packageHead, packages);
        TextTable.Write(terminal, sourceHead, sources);
        foreach (var mirror in status.Sources.SelectMany(s => s.Mirrors).Where(m => m.CoolDownUntil is not null))
        {
            terminal.Output.WriteLine($"Mirror {mirror.Url} is left alone until {IsoTimes.Text(mirror.CoolDownUntil)}: {mirror.Reason}");
        }
    }

    private static string Health(SourceAnswer source) =>
        source.CoolDownUntil is { } until ? $"left alone until {IsoTimes.Text(until)}; {source.LastFailure}" : source.LastFailure ?? "ok";

    private static string Age(double? seconds) => TimeSpan.FromSeconds(seconds ?? 0) switch
    {
        { TotalHours: < 1 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalMinutes:0} minutes"),
        { TotalDays: < 3 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours"),
        var age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days"),
    };

    private static string Gigabytes(long? bytes) =>
        bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1e9:0.0} GB") : "unknown";
}

/// <summary>A table: drawn where a person looks, columns padded with blanks elsewhere; nothing without rows.</summary>
internal static class TextTable
{
    public static void Write(Terminal terminal, IReadOnlyList<string> head, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        terminal.Output.WriteLine();
        if (terminal.IsRich)
        {
            var table = new Table { Border = TableBorder.Rounded };
            table.AddColumns([.. head]);
            foreach (var row in rows)
            {
                table.AddRow([.. row.Select(cell => Markup.Escape(VisibleWriter.Of(cell)))]);
            }

            terminal.Rich.Write(table);
            return;
        }

        var widths = head.Select((h, i) => Math.Max(h.Length, rows.Max(r => r[i].Length))).ToList();
        foreach (var row in rows.Prepend(head))
        {
            terminal.Output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }
    }
}
