namespace Engine.Tests.Normalisation.Plain;

/// <summary>A copy as a list of bytes, written one by one.</summary>
internal sealed class PlainCopy(long maxBytes = long.MaxValue)
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public bool IsCut { get; private set; }

    public int Last { get; private set; } = -1;

    public void Write(byte value)
    {
        if (_bytes.Count >= maxBytes)
        {
            IsCut = true;
            return;
        }

        _bytes.Add(value);
        Last = value;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            Write(value);
        }
    }

    public void WriteUnseen(ReadOnlySpan<byte> bytes)
    {
        var last = Last;
        Write(bytes);
        Last = last;
    }

    public void WriteBlank()
    {
        if (Last != ' ')
        {
            Write((byte)' ');
        }
    }
}
