using System.Buffers.Binary;
using System.Text;

namespace Testing.Executables;

/// <summary>
/// Puts together small PE32 and PE32+ files: headers, sections one after the other, and on request an import table and
/// version information in sections of their own at the end. The first section's data lies at
/// <see cref="HeadersSize"/>, its address is 0x1000.
/// </summary>
public sealed class PeBuilder
{
    /// <summary>File offset of the <c>PE</c> signature; the COFF header follows it.</summary>
    public const int Signature = 0x40;

    /// <summary>Bytes in front of the first section's data.</summary>
    public const int HeadersSize = 0x400;

    /// <summary>File offset of the optional header.</summary>
    public const int OptionalHeader = Signature + 24;

    private const int SectionEntry = 40;
    private const int Directories = 16;

    private readonly List<Section> _sections = [];
    private readonly List<(string Library, string[] Functions)> _imports = [];
    private readonly List<(string Name, string Value)> _versionStrings = [];

    /// <summary>PE32+ instead of PE32.</summary>
    public bool IsPlus { get; init; }

    /// <summary>Virtual address.</summary>
    public uint EntryPoint { get; init; } = 0x1000;

    public uint SectionAlignment { get; init; } = 0x1000;

    public uint FileAlignment { get; init; } = 0x200;

    /// <summary>File offset of the section table.</summary>
    public int SectionTable => OptionalHeader + OptionalHeaderSize;

    private int OptionalHeaderSize => (IsPlus ? 112 : 96) + (8 * Directories);

    /// <summary>A section whose headers are true: data at the next 512 bytes, as large as it is rounded up to 512.</summary>
    public PeBuilder Add(byte[] content)
    {
        var start = Next();
        return Add(NextAddress(), (uint)content.Length, start, (uint)Round(content.Length, 0x200), content);
    }

    /// <summary>A section with headers of one's own; the data is put at <paramref name="rawStart"/> when there is any.</summary>
    public PeBuilder Add(uint address, uint virtualSize, uint rawStart, uint rawSize, byte[] content)
    {
        _sections.Add(new Section(address, virtualSize, rawStart, rawSize, content));
        return this;
    }

    /// <param name="functions">A name, or <c>#7</c> for the ordinal 7.</param>
    public PeBuilder Import(string library, params string[] functions)
    {
        _imports.Add((library, functions));
        return this;
    }

    /// <summary>A string of the version information.</summary>
    public PeBuilder VersionString(string name, string value)
    {
        _versionStrings.Add((name, value));
        return this;
    }

    public byte[] Build()
    {
        var sections = new List<Section>(_sections);
        var directories = new (uint Address, uint Size)[Directories];
        if (_imports.Count > 0)
        {
            var at = NextAddress(sections);
            Append(sections, PeTables.Imports(_imports, at, IsPlus));
            directories[1] = (at, (uint)(20 * (_imports.Count + 1)));
        }

        if (_versionStrings.Count > 0)
        {
            var at = NextAddress(sections);
            var resources = PeTables.VersionResource(_versionStrings, at);
            Append(sections, resources);
            directories[2] = (at, (uint)resources.Length);
        }

        var file = new byte[Math.Max(HeadersSize, sections.Max(s => s.Content.Length == 0 ? 0 : s.RawStart + s.Content.Length))];
        WriteHeaders(file, sections, directories);
        foreach (var section in sections)
        {
            section.Content.CopyTo(file.AsSpan((int)Math.Min(section.RawStart, (uint)file.Length)));
        }

        return file;
    }

    private static void Append(List<Section> sections, byte[] content)
    {
        var padded = new byte[Round(content.Length, 0x200)];
        content.CopyTo(padded, 0);
        sections.Add(new Section(NextAddress(sections), (uint)content.Length, Next(sections), (uint)padded.Length, padded));
    }

    private uint Next() => Next(_sections);

    private uint NextAddress() => NextAddress(_sections);

    private static uint Next(List<Section> sections) =>
        (uint)Round(sections.Select(s => (int)s.RawStart + s.Content.Length).Append(HeadersSize).Max(), 0x200);

    private static uint NextAddress(List<Section> sections) =>
        sections.Select(s => (uint)Round((int)(s.Address + Math.Max(s.VirtualSize, s.RawSize)), 0x1000)).Append(0x1000u).Max();

    private static int Round(int value, int step) => (value + step - 1) / step * step;

    private void WriteHeaders(byte[] file, List<Section> sections, (uint Address, uint Size)[] directories)
    {
        "MZ"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(0x3C), Signature);
        var coff = file.AsSpan(Signature);
        "PE\0\0"u8.CopyTo(coff);
        BinaryPrimitives.WriteUInt16LittleEndian(coff[4..], (ushort)(IsPlus ? 0x8664 : 0x14C));
        BinaryPrimitives.WriteUInt16LittleEndian(coff[6..], (ushort)sections.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(coff[20..], (ushort)OptionalHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(coff[22..], 0x0102);

        var optional = file.AsSpan(OptionalHeader);
        BinaryPrimitives.WriteUInt16LittleEndian(optional, (ushort)(IsPlus ? 0x20B : 0x10B));
        BinaryPrimitives.WriteUInt32LittleEndian(optional[16..], EntryPoint);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[20..], 0x1000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[28..], IsPlus ? 0 : 0x40_0000u);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[32..], SectionAlignment);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[36..], FileAlignment);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[40..], 5);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[48..], 5);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[56..], NextAddress(sections));
        BinaryPrimitives.WriteUInt32LittleEndian(optional[60..], HeadersSize);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[68..], 3);
        var table = optional[(IsPlus ? 108 : 92)..];
        BinaryPrimitives.WriteUInt32LittleEndian(table, Directories);
        for (var i = 0; i < Directories; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table[(4 + (8 * i))..], directories[i].Address);
            BinaryPrimitives.WriteUInt32LittleEndian(table[(8 + (8 * i))..], directories[i].Size);
        }

        for (var i = 0; i < sections.Count; i++)
        {
            var entry = file.AsSpan(SectionTable + (i * SectionEntry));
            Encoding.ASCII.GetBytes($".s{i % 1000}").CopyTo(entry);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], sections[i].VirtualSize);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], sections[i].Address);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], sections[i].RawSize);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], sections[i].RawStart);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[36..], 0x6000_0020);
        }
    }

    private sealed record Section(uint Address, uint VirtualSize, uint RawStart, uint RawSize, byte[] Content);
}
