using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>
/// What one scan may still spend: time, members, decoded bytes, memory (csapi.md §5.1). Every extractor of the scan
/// shares it and pays before it produces. Not thread-safe: a scan is one thread.
/// </summary>
internal sealed class Budget
{
    private readonly ScanProfile _profile;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellationToken;
    private readonly long _started;
    private int _members;
    private long _producedBytes;

    public Budget(ScanProfile profile, TimeProvider time, CancellationToken cancellationToken)
    {
        _profile = profile;
        _time = time;
        _cancellationToken = cancellationToken;
        _started = time.GetTimestamp();
        Memory = new MemoryAllowance(profile.MemoryBudgetBytes);
    }

    /// <summary>Since the scan began.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>What extracted members hold in memory.</summary>
    public MemoryAllowance Memory { get; }

    /// <summary>Decoded bytes that all members together may still produce.</summary>
    public long RemainingBytes => _profile.MaxCumulativeExtractSize - _producedBytes;

    /// <summary>Bytes that one member may produce; <see cref="long.MaxValue"/> without a limit.</summary>
    public long MemberBytes => _profile.MaxExtractSize == 0 ? long.MaxValue : _profile.MaxExtractSize;

    /// <summary>Members that a reader may list ahead; one more than may be visited, so that the limit is still met.</summary>
    public int MaxListedMembers => _profile.MaxFileCount == 0 ? 1_000_000 : _profile.MaxFileCount + 1;

    /// <summary>To be called for every 64 KiB of any work, and in loops that produce nothing.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="LimitException">The time is over.</exception>
    public void Check()
    {
        CheckCancelled();
        if (_profile.MaxExtractTime > TimeSpan.Zero && Elapsed > _profile.MaxExtractTime)
        {
            throw new LimitException(ScanCode.DecMaximumExtractTimeExceeded);
        }
    }

    /// <summary>For work that is to be done even when the time is over.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public void CheckCancelled() => _cancellationToken.ThrowIfCancellationRequested();

    /// <summary>Pays for one member over all levels.</summary>
    /// <exception cref="LimitException">It is one too many.</exception>
    public void ChargeMember()
    {
        if (_profile.MaxFileCount > 0 && _members >= _profile.MaxFileCount)
        {
            throw new LimitException(ScanCode.DecMaximumFilesExtracted);
        }

        _members++;
    }

    /// <summary>Pays for decoded bytes; the caller has cut them to <see cref="RemainingBytes"/>.</summary>
    public void ChargeBytes(long bytes) => _producedBytes += bytes;
}

/// <summary>A limit of the profile was reached; ends what can no longer go on. Internal control flow, never escapes a scan.</summary>
internal sealed class LimitException(ScanCode code) : Exception("A limit of the scan was reached.")
{
    public ScanCode Code { get; } = code;
}
