using System.Runtime.CompilerServices;

namespace Updater.Cli;

/// <summary>Works on items in parallel and gives the results in the order of the items; holds a bounded number of both.</summary>
internal static class OrderedWork
{
    public static async IAsyncEnumerable<TResult> RunAsync<TItem, TResult>(
        IEnumerable<TItem> items,
        Func<TItem, CancellationToken, Task<TResult>> work,
        int workers,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(workers);
        var pending = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                await slots.WaitAsync(cancellationToken);
                pending.Enqueue(Task.Run(() => RunOneAsync(item), CancellationToken.None));

                // A slow item at the head must not let results pile up behind it.
                while (pending.Count > 0 && (pending.Peek().IsCompleted || pending.Count >= 16 * workers))
                {
                    yield return await pending.Dequeue();
                }
            }

            while (pending.TryDequeue(out var next))
            {
                yield return await next;
            }
        }
        finally
        {
            // After a fault or a stop the rest is waited for, so that nobody uses what the caller disposes.
            await ((Task)Task.WhenAll(pending)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<TResult> RunOneAsync(TItem item)
        {
            try
            {
                return await work(item, cancellationToken);
            }
            finally
            {
                slots.Release();
            }
        }
    }
}
