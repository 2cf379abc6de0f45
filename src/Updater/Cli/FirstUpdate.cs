using Updater.Hosting;

namespace Updater.Cli;

/// <summary>Shows the first update of an empty data folder, so that a newcomer sees when scanning becomes possible.</summary>
internal static class FirstUpdate
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Ends with the first run; at once when there are definitions already. Never faults the service.</summary>
    public static async Task ShowAsync(Invocation invocation, ServiceCore service, CancellationToken cancellationToken)
    {
        if (service.Core.Board.Current.Active is not null || invocation.Options.Updates.Interval == TimeSpan.Zero)
        {
            return;
        }

        // Plain lines: the service's log writes to the same terminal.
        var terminal = new Terminal(invocation.Terminal.Output, invocation.Terminal.Error, invocation.Terminal.IsJson, invocation.Terminal.IsQuiet, isPlain: true);
        try
        {
            while (service.Core.Updates.Coordinator.Running is null)
            {
                if (service.Core.Board.Current.LastAttempt is not null)
                {
                    return;
                }

                await Task.Delay(Pause, invocation.Time, cancellationToken);
            }

            if (service.Core.Updates.Coordinator.Running is { } run)
            {
                var last = await UpdateProgressView.FollowAsync(terminal, UpdateProgressView.WatchAsync(run, invocation.Time, cancellationToken));
                terminal.Note($"First update: {last.Message}");
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }
}
