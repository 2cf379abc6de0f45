namespace Engine.Matching;

/// <summary>
/// Bounds what verification may cost for one object: 8 units per byte and 16 Mi units on top, a unit being about one
/// byte looked at (matcher-design.md §5.3). A used-up budget ends the search and is reported, never hidden.
/// </summary>
internal sealed class WorkBudget
{
    private const long Fixed = 16 << 20;
    private const int PerByte = 8;

    /// <summary>Work between two calls of the progress callback.</summary>
    private const long ProgressStep = 65536;

    private long _left;
    private long _untilProgress;
    private Action _progress = static () => { };

    public bool IsExhausted => _left < 0;

    /// <summary>Units that are left; below 0 when it is used up.</summary>
    public long Left => _left;

    /// <summary>Units for an object.</summary>
    /// <param name="perByte">1 to 64.</param>
    public static long UnitsFor(long length, int perByte = PerByte) => (Math.Min(length, long.MaxValue >> 8) * perByte) + Fixed;

    /// <param name="units">Of work.</param>
    /// <param name="progress">Called now and then.</param>
    public void Start(long units, Action progress)
    {
        _left = units;
        _untilProgress = ProgressStep;
        _progress = progress;
    }

    /// <summary>Ends the work for this object: something else than the units was used up.</summary>
    public void Exhaust() => _left = -1;

    public void Spend(long units)
    {
        _left -= units;
        _untilProgress -= units;
        if (_untilProgress < 0)
        {
            _untilProgress = ProgressStep;
            _progress();
        }
    }
}
