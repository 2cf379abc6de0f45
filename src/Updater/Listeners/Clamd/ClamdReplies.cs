using System.Globalization;
using Engine;
using Updater.Configuration;
using Updater.Hosting;
using Updater.Status;

namespace Updater.Listeners.Clamd;

/// <summary>The texts of replies, without prefix and terminator (clamav-formats.md §5.3 to 5.6, csapi.md §11).</summary>
internal static class ClamdReplies
{
    public const string Pong = "PONG";
    public const string Reloading = "RELOADING";
    public const string UnknownCommand = "UNKNOWN COMMAND";

    /// <summary>What newer daemons answer to a command that is switched off.</summary>
    public const string Unavailable = "COMMAND UNAVAILABLE";

    public const string StreamTooLong = "INSTREAM size limit exceeded. ERROR";

    /// <summary>Always sent with a line feed, whatever the framing.</summary>
    public const string TimedOut = "COMMAND READ TIMED OUT";

    public const string InvalidInSession = "Command invalid inside IDSESSION. ERROR";

    public const string OldInSession = @"Only nCMDS\n and zCMDS\0 are accepted inside IDSESSION. ERROR";

    public const string NotProcessed = "Error processing command. ERROR";

    public static string Ok(string name) => $"{WireText.Printable(name)}: OK";

    public static string Found(string name, string threat) => $"{WireText.Printable(name)}: {WireText.FromText(threat)} FOUND";

    public static string Error(string name, string text) => $"{WireText.Printable(name)}: {WireText.FromText(text)} ERROR";

    public static string NoSuchPath(string name) => Error(name, "File path check failure: No such file or directory.");

    /// <summary>A full queue: retry later. Never OK, and the connection is answered at once.</summary>
    public static string Busy(string name) => Error(name, "Busy, all scan slots and the queue are full, retry later");

    public static string NoDefinitions(string name) => Error(name, "AVS_RESULT_DEFINITIONS_MISSING");

    public static string Fault(string name, FileFault fault) => fault switch
    {
        FileFault.NotFound => NoSuchPath(name),
        FileFault.AccessDenied => Error(name, "Access denied."),
        FileFault.NotRegular => Error(name, "Not supported file type"),
        FileFault.Unreadable => Error(name, "Can't read file"),
        FileFault.NameNotText => Error(name, "The name is not UTF-8"),
    };

    /// <summary>
    /// The lines for one scanned object: one, or one for each matching signature with <paramref name="allMatches"/>.
    /// What was not scanned is OK only where the profile's action says so.
    /// </summary>
    public static IReadOnlyList<string> ForResult(string name, ScanResult result, UnscannableAction action, bool allMatches)
    {
        if (result.Status == ScanStatus.Infected)
        {
            var names = allMatches ? result.Matches.Select(m => m.Signature).Distinct(StringComparer.Ordinal).ToList() : [];
            return names.Count > 0 ? [.. names.Select(n => Found(name, n))] : [Found(name, result.Threat ?? "Unnamed")];
        }

        return [result.Status switch
        {
            ScanStatus.Clean => Ok(name),
            ScanStatus.Unscannable when action == UnscannableAction.Pass => Ok(name),
            ScanStatus.Unscannable => Found(name, $"Heuristics.Unscannable.{ScanText.Code(result)}"),
            _ => Error(name, ScanText.Code(result)),
        }];
    }

    /// <summary>
    /// <c>PRODUCT/NUMBER/DATE</c>: the active generation's number and its publication time in C <c>ctime</c> form and
    /// local time, day padded with a blank. Without definitions the product alone (§5.3).
    /// </summary>
    public static string Version(string product, DefinitionsStatus status, TimeZoneInfo zone)
    {
        if (status.Active is not { } active)
        {
            return product;
        }

        var time = TimeZoneInfo.ConvertTime(active.PublishedAt, zone);
        return string.Create(
            CultureInfo.InvariantCulture, $"{product}/{active.Id.Number}/{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}");
    }

    public static string VersionCommands(string version) => $"{version}| COMMANDS: {ClamdCommand.Names}";
}
