using Updater.Store;

namespace Updater.Cli;

/// <summary>
/// Waits for the data folder while another process has it: an update by hand, a service that starts or ends, a look at
/// the state. Each of these is over soon, so a folder in use is no mistake of the caller's.
/// </summary>
/// <param name="note">Is told once, when the wait begins.</param>
internal sealed class FolderTurn(Action<string> note, TimeProvider time)
{
    /// <summary>How long <c>run</c>, <c>rollback</c>, <c>pin</c> and <c>unpin</c> wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Time between two attempts.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Attempts until the folder is free; each attempt starts from nothing, as a service may have come up since.</summary>
    /// <param name="patience">Null = until cancelled.</param>
    /// <exception cref="DataFolderException">It is still in use after <paramref name="patience"/>, or of no use at all.</exception>
    public async Task<T> TakeAsync<T>(Func<Task<T>> attempt, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await attempt();
            }
            catch (DataFolderException e) when (e.IsBusy && !(time.GetElapsedTime(start) >= patience))
            {
                if (attempts == 1)
                {
                    note($"{e.Message} Waiting for it.");
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
