using System.Globalization;
using System.Runtime.CompilerServices;
using Spectre.Console;
using Updater.Listeners.Http;
using Updater.Updates;

namespace Updater.Cli;

/// <summary>Shows a run while it goes: a live line where a person looks, a line a stage elsewhere, nothing when quiet.</summary>
internal static class UpdateProgressView
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <returns>The last answer, which holds the outcome.</returns>
    /// <exception cref="IOException">The stream ended before the run did.</exception>
    public static async Task<UpdateAnswer> FollowAsync(Terminal terminal, IAsyncEnumerable<UpdateAnswer> answers)
    {
        UpdateAnswer? last = null;
        if (terminal.IsRich)
        {
            await terminal.RichError.Status().Spinner(Spinner.Known.Dots).StartAsync("update", async status =>
            {
                await foreach (var answer in answers)
                {
                    last = answer;
                    status.Status(Markup.Escape(VisibleWriter.Of(Line(answer))));
                }
            });
        }
        else
        {
            var stage = "";
            await foreach (var answer in answers)
            {
                last = answer;
                if (answer.Stage != stage && answer.State == "running")
                {
                    terminal.Note(Line(answer));
                    stage = answer.Stage;
                }
            }
        }

        return last is { State: "finished" } ? last : throw new IOException("The service ended before the update did.");
    }

    /// <summary>A run of this process as the same stream of answers.</summary>
    public static async IAsyncEnumerable<UpdateAnswer> WatchAsync(
        UpdateRun run, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        UpdateProgress? shown = null;
        while (!run.Completion.IsCompleted)
        {
            if (run.Progress != shown)
            {
                shown = run.Progress;
                yield return UpdateAnswer.From(run);
            }

            await Task.WhenAny(run.Completion, Task.Delay(Pause, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        yield return UpdateAnswer.From(run);
    }

    private static string Line(UpdateAnswer answer)
    {
        var done = answer.Total > 0
            ? string.Create(CultureInfo.InvariantCulture, $" {100.0 * answer.Done / answer.Total:0} %")
            : "";
        return $"{answer.Stage} {answer.Subject}{done}".TrimEnd();
    }
}
