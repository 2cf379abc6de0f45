using System.Runtime.ExceptionServices;

namespace Engine.Images;

/// <summary>Work shared among cores. What comes out never depends on how many there are.</summary>
internal static class Cores
{
    /// <summary>Does every piece, in any order; the first fault ends it and is thrown as it was.</summary>
    public static void ForEach(int count, CompileScope scope, Action<int> work)
    {
        if (scope.Cores == 1 || count <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                scope.CancellationToken.ThrowIfCancellationRequested();
                work(i);
            }

            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = scope.Cores, CancellationToken = scope.CancellationToken }, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Transforms items on all cores and takes the results in the order of the items; few wait at a time.</summary>
    /// <param name="items">Taken one by one, by the caller's thread.</param>
    /// <param name="consume">Called by the caller's thread.</param>
    public static void InOrder<TItem, TResult>(
        IEnumerable<TItem> items, CompileScope scope, Func<TItem, TResult> transform, Action<TResult> consume)
    {
        if (scope.Cores == 1)
        {
            foreach (var item in items)
            {
                scope.CancellationToken.ThrowIfCancellationRequested();
                consume(transform(item));
            }

            return;
        }

        var waiting = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                scope.CancellationToken.ThrowIfCancellationRequested();
                waiting.Enqueue(Task.Run(() => transform(item), CancellationToken.None));
                while (waiting.Count > scope.Cores * 2)
                {
                    consume(Result(waiting.Dequeue()));
                }
            }

            while (waiting.Count > 0)
            {
                scope.CancellationToken.ThrowIfCancellationRequested();
                consume(Result(waiting.Dequeue()));
            }
        }
        catch
        {
            // What they work on may be disposed of by the caller.
            Task.WhenAll(waiting).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait(CancellationToken.None);
            throw;
        }
    }

    private static TResult Result<TResult>(Task<TResult> task) => task.GetAwaiter().GetResult();
}
