using Engine.Images;

namespace Updater.Hosting;

/// <summary>
/// Gives memory back when the service has gone quiet. Compiling a large set, or a burst of large objects, leaves a heap and
/// pooled buffers many times what the service needs afterwards, and without further allocations no collection would
/// ever take them away; the pages of the image that scans touched count as this process's too. Nothing happens while
/// there is work.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    /// <summary>Between two looks; after one without work the memory goes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>Allocated in an interval, more than probes and metrics allocate: there was work.</summary>
    public const long BusyBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Collections after work: the shared pool of arrays lets go of those that lay unused for half a minute, counted from the
    /// first collection that saw them.
    /// </summary>
    public const int Rounds = 3;

    private readonly Func<long> _allocatedBytes;
    private readonly Action _giveBack;
    private readonly ITimer _timer;
    private long _seenBytes;
    private int _roundsLeft = Rounds;

    /// <param name="active">Whose pages are let go.</param>
    public IdleMemory(TimeProvider time, ActiveImage active)
        : this(time, () => GC.GetTotalAllocatedBytes(), () => GiveBack(active))
    {
    }

    /// <param name="allocatedBytes">By the process since its start.</param>
    /// <param name="giveBack">Gives back what is not used.</param>
    internal IdleMemory(TimeProvider time, Func<long> allocatedBytes, Action giveBack)
    {
        _allocatedBytes = allocatedBytes;
        _giveBack = giveBack;
        _timer = time.CreateTimer(_ => Look(), state: null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var allocated = _allocatedBytes();
        var isBusy = allocated - _seenBytes > BusyBytes;
        _seenBytes = allocated;
        if (isBusy)
        {
            _roundsLeft = Rounds;
        }
        else if (_roundsLeft > 0)
        {
            _roundsLeft--;
            _giveBack();
        }
    }

    private static void GiveBack(ActiveImage active)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var lease = active.TryLease();
        lease?.Images.LetGo();
    }
}
