namespace Updater.Hosting;

/// <summary>
/// Bounds the work of scans: so many run, so many may wait, one more is told to come back (M-020, users.md pain 32).
/// Thread-safe. First come, first served as far as <see cref="SemaphoreSlim"/> promises it.
/// </summary>
/// <param name="capacity">Scans at one time; at least 1.</param>
/// <param name="queueCapacity">Scans that may wait; 0 = none.</param>
internal sealed class ScanSlots(int capacity, int queueCapacity) : IDisposable
{
    private readonly SemaphoreSlim _free = new(capacity, capacity);
    private int _waiting;
    private long _rejected;

    public int Capacity => capacity;

    public int QueueCapacity => queueCapacity;

    /// <summary>Slots in use now.</summary>
    public int Busy => capacity - _free.CurrentCount;

    /// <summary>Scans that wait for a slot now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Scans that were told "busy" since the start.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>A slot to be disposed once, or null when the queue is full.</summary>
    public async ValueTask<ScanSlot?> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await _free.WaitAsync(0, CancellationToken.None))
        {
            return new ScanSlot(_free);
        }

        if (Interlocked.Increment(ref _waiting) > queueCapacity)
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Increment(ref _rejected);
            return null;
        }

        try
        {
            await _free.WaitAsync(cancellationToken);
            return new ScanSlot(_free);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _free.Dispose();
}

/// <summary>The right to run one scan.</summary>
internal sealed class ScanSlot(SemaphoreSlim free) : IDisposable
{
    public void Dispose() => free.Release();
}
