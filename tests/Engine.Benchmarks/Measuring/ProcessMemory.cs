using System.Globalization;

namespace Engine.Benchmarks.Measuring;

/// <summary>Memory of one process as the kernel counts it, in bytes; Linux only.</summary>
/// <param name="Rss">Resident pages, those shared with others included.</param>
/// <param name="Pss">The same with shared pages divided by those who share them.</param>
/// <param name="Private">Pages that no other process maps.</param>
/// <param name="Anonymous">Pages without a file behind them.</param>
/// <param name="Peak">Most resident pages since the start or the last <see cref="ResetPeak"/>.</param>
internal sealed record ProcessMemory(long Rss, long Pss, long Private, long Anonymous, long Peak)
{
    /// <exception cref="IOException">The process is gone.</exception>
    public static ProcessMemory Of(int processId)
    {
        var fields = Fields($"/proc/{processId}/smaps_rollup");
        return new ProcessMemory(
            fields.GetValueOrDefault("Rss"),
            fields.GetValueOrDefault("Pss"),
            fields.GetValueOrDefault("Private_Clean") + fields.GetValueOrDefault("Private_Dirty"),
            fields.GetValueOrDefault("Anonymous"),
            PeakOf(processId));
    }

    /// <exception cref="IOException">The process is gone.</exception>
    public static long PeakOf(int processId) => Fields($"/proc/{processId}/status").GetValueOrDefault("VmHWM");

    /// <summary>The peak starts again from what is resident now.</summary>
    public static void ResetPeak(int processId) => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    /// <summary>Resident bytes of the mappings of one file in this process.</summary>
    public static long ResidentOfMapping(string path)
    {
        var resident = 0L;
        var isInside = false;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains('-', StringComparison.Ordinal) && char.IsAsciiHexDigitLower(line[0]) && !line.Contains("kB", StringComparison.Ordinal))
            {
                isInside = line.EndsWith(path, StringComparison.Ordinal);
            }
            else if (isInside && line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                resident += Kilobytes(line) * 1024;
            }
        }

        return resident;
    }

    private static Dictionary<string, long> Fields(string path) => File.ReadLines(path)
        .Where(line => line.EndsWith(" kB", StringComparison.Ordinal))
        .ToDictionary(line => line[..line.IndexOf(':', StringComparison.Ordinal)], line => Kilobytes(line) * 1024, StringComparer.Ordinal);

    private static long Kilobytes(string line) => long.Parse(
        line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..^2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
}
