namespace Testing.Executables;

/// <summary>Appends numbers in one byte order and word width.</summary>
internal sealed class HeaderWriter(bool is64Bit, bool isBigEndian)
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public HeaderWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public HeaderWriter UInt16(params ReadOnlySpan<int> values) => Add(2, values);

    public HeaderWriter UInt32(params ReadOnlySpan<uint> values)
    {
        foreach (var value in values)
        {
            Add(value, 4);
        }

        return this;
    }

    /// <summary>Addresses and offsets: 8 bytes in a 64-bit file, else 4.</summary>
    public HeaderWriter Word(params ReadOnlySpan<ulong> values)
    {
        foreach (var value in values)
        {
            Add(value, is64Bit ? 8 : 4);
        }

        return this;
    }

    private HeaderWriter Add(int width, ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            Add((ulong)value, width);
        }

        return this;
    }

    private void Add(ulong value, int width)
    {
        for (var i = 0; i < width; i++)
        {
            _bytes.Add((byte)(value >> (8 * (isBigEndian ? width - 1 - i : i))));
        }
    }
}
