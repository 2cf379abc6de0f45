using System.Globalization;

namespace Updater.Cli;

/// <summary>
/// The three streams that a process is started with. One that the caller closed is not simply missing: the runtime's
/// own first descriptors take its number, so that reading from it waits for ever and writing to it disturbs the runtime.
/// </summary>
internal static class StandardStreams
{
    public const int Input = 0;
    public const int Output = 1;
    public const int Error = 2;

    /// <summary>True when the caller started the program without this stream. Linux only; elsewhere false.</summary>
    public static bool IsClosed(int descriptor)
    {
        if (!OperatingSystem.IsLinux() || TargetOf(descriptor) is not { } target)
        {
            return false;
        }

        // Both ends of a pipe in this very process: it can only be one of the runtime's.
        return target.StartsWith("anon_inode:", StringComparison.Ordinal)
            || (target.StartsWith("pipe:", StringComparison.Ordinal) && Inner().Any(other =>
                TargetOf(other) == target && AccessModeOf(other) is { } mode && mode != AccessModeOf(descriptor)));
    }

    private static IEnumerable<int> Inner() => Directory.EnumerateFileSystemEntries("/proc/self/fd")
        .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Where(number => number > Error);

    private static string? TargetOf(int descriptor)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>0 = read, 1 = write, 2 = both: the lowest two bits of the octal flags.</summary>
    private static int? AccessModeOf(int descriptor)
    {
        try
        {
            var flags = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}"))
                .FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal));
            return flags is null ? null : (flags[^1] - '0') & 3;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
