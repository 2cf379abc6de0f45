using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Definitions;
using Updater.Store;
using Updater.Updates;

namespace Updater.Gates;

/// <summary>
/// Loads the candidate and scans its probes in a process of its own (M-211, update-side.md §8.13): content that
/// crashes, hangs or bloats an engine ends that process and is refused; the serving one never sees it.
/// </summary>
/// <param name="program">How to start this program.</param>
/// <param name="timeout">After which the child is ended and the candidate refused.</param>
internal sealed class TrialLoad(ProgramStart program, TimeSpan timeout)
{
    /// <summary>Generous: a large set loads in seconds, and a slow machine is not a bad package.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Managed heap of the child: the image is mapped, so an honest load needs a small part of this.</summary>
    private const string HeapLimit = "0x40000000";

    /// <summary>Characters of the child's answer that are looked at.</summary>
    private const int MaxAnswer = 4096;

    /// <exception cref="RefusedException">
    /// <see cref="RefusalReason.TrialLoadFailed"/>, or <see cref="RefusalReason.ProbeMissed"/> when the child says so.
    /// </exception>
    public async Task CheckAsync(CandidateGeneration candidate, CancellationToken cancellationToken)
    {
        var probes = Path.Combine(candidate.StagingFolder, "probes.json");
        await AtomicFile.WriteAsync(
            probes, ProbeList.Write(candidate.Packages.SelectMany(package => package.Manifest?.Probes ?? [])), cancellationToken);
        using var child = Start(candidate, probes);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            var answer = ReadAsync(child.StandardOutput, deadline.Token);
            var errors = ReadAsync(child.StandardError, deadline.Token);
            await child.WaitForExitAsync(deadline.Token);
            Judge(child.ExitCode, await answer, await errors);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RefusedException(RefusalReason.TrialLoadFailed, string.Create(
                CultureInfo.InvariantCulture, $"The trial process did not finish within {timeout.TotalSeconds:0} s."), e);
        }
        finally
        {
            if (!child.HasExited)
            {
                child.Kill(entireProcessTree: true);
            }
        }
    }

    private static void Judge(int exitCode, string answer, string errors)
    {
        if (exitCode == TrialLoadChild.Passed && answer.StartsWith(TrialLoadChild.PassedWord, StringComparison.Ordinal))
        {
            return;
        }

        if (exitCode == TrialLoadChild.ProbeMissed)
        {
            throw new RefusedException(RefusalReason.ProbeMissed, answer.Trim());
        }

        var said = answer.Trim().Length > 0 ? answer.Trim() : errors.Trim();
        throw new RefusedException(RefusalReason.TrialLoadFailed, string.Create(
            CultureInfo.InvariantCulture, $"The trial process ended with status {exitCode}: {(said.Length > 0 ? said : "no message")}"));
    }

    /// <summary>The first characters; the rest is read and dropped, so that the child never waits for us.</summary>
    private static async Task<string> ReadAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new char[1024];
        int read;
        while ((read = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            text.Append(buffer, 0, Math.Min(read, MaxAnswer - text.Length));
        }

        return text.ToString();
    }

    private Process Start(CandidateGeneration candidate, string probes)
    {
        var start = new ProcessStartInfo(program.FileName)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["DOTNET_GCHeapHardLimit"] = HeapLimit },
        };
        foreach (var argument in (string[])[.. program.Arguments, .. TrialLoadChild.ArgumentsFor(candidate, probes)])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new UnreachableException();
        }
        catch (Win32Exception e)
        {
            throw new UpdateFailedException(FailureReason.Unexpected, $"The trial process could not be started: {e.Message}", e);
        }
    }
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
