namespace Engine.Objects;

/// <summary>
/// The bytes of one object, with random access over 64-bit offsets: a submitted file, a member in memory, a member
/// spilled to scratch. One scan thread uses it at a time.
/// </summary>
public abstract class ObjectContent : IDisposable
{
    /// <summary>Bytes in the object.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Bytes from <paramref name="offset"/> on, at most <paramref name="count"/>, fewer only at the end of the object.
    /// The span stays valid until the next call of <see cref="Window"/>; calls of <see cref="Peek"/> do not end it.
    /// </summary>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public abstract ReadOnlySpan<byte> Window(long offset, int count);

    /// <summary>
    /// The same for a look somewhere else while a window is in use; valid until the next call of <see cref="Peek"/>.
    /// </summary>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public abstract ReadOnlySpan<byte> Peek(long offset, int count);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
