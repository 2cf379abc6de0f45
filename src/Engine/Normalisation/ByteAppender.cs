using System.Runtime.CompilerServices;

namespace Engine.Normalisation;

/// <summary>Bytes collected in an array that grows and is used again.</summary>
internal sealed class ByteAppender
{
    private const int FirstLength = 256;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Appends a part of itself.</summary>
    public void AppendOwn(int start, int count)
    {
        var taken = Take(count);
        _bytes.AsSpan(start, count).CopyTo(taken);
    }

    /// <summary>Appends so many bytes, to be filled by the caller before anything else is appended.</summary>
    public Span<byte> Take(int count)
    {
        if (count > _bytes.Length - Length)
        {
            Grow(count);
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    private void Grow(int count) =>
        Array.Resize(ref _bytes, Math.Max(FirstLength, checked(Math.Max(_bytes.Length * 2, Length + count))));
}
