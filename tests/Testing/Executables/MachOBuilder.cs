using System.Text;

namespace Testing.Executables;

/// <summary>
/// Puts together small Mach-O files, 32 and 64 bits, both byte orders, with one segment, and universal files of them.
/// </summary>
public sealed class MachOBuilder
{
    private readonly List<(ulong Address, ulong Size, uint Offset, uint Alignment)> _sections = [];

    public bool Is64Bit { get; init; } = true;

    public bool IsBigEndian { get; init; }

    /// <summary>CPU type, such as 7 (x86), 0x01000007 (x86-64), 18 (PowerPC).</summary>
    public uint Processor { get; init; } = 0x0100_0007;

    /// <summary>File offset for LC_MAIN; null = no such command.</summary>
    public ulong? MainOffset { get; init; }

    /// <summary>Program counter and registers for LC_UNIXTHREAD: flavour and bytes; null = no such command.</summary>
    public (uint Flavour, byte[] State)? Thread { get; init; }

    /// <summary>Bytes of the file; what the headers cover is overwritten.</summary>
    public byte[] Body { get; init; } = new byte[0x400];

    /// <param name="alignment">A power of two.</param>
    public MachOBuilder Section(ulong address, ulong size, uint offset, uint alignment = 0)
    {
        _sections.Add((address, size, offset, alignment));
        return this;
    }

    public byte[] Build()
    {
        var commands = Segment();
        uint count = 1;
        if (MainOffset is { } main)
        {
            commands.UInt32(0x8000_0028, 24).Raw(new HeaderWriter(is64Bit: true, IsBigEndian).Word(main, 0).ToArray());
            count++;
        }

        if (Thread is { } thread)
        {
            commands.UInt32(5, (uint)(16 + thread.State.Length), thread.Flavour, (uint)thread.State.Length / 4).Raw(thread.State);
            count++;
        }

        var head = new HeaderWriter(Is64Bit, IsBigEndian)
            .UInt32(Is64Bit ? 0xFEEDFACF : 0xFEEDFACE, Processor, 3, 2, count, (uint)commands.Length, 0)
            .Raw(new byte[Is64Bit ? 4 : 0])
            .Raw(commands.ToArray());
        var file = (byte[])Body.Clone();
        head.ToArray().CopyTo(file, 0);
        return file;
    }

    /// <summary>A file of several for one processor each, every part at the next 4,096 bytes.</summary>
    public static byte[] Universal(params (uint Processor, byte[] File)[] parts)
    {
        var head = new HeaderWriter(is64Bit: false, isBigEndian: true).UInt32(0xCAFEBABE, (uint)parts.Length);
        var file = new byte[4096];
        foreach (var (processor, part) in parts)
        {
            head.UInt32(processor, 3, (uint)file.Length, (uint)part.Length, 12);
            file = [.. file, .. part, .. new byte[-part.Length & 4095]];
        }

        head.ToArray().CopyTo(file, 0);
        return file;
    }

    private HeaderWriter Segment()
    {
        var headerSize = Is64Bit ? 72 : 56;
        var sectionSize = Is64Bit ? 80 : 68;
        var segment = new HeaderWriter(Is64Bit, IsBigEndian)
            .UInt32(Is64Bit ? 0x19u : 1u, (uint)(headerSize + (sectionSize * _sections.Count)))
            .Raw(Name("__TEXT")).Word(0x1000, 0x1000, 0, (ulong)Body.Length).UInt32(7, 5, (uint)_sections.Count, 0);
        foreach (var (address, size, offset, alignment) in _sections)
        {
            segment.Raw(Name("__text")).Raw(Name("__TEXT")).Word(address, size)
                .UInt32(offset, alignment, 0, 0, 0, 0, 0).Raw(new byte[Is64Bit ? 4 : 0]);
        }

        return segment;
    }

    private static byte[] Name(string text)
    {
        var name = new byte[16];
        Encoding.ASCII.GetBytes(text).CopyTo(name, 0);
        return name;
    }
}
