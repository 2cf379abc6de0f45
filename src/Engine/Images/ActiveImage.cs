using Definitions;

namespace Engine.Images;

/// <summary>
/// The one reference that scans use and activation exchanges (M-212). Lock-free for readers: a lease adds to the
/// image's counter unless it is closed, then looks again. The last lease of a replaced image unmaps it.
/// </summary>
/// <remarks>
/// The second look matters: between reading the reference and adding to the counter a swap may have completed, and a
/// lease that is asked for after a swap must be of the new generation. Unmapping runs on the thread pool, so neither
/// a scan nor a swap waits for it (matcher-design.md §8).
/// </remarks>
public sealed class ActiveImage : IDisposable
{
    private LeasedImages? _current;
    private int _mapped;
    private int _disposed;

    /// <summary>Makes the image the active one; scans that hold the old one finish on it. Takes ownership.</summary>
    /// <exception cref="ObjectDisposedException">This is disposed; the image stays the caller's.</exception>
    public void Swap(GenerationId generation, ImageSet images)
    {
        ArgumentNullException.ThrowIfNull(images);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        Interlocked.Increment(ref _mapped);
        var old = Interlocked.Exchange(ref _current, new LeasedImages(this, generation, images));
        old?.Release();
        if (Volatile.Read(ref _disposed) != 0)
        {
            // Disposed in between: whoever takes the reference out releases it.
            Interlocked.Exchange(ref _current, null)?.Release();
        }
    }

    /// <summary>The active generation, or null when there are no definitions.</summary>
    public GenerationId? Generation => Volatile.Read(ref _current)?.Generation;

    /// <summary>Images still mapped because a scan holds them, the active one included.</summary>
    public int MappedImages => Volatile.Read(ref _mapped);

    /// <summary>A hold on exactly one generation, or null when there are no definitions.</summary>
    public ImageLease? TryLease()
    {
        while (true)
        {
            var current = Volatile.Read(ref _current);
            if (current is null)
            {
                return null;
            }

            if (!current.TryAdd())
            {
                continue;
            }

            if (ReferenceEquals(current, Volatile.Read(ref _current)))
            {
                return new ImageLease(current);
            }

            current.Release();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Interlocked.Exchange(ref _current, null)?.Release();
        }
    }

    /// <summary>An image and the number of those who use it: one for being active, one for each lease.</summary>
    internal sealed class LeasedImages(ActiveImage owner, GenerationId generation, ImageSet images)
    {
        private int _holds = 1;

        public GenerationId Generation => generation;

        public ImageSet Images => images;

        /// <summary>False when the last hold is gone: it never comes back.</summary>
        public bool TryAdd()
        {
            var holds = Volatile.Read(ref _holds);
            while (holds > 0)
            {
                var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
                if (seen == holds)
                {
                    return true;
                }

                holds = seen;
            }

            return false;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _holds) == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static leased => leased.Unmap(), this, preferLocal: false);
            }
        }

        private void Unmap()
        {
            images.Dispose();
            Interlocked.Decrement(ref owner._mapped);
        }
    }
}

/// <summary>A scan's hold on one generation. Dispose once.</summary>
public sealed class ImageLease : IDisposable
{
    private readonly ActiveImage.LeasedImages _leased;
    private int _disposed;

    internal ImageLease(ActiveImage.LeasedImages leased) => _leased = leased;

    public GenerationId Generation => _leased.Generation;

    /// <summary>Valid until this lease is disposed.</summary>
    public ImageSet Images
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _leased.Images;
        }
    }

    /// <summary>A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _leased.Release();
        }
    }
}
