namespace Engine.Normalisation;

/// <summary>Bytes collected in an array that grows and is used again.</summary>
internal sealed class ByteAppender
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(byte value)
    {
        if (Length == _bytes.Length)
        {
            Array.Resize(ref _bytes, checked(_bytes.Length * 2));
        }

        _bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            Append(value);
        }
    }

    /// <summary>Appends a part of itself.</summary>
    public void AppendOwn(int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Append(_bytes[start + i]);
        }
    }
}
