using System.Text;
using Engine;

namespace Updater.Hosting;

/// <summary>Events of scans; ids 300 to 399. Names of objects are outside text: cut and escaped.</summary>
internal static partial class ScanLog
{
    private const int MaxNameCharacters = 200;

    /// <summary>One event a scan; finds and failures stand out (users.md pain 25).</summary>
    public static void Finished(ILogger logger, string name, ScanResult result)
    {
        if (result.Status == ScanStatus.Clean)
        {
            Clean(logger, Escape(name), result.Bytes, result.Elapsed.TotalMilliseconds, result.Generation?.ToString());
        }
        else if (result.Status == ScanStatus.Infected)
        {
            Found(logger, Escape(name), result.Threat, result.Bytes, result.Sha256?.ToString(), result.Elapsed.TotalMilliseconds, result.Generation?.ToString());
        }
        else
        {
            NotScanned(logger, Escape(name), result.Status.ToName(), result.Threat, result.Bytes, result.Elapsed.TotalMilliseconds, result.Generation?.ToString());
        }
    }

    [LoggerMessage(300, LogLevel.Debug, "Scanned {Name} clean: {Bytes} bytes in {Milliseconds} ms, generation {Generation}")]
    private static partial void Clean(ILogger logger, string name, long bytes, double milliseconds, string? generation);

    [LoggerMessage(301, LogLevel.Information, "Found {Threat} in {Name}: {Bytes} bytes, sha256 {Sha256}, {Milliseconds} ms, generation {Generation}")]
    private static partial void Found(ILogger logger, string name, string? threat, long bytes, string? sha256, double milliseconds, string? generation);

    [LoggerMessage(302, LogLevel.Warning, "Could not scan {Name}: {Status} {Detail}, {Bytes} bytes, {Milliseconds} ms, generation {Generation}")]
    private static partial void NotScanned(ILogger logger, string name, string status, string? detail, long bytes, double milliseconds, string? generation);

    [LoggerMessage(303, LogLevel.Warning, "Answered busy: {Capacity} scans ran and {Queue} waited")]
    public static partial void Busy(ILogger logger, int capacity, int queue);

    private static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, MaxNameCharacters)))
        {
            _ = char.IsControl(c) ? text.Append('?') : text.Append(c);
        }

        return text.ToString();
    }
}
