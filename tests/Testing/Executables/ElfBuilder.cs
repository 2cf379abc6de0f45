namespace Testing.Executables;

/// <summary>
/// Puts together small ELF files, 32 and 64 bits, both byte orders: header, segment table, the given body, section
/// table at the end.
/// </summary>
public sealed class ElfBuilder
{
    private readonly List<(ulong Offset, ulong Address, ulong FileSize, ulong MemorySize)> _segments = [];
    private readonly List<(ulong Offset, ulong Size)> _sections = [(0, 0)];

    public bool Is64Bit { get; init; } = true;

    public bool IsBigEndian { get; init; }

    /// <summary>Virtual address.</summary>
    public ulong EntryPoint { get; init; }

    /// <summary>Bytes of the file up to the section table; what the headers cover is overwritten.</summary>
    public byte[] Body { get; init; } = new byte[0x400];

    public int HeaderSize => Is64Bit ? 64 : 52;

    public ElfBuilder Segment(ulong offset, ulong address, ulong size)
    {
        _segments.Add((offset, address, size, size));
        return this;
    }

    /// <summary>A section besides the empty one that every table begins with.</summary>
    public ElfBuilder Section(ulong offset, ulong size)
    {
        _sections.Add((offset, size));
        return this;
    }

    public byte[] Build()
    {
        var head = new HeaderWriter(Is64Bit, IsBigEndian)
            .Raw(0x7F, (byte)'E', (byte)'L', (byte)'F', (byte)(Is64Bit ? 2 : 1), (byte)(IsBigEndian ? 2 : 1), 1).Raw(new byte[9])
            .UInt16(2, Is64Bit ? 62 : 3).UInt32(1)
            .Word(EntryPoint, (ulong)HeaderSize, (ulong)Body.Length)
            .UInt32(0).UInt16(HeaderSize, Is64Bit ? 56 : 32, _segments.Count, Is64Bit ? 64 : 40, _sections.Count, 0);
        foreach (var (offset, address, fileSize, memorySize) in _segments)
        {
            head.UInt32(1);
            if (Is64Bit)
            {
                head.UInt32(5).Word(offset, address, address, fileSize, memorySize, 0x1000);
            }
            else
            {
                head.Word(offset, address, address, fileSize, memorySize).UInt32(5).Word(0x1000);
            }
        }

        var tail = new HeaderWriter(Is64Bit, IsBigEndian);
        foreach (var (offset, size) in _sections)
        {
            tail.UInt32(0, size == 0 ? 0u : 1u).Word(0, 0, offset, size).UInt32(0, 0).Word(1, 0);
        }

        var headBytes = head.ToArray();
        byte[] file = [.. Body, .. tail.ToArray()];
        headBytes.CopyTo(file, 0);
        return file;
    }
}
