namespace Engine.Objects;

/// <summary>A view: part of another object, without a copy. The parent must outlive it.</summary>
internal sealed class SliceContent : ObjectContent
{
    private readonly ObjectContent _parent;
    private readonly long _start;

    /// <summary>Cut to the parent's end; a start beyond it makes an empty view.</summary>
    public SliceContent(ObjectContent parent, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _parent = parent;
        _start = Math.Min(start, parent.Length);
        Length = Math.Min(length, parent.Length - _start);
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Window(long offset, int count) =>
        Clip(offset, count) is var clipped and > 0 ? _parent.Window(_start + offset, clipped) : default;

    public override ReadOnlySpan<byte> Peek(long offset, int count) =>
        Clip(offset, count) is var clipped and > 0 ? _parent.Peek(_start + offset, clipped) : default;

    private int Clip(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return (int)Math.Clamp(Length - offset, 0, count);
    }
}
