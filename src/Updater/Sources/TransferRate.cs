namespace Updater.Sources;

/// <summary>
/// Cancels a transfer that is too slow: in each window a number of bytes must arrive. Starts with the request, so
/// headers that never come are covered. One transfer, one instance.
/// </summary>
internal sealed class TransferRate : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _window;
    private readonly long _minBytes;
    private long _bytesInWindow;

    public TransferRate(TimeSpan window, long minBytes, TimeProvider time)
    {
        _window = window;
        _minBytes = minBytes;
        _source = new CancellationTokenSource(window, time);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>A drip of single bytes does not open a new window: only enough of them do.</summary>
    public void Add(int bytes)
    {
        _bytesInWindow += bytes;
        if (_bytesInWindow >= _minBytes)
        {
            _bytesInWindow = 0;
            _source.CancelAfter(_window);
        }
    }

    public void Dispose() => _source.Dispose();
}
