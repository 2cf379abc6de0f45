namespace Testing;

/// <summary>What code allocates on its own thread.</summary>
public static class Allocation
{
    /// <summary>
    /// Bytes, the least of up to ten tries. A collection that another test causes takes what is left of this thread's piece of
    /// the heap, which then counts as allocated: one try without is enough.
    /// </summary>
    public static long Least(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 10 && least != 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
