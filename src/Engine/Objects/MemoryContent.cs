namespace Engine.Objects;

/// <summary>An object that lies in memory as a whole.</summary>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : ObjectContent
{
    public override long Length => bytes.Length;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public override ReadOnlySpan<byte> Window(long offset, int count) => Slice(offset, count);

    public override ReadOnlySpan<byte> Peek(long offset, int count) => Slice(offset, count);

    private ReadOnlySpan<byte> Slice(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return offset >= bytes.Length
            ? default
            : bytes.Span.Slice((int)offset, (int)Math.Min(count, bytes.Length - offset));
    }
}
