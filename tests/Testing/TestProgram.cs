using System.Buffers.Binary;
using System.Text;

namespace Testing;

/// <summary>
/// Harmless programs that do nothing but end with status 0, and hold a marker to write signatures for. The same marker
/// gives the same bytes.
/// </summary>
public static class TestProgram
{
    /// <summary>A static ELF64 executable for Linux on x86-64: one segment, one system call.</summary>
    public static byte[] Elf(string marker)
    {
        const int HeaderBytes = 64;
        const int ProgramHeaderBytes = 56;
        const ulong Base = 0x400000;
        byte[] code = [0x31, 0xFF, 0xB8, 0x3C, 0, 0, 0, 0x0F, 0x05]; // xor edi,edi; mov eax,60 (exit); syscall
        byte[] text = [.. code, .. Encoding.ASCII.GetBytes(marker), 0];
        var file = new byte[HeaderBytes + ProgramHeaderBytes + text.Length];
        var span = file.AsSpan();
        byte[] ident = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]; // 64 bit, little endian, version 1
        ident.CopyTo(file, 0);
        Write16(span, 16, 2); // executable
        Write16(span, 18, 62); // x86-64
        Write32(span, 20, 1);
        Write64(span, 24, Base + HeaderBytes + ProgramHeaderBytes); // entry point
        Write64(span, 32, HeaderBytes); // program headers start here
        Write16(span, 52, HeaderBytes);
        Write16(span, 54, ProgramHeaderBytes);
        Write16(span, 56, 1);

        var segment = span[HeaderBytes..];
        Write32(segment, 0, 1); // load
        Write32(segment, 4, 5); // read and execute
        Write64(segment, 16, Base);
        Write64(segment, 24, Base);
        Write64(segment, 32, (ulong)file.Length);
        Write64(segment, 40, (ulong)file.Length);
        Write64(segment, 48, 0x1000);
        text.CopyTo(file, HeaderBytes + ProgramHeaderBytes);
        return file;
    }

    /// <summary>A PE32 console executable for Windows with one section.</summary>
    public static byte[] Pe(string marker)
    {
        const int PeOffset = 0x40;
        const int OptionalOffset = PeOffset + 24;
        const int OptionalBytes = 0xE0;
        const int SectionOffset = OptionalOffset + OptionalBytes;
        const int Alignment = 0x200;
        const int SectionAddress = 0x1000;
        byte[] text = [0x31, 0xC0, 0xC3, .. Encoding.ASCII.GetBytes(marker), 0]; // xor eax,eax; ret
        var rawBytes = (text.Length + Alignment - 1) / Alignment * Alignment;
        var file = new byte[Alignment + rawBytes];
        var span = file.AsSpan();
        "MZ"u8.CopyTo(span);
        Write32(span, 0x3C, PeOffset);
        "PE\0\0"u8.CopyTo(span[PeOffset..]);
        Write16(span, PeOffset + 4, 0x14C); // i386
        Write16(span, PeOffset + 6, 1); // sections
        Write16(span, PeOffset + 20, OptionalBytes);
        Write16(span, PeOffset + 22, 0x0102); // executable, 32 bit

        var optional = span[OptionalOffset..];
        Write16(optional, 0, 0x10B); // PE32
        Write32(optional, 4, (uint)rawBytes); // size of code
        Write32(optional, 16, SectionAddress); // entry point
        Write32(optional, 20, SectionAddress); // base of code
        Write32(optional, 28, 0x400000); // image base
        Write32(optional, 32, 0x1000); // section alignment
        Write32(optional, 36, Alignment);
        Write16(optional, 40, 4); // operating system
        Write16(optional, 48, 4); // subsystem version
        Write32(optional, 56, 0x2000); // size of image
        Write32(optional, 60, Alignment); // size of headers
        Write16(optional, 68, 3); // console
        Write32(optional, 72, 0x100000); // stack
        Write32(optional, 76, 0x1000);
        Write32(optional, 80, 0x100000); // heap
        Write32(optional, 84, 0x1000);
        Write32(optional, 92, 16); // data directories, all empty

        var section = span[SectionOffset..];
        ".text"u8.CopyTo(section);
        Write32(section, 8, (uint)text.Length);
        Write32(section, 12, SectionAddress);
        Write32(section, 16, (uint)rawBytes);
        Write32(section, 20, Alignment);
        Write32(section, 36, 0x60000020); // code, executable, readable
        text.CopyTo(file, Alignment);
        return file;
    }

    private static void Write16(Span<byte> file, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(file[offset..], value);

    private static void Write32(Span<byte> file, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(file[offset..], value);

    private static void Write64(Span<byte> file, int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(file[offset..], value);
}
