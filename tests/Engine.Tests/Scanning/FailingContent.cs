using Engine.Objects;

namespace Engine.Tests.Scanning;

/// <summary>An object whose bytes end in an error, or during whose reading something else happens.</summary>
internal sealed class FailingContent : ObjectContent
{
    private readonly byte[] _bytes;
    private readonly long _failAt;
    private readonly Action? _onRead;
    private int _goodPasses;

    /// <param name="goodPasses">Reads over the bad place that still succeed.</param>
    public FailingContent(long length, long failAt, int goodPasses = 0, Action? onRead = null)
    {
        Length = length;
        _bytes = new byte[Math.Min(length, 10_000_000)];
        _failAt = failAt;
        _goodPasses = goodPasses;
        _onRead = onRead;
    }

    public FailingContent(byte[] bytes, long failAt)
    {
        (Length, _bytes, _failAt) = (bytes.Length, bytes, failAt);
    }

    public FailingContent(byte[] bytes, Action onFirstRead)
    {
        Length = bytes.Length;
        _bytes = bytes;
        _failAt = long.MaxValue;
        var isFirst = true;
        _onRead = () =>
        {
            if (isFirst)
            {
                isFirst = false;
                onFirstRead();
            }
        };
    }

    public override long Length { get; }

    public override ReadOnlySpan<byte> Window(long offset, int count) => Read(offset, count);

    public override ReadOnlySpan<byte> Peek(long offset, int count) => Read(offset, count);

    private ReadOnlySpan<byte> Read(long offset, int count)
    {
        _onRead?.Invoke();
        var end = Math.Min(Length, offset + count);
        if (offset <= _failAt && end > _failAt && _goodPasses-- <= 0)
        {
            throw new IOException("The medium is damaged.");
        }

        return offset >= Length ? default : _bytes.AsSpan((int)offset, (int)(end - offset));
    }
}
