using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Engine.Benchmarks.Measuring;

/// <summary>
/// What a second is. Wall time is what users wait; processor time of the one process that works is what can still be
/// compared on a machine that others use too (<c>--clock cpu</c>). Readings only mean something as differences.
/// </summary>
internal static partial class Clock
{
    private const int Children = -1;

    /// <summary>True: processor time, of all threads, user and system.</summary>
    public static bool IsProcessor { get; set; }

    /// <summary>For work in this process.</summary>
    public static double Own() => IsProcessor ? Environment.CpuUsage.TotalTime.TotalSeconds : Wall();

    /// <summary>For programs that are started and ended in between.</summary>
    public static double OfCommands()
    {
        if (!IsProcessor)
        {
            return Wall();
        }

        return GetUsage(Children, out var usage) == 0
            ? usage.UserSeconds + usage.SystemSeconds + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e6)
            : throw new InvalidOperationException("The kernel gives no times of ended processes.");
    }

    /// <summary>For work that another running process does for us; processor time in steps of 10 ms.</summary>
    public static Func<double> Of(int processId) => () => IsProcessor ? ProcessorTime(processId) : Wall();

    private static double Wall() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    private static double ProcessorTime(int processId)
    {
        const double TicksPerSecond = 100;
        var stat = File.ReadAllText($"/proc/{processId}/stat");

        // The name in parentheses may hold blanks; user and system time are fields 14 and 15, the 12th and 13th after it.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out Usage usage);

    /// <summary>The C structure; what follows the times is not read.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Usage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
        public fixed long Rest[14];
    }
}

/// <summary>Something to time, with the clock that sees its work.</summary>
/// <param name="WarmSeconds">How long it runs unmeasured at least.</param>
internal sealed record Timed(Action Run, Func<double> Read, double WarmSeconds = 0)
{
    /// <summary>A service has run what it does for a while: until then the runtime works with code that it has not optimised.</summary>
    private const double OptimisedAfter = 1;

    public static Timed Here(Action run) => new(run, Clock.Own, OptimisedAfter);

    /// <summary>A program that is started and waited for.</summary>
    public static Timed Command(Action run) => new(run, Clock.OfCommands);

    public static Timed In(int processId, Action run) => new(run, Clock.Of(processId));

    /// <summary>Runs it once and more.</summary>
    public void WarmUp()
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            Run();
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmSeconds);
    }

    public double Seconds()
    {
        var start = Read();
        Run();
        return Read() - start;
    }

    public double Median(int rounds) => Timing.Median([.. Enumerable.Range(0, rounds).Select(_ => Seconds())]);
}
