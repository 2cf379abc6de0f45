using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Runs this program again for work that must not harm the serving process: content that crashes, hangs or bloats it ends
/// that process alone, and its memory goes with it (M-211).
/// </summary>
internal static class ChildProcess
{
    /// <summary>Characters of each stream that are kept; the rest is read and dropped, so that the child never waits for us.</summary>
    private const int MaxText = 4096;

    /// <param name="arguments">What comes behind the program.</param>
    /// <param name="limits">A child beyond them is ended.</param>
    /// <param name="onLine">Told each line of its output that is not kept, such as progress: true = taken.</param>
    /// <returns>Null when it did not finish in time.</returns>
    /// <exception cref="UpdateFailedException">It could not be started.</exception>
    /// <exception cref="OperationCanceledException">The child was ended.</exception>
    public static async Task<ChildResult?> RunAsync(
        ProgramStart program, IEnumerable<string> arguments, ChildLimits limits, Func<string, bool> onLine, CancellationToken cancellationToken)
    {
        using var child = Start(program, arguments, limits);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limits.Time);
        try
        {
            var answer = ReadAsync(child.StandardOutput, onLine, deadline.Token);
            var errors = ReadAsync(child.StandardError, static _ => false, deadline.Token);
            await child.WaitForExitAsync(deadline.Token);
            return new ChildResult(child.ExitCode, await answer, await errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task<string> ReadAsync(StreamReader output, Func<string, bool> onLine, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var line = new StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            foreach (var character in buffer.AsSpan(0, read))
            {
                if (character != '\n')
                {
                    // A line without an end must not fill the memory.
                    line.Append(line.Length < MaxText ? character.ToString() : "");
                    continue;
                }

                Keep(kept, line, onLine);
            }
        }

        Keep(kept, line, onLine);
        return kept.ToString().Trim();
    }

    private static void Keep(StringBuilder kept, StringBuilder line, Func<string, bool> onLine)
    {
        var text = line.ToString();
        line.Clear();
        if (text.Length > 0 && !onLine(text))
        {
            kept.Append(text, 0, Math.Min(text.Length, Math.Max(0, MaxText - kept.Length))).Append('\n');
        }
    }

    private static Process Start(ProgramStart program, IEnumerable<string> arguments, ChildLimits limits)
    {
        var start = new ProcessStartInfo(program.FileName)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["DOTNET_GCHeapHardLimit"] = "0x" + limits.HeapBytes.ToString("x", CultureInfo.InvariantCulture),

                // Hot loops are optimized after 10 ms instead of 100: a compile is nothing but hot loops (docs/adr/0008-start-and-memory.md).
                ["DOTNET_TC_CallCountingDelayMs"] = "0xA",
            },
        };
        foreach (var argument in program.Arguments.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new UnreachableException();
        }
        catch (Win32Exception e)
        {
            throw new UpdateFailedException(FailureReason.Unexpected, $"A process of this program could not be started: {e.Message}", e);
        }
    }
}

/// <param name="HeapBytes">Of managed memory; more ends the child.</param>
internal sealed record ChildLimits(TimeSpan Time, long HeapBytes);

/// <param name="Output">What it said and nobody took, cut.</param>
internal sealed record ChildResult(int ExitCode, string Output, string Errors)
{
    /// <summary>What it said last, for people.</summary>
    public string Message => Output.Length > 0 ? Output : Errors.Length > 0 ? Errors : "no message";
}

/// <summary>How this program is started again.</summary>
/// <param name="FileName">The executable.</param>
/// <param name="Arguments">What comes before the verb.</param>
internal sealed record ProgramStart(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>The executable itself, or <c>dotnet updater.dll</c> when this process was started so or is a test host.</summary>
    public static ProgramStart Self()
    {
        var process = Environment.ProcessPath ?? "dotnet";
        if (Path.GetFileNameWithoutExtension(process) == "updater")
        {
            return new ProgramStart(process, []);
        }

        var host = Path.GetFileNameWithoutExtension(process) == "dotnet" ? process : "dotnet";
        return new ProgramStart(host, ["exec", typeof(ProgramStart).Assembly.Location]);
    }
}
