using System.Diagnostics;

namespace Engine.Benchmarks.Measuring;

/// <summary>One run of another program to its end.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Seconds">From its start to its end, by <see cref="Clock"/>.</param>
/// <param name="PeakBytes">Most resident memory seen; 0 where it was not watched.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Errors, double Seconds, long PeakBytes)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan _watchPeriod = TimeSpan.FromMilliseconds(2);

    /// <param name="watchMemory">True: its peak is read every 2 ms, which costs time; such a run is not for timing.</param>
    /// <exception cref="TimeoutException">It ran for 15 minutes and was ended.</exception>
    public static CommandRun Of(string program, IEnumerable<string> arguments, bool watchMemory = false)
    {
        var start = Clock.OfCommands();
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        var peak = watchMemory ? WatchPeak(process) : 0;
        if (!process.WaitForExit(_limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} ran longer than {_limit}.");
        }

        var seconds = Clock.OfCommands() - start;
        return new CommandRun(process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult(), seconds, peak);
    }

    /// <summary>Starts with all streams redirected.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <exception cref="InvalidOperationException">It ended with another status.</exception>
    public CommandRun Require(params int[] exitCodes) => exitCodes.Contains(ExitCode)
        ? this
        : throw new InvalidOperationException($"exit status {ExitCode}: {Output[..Math.Min(500, Output.Length)]}{Errors[..Math.Min(1500, Errors.Length)]}");

    private static long WatchPeak(Process process)
    {
        var peak = 0L;
        var limit = Stopwatch.GetTimestamp();
        while (!process.WaitForExit(_watchPeriod) && Stopwatch.GetElapsedTime(limit) < _limit)
        {
            try
            {
                peak = Math.Max(peak, ProcessMemory.PeakOf(process.Id));
            }
            catch (IOException)
            {
                // It ended between the two looks.
            }
        }

        return peak;
    }
}
