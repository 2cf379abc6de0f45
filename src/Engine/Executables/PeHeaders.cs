using System.Buffers.Binary;

namespace Engine.Executables;

/// <summary>One entry of a PE's section table after rounding.</summary>
/// <param name="VirtualAddress">Rounded down to the section alignment.</param>
/// <param name="RawStart">File offset, rounded down to the file alignment.</param>
/// <param name="RawSize">Rounded up to the file alignment, then cut at the end of the file.</param>
internal readonly record struct PeSection(uint VirtualAddress, uint RawStart, uint RawSize);

/// <summary>
/// The headers of a PE32 or PE32+ file, read and rounded as the reference engine does (measured against its debug
/// output; clamav-formats.md §3.4, §3.6). Where it finds no entry point it uses nothing of the file, and neither do we.
/// </summary>
internal sealed class PeHeaders
{
    /// <summary>Index of a data directory.</summary>
    public const int ImportDirectory = 1;
    public const int ResourceDirectory = 2;

    private const int SectionEntrySize = 40;
    private const int SectionsPerRead = 256;
    private const int MaxDirectories = 16;
    private const int CoffSize = 24;

    private readonly (uint Address, uint Size)[] _directories;
    private uint _headerSize;

    private PeHeaders(HeaderBytes bytes, bool isPlus, (uint Address, uint Size)[] directories)
    {
        Bytes = bytes;
        IsPlus = isPlus;
        _directories = directories;
    }

    public HeaderBytes Bytes { get; }

    /// <summary>PE32+: thunks have 64 bits.</summary>
    public bool IsPlus { get; }

    public PeSection[] Sections { get; private set; } = [];

    /// <summary>File offset; an address of 0 lies at 0.</summary>
    public long EntryPoint { get; private set; }

    /// <summary>Null when the headers cannot be believed.</summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static PeHeaders? Read(HeaderBytes bytes)
    {
        if (!bytes.TryRead(0, 64, out var dos) || !dos.StartsWith("MZ"u8))
        {
            return null;
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(dos[0x3C..]);
        if (!bytes.TryRead(start, CoffSize, out var coff) || !coff.StartsWith("PE\0\0"u8))
        {
            return null;
        }

        int sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(coff[6..]);
        int optionalSize = BinaryPrimitives.ReadUInt16LittleEndian(coff[20..]);
        if (sectionCount == 0 || !bytes.TryRead(start + CoffSize, optionalSize, out var optional)
            || !TryReadDirectories(optional, out var isPlus, out var directories))
        {
            return null;
        }

        var alignment = BinaryPrimitives.ReadUInt32LittleEndian(optional[32..]);
        var fileAlignment = BinaryPrimitives.ReadUInt32LittleEndian(optional[36..]);
        var entry = BinaryPrimitives.ReadUInt32LittleEndian(optional[16..]);
        var pe = new PeHeaders(bytes, isPlus, directories)
        {
            _headerSize = RoundUp(BinaryPrimitives.ReadUInt32LittleEndian(optional[60..]), alignment),
        };
        if (!pe.TryReadSections(start + CoffSize + optionalSize, sectionCount, alignment, fileAlignment)
            || pe.OffsetOf(entry) is not { } offset)
        {
            return null;
        }

        pe.EntryPoint = offset;
        return pe;
    }

    /// <summary>The address of a data directory; 0 = the file has none.</summary>
    public uint Directory(int index) => index < _directories.Length ? _directories[index].Address : 0;

    /// <summary>The file offset of a virtual address, or null when no section's bytes hold it. Later sections win.</summary>
    public long? OffsetOf(uint address)
    {
        if (address < _headerSize)
        {
            return address < Bytes.Length ? address : null;
        }

        if (!Bytes.TrySpend(Sections.Length))
        {
            return null;
        }

        for (var i = Sections.Length - 1; i >= 0; i--)
        {
            ref readonly var section = ref Sections[i];
            if (section.VirtualAddress <= address && address - section.VirtualAddress < section.RawSize)
            {
                return (long)section.RawStart + (address - section.VirtualAddress);
            }
        }

        return null;
    }

    private static bool TryReadDirectories(
        ReadOnlySpan<byte> optional, out bool isPlus, out (uint Address, uint Size)[] directories)
    {
        (isPlus, directories) = (false, []);
        if (optional.Length < 2)
        {
            return false;
        }

        // Anything but the mark of PE32+ is read as PE32.
        isPlus = BinaryPrimitives.ReadUInt16LittleEndian(optional) == 0x20B;
        var fixedSize = isPlus ? 112 : 96;
        if (optional.Length < fixedSize)
        {
            return false;
        }

        var count = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(optional[(fixedSize - 4)..]), MaxDirectories);
        if (optional.Length < fixedSize + (8 * count))
        {
            return false;
        }

        directories = new (uint, uint)[count];
        for (var i = 0; i < count; i++)
        {
            var entry = optional[(fixedSize + (8 * i))..];
            directories[i] = (BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
        }

        return true;
    }

    private bool TryReadSections(long table, int count, uint alignment, uint fileAlignment)
    {
        if (table > Bytes.Length - ((long)count * SectionEntrySize))
        {
            return false;
        }

        var entries = new (uint VirtualSize, uint Address, uint Size, uint Start)[count];
        for (var i = 0; i < count; i += SectionsPerRead)
        {
            var some = Math.Min(SectionsPerRead, count - i);
            if (!Bytes.TryRead(table + ((long)i * SectionEntrySize), some * SectionEntrySize, out var bytes))
            {
                return false;
            }

            for (var j = 0; j < some; j++)
            {
                var entry = bytes[(j * SectionEntrySize)..];
                entries[i + j] = (
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]));
            }
        }

        // One section that lies at a sector but not at the file's own alignment: sectors it is, for all of them.
        var sector = 0x200u;
        if (fileAlignment != 0 && entries.Any(e => e.Size != 0 && e.Start % fileAlignment != 0 && e.Start % sector == 0))
        {
            fileAlignment = sector;
        }

        Sections = new PeSection[count];
        for (var i = 0; i < count; i++)
        {
            var (virtualSize, address, size, start) = entries[i];
            var roundedSize = RoundUp(size, fileAlignment);
            if ((address | virtualSize) > int.MaxValue || (roundedSize == 0 && size > int.MaxValue))
            {
                return false;
            }

            var raw = RoundDown(start, fileAlignment);
            var rest = Math.Max(0, Bytes.Length - raw);
            Sections[i] = new PeSection(RoundDown(address, alignment), raw, (uint)Math.Min(roundedSize, rest));
        }

        return true;
    }

    private static uint RoundDown(uint value, uint alignment) => alignment == 0 ? value : value / alignment * alignment;

    // Wraps around like the 32-bit arithmetic it copies.
    private static uint RoundUp(uint value, uint alignment) =>
        alignment == 0 ? value : unchecked(((value / alignment) + (value % alignment == 0 ? 0u : 1u)) * alignment);
}
