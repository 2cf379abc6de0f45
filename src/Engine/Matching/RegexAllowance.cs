using System.Diagnostics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The time that searches for regular expressions may take: of one object over all its buffers, and of one scan over all
/// its objects. Expressions that backtrack pay for every search, since what they cost grows with the content in ways
/// that nobody can tell beforehand; those of the linear-time engine, whose work is counted, pay only for a search that
/// ran out of time. Each kind has an account of its own, so that one cannot use up the other's. An expression that ran
/// out of time is not tried again on the object. Not thread-safe.
/// </summary>
internal sealed class RegexAllowance
{
    /// <summary>For one object; a search that began before may take <see cref="RegexCache.MatchLimit"/> more.</summary>
    public static readonly TimeSpan PerObject = TimeSpan.FromSeconds(2);

    /// <summary>For all objects of a scan.</summary>
    public static readonly TimeSpan PerScan = TimeSpan.FromSeconds(10);

    private readonly HashSet<(Image Image, uint Subsignature)> _gaveUp = [];
    private Account _linear;
    private Account _backtracking;

    public void StartScan()
    {
        (_linear.OfScan, _backtracking.OfScan) = (default, default);
        StartObject();
    }

    public void StartObject()
    {
        (_linear.OfObject, _backtracking.OfObject) = (default, default);
        _gaveUp.Clear();
    }

    /// <summary>Whether the expression may be tried on the object.</summary>
    /// <param name="subsignature">Index in the image.</param>
    /// <param name="isLinear">Of the linear-time engine.</param>
    public bool MayTry(Image image, uint subsignature, bool isLinear) =>
        !(isLinear ? _linear : _backtracking).IsSpent && !_gaveUp.Contains((image, subsignature));

    /// <summary>Pays for a search.</summary>
    /// <param name="started">A time stamp of <see cref="Stopwatch"/>.</param>
    /// <param name="isGivenUp">True when it ran out of time.</param>
    public void Pay(Image image, uint subsignature, bool isLinear, long started, bool isGivenUp)
    {
        if (isGivenUp)
        {
            _gaveUp.Add((image, subsignature));
        }

        if (isGivenUp || !isLinear)
        {
            var elapsed = Stopwatch.GetElapsedTime(started);
            ref var account = ref isLinear ? ref _linear : ref _backtracking;
            account.OfObject += elapsed;
            account.OfScan += elapsed;
        }
    }

    private struct Account
    {
        public TimeSpan OfObject;
        public TimeSpan OfScan;

        public readonly bool IsSpent => OfObject >= PerObject || OfScan >= PerScan;
    }
}
