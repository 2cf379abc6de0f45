using System.Buffers;

namespace Engine.Objects;

/// <summary>An object in a rented array; the array goes back when it is disposed.</summary>
internal sealed class PooledContent(byte[] rented, int length, Action? released) : ObjectContent
{
    private byte[]? _rented = rented;

    public override long Length => length;

    public override ReadOnlySpan<byte> Window(long offset, int count) => Slice(offset, count);

    public override ReadOnlySpan<byte> Peek(long offset, int count) => Slice(offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing && _rented is { } array)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(array);
            released?.Invoke();
        }

        base.Dispose(disposing);
    }

    private ReadOnlySpan<byte> Slice(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_rented is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return offset >= length ? default : _rented.AsSpan((int)offset, (int)Math.Min(count, length - offset));
    }
}
