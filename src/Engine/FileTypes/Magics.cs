using System.Buffers.Binary;

namespace Engine.FileTypes;

/// <summary>Types that fixed bytes at the start decide (clamav-formats.md §4.3).</summary>
internal static class Magics
{
    public static ObjectType? Find(ReadOnlySpan<byte> head) =>
        Archive(head) ?? Executable(head) ?? Document(head) ?? (IsGraphics(head) ? ObjectType.Graphics : null);

    private static ObjectType? Archive(ReadOnlySpan<byte> head)
    {
        if (IsZip(head))
        {
            return ObjectType.Zip;
        }

        if (head.StartsWith<byte>([0x1F, 0x8B]))
        {
            return ObjectType.Gzip;
        }

        if (IsBzip2(head))
        {
            return ObjectType.Bzip2;
        }

        if (head.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
        {
            return ObjectType.Xz;
        }

        if (IsZstandard(head))
        {
            return ObjectType.Zstandard;
        }

        if (head.StartsWith<byte>([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]))
        {
            return ObjectType.SevenZip;
        }

        return head.StartsWith<byte>([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]) ? ObjectType.Rar : null;
    }

    private static bool IsZip(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PK00PK"u8) || head.StartsWith<byte>([0x50, 0x4B, 0x07, 0x08, 0x50, 0x4B]))
        {
            head = head[4..];
        }

        // Also an archive without members, which begins with its end record.
        return head.StartsWith<byte>([0x50, 0x4B, 0x03, 0x04]) || head.StartsWith<byte>([0x50, 0x4B, 0x05, 0x06]);
    }

    // "BZh" alone opens many a text; the magic of a block or of the stream's end must follow.
    private static bool IsBzip2(ReadOnlySpan<byte> head) =>
        head.Length >= 10 && head.StartsWith("BZh"u8) && head[3] is >= (byte)'1' and <= (byte)'9'
        && (head[4..].StartsWith<byte>([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || head[4..].StartsWith<byte>([0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));

    private static bool IsZstandard(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
        {
            return false;
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(head);
        return magic == 0xFD2FB528 || (magic & 0xFFFFFFF0) == 0x184D2A50;
    }

    private static ObjectType? Executable(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("MZ"u8))
        {
            return ObjectType.Pe;
        }

        if (head.Length < 4)
        {
            return null;
        }

        switch (BinaryPrimitives.ReadUInt32BigEndian(head))
        {
            case 0x7F454C46:
                return ObjectType.Elf;
            case 0xCEFAEDFE or 0xCFFAEDFE or 0xFEEDFACE or 0xFEEDFACF:
                return ObjectType.MachO;
            case 0xCAFEBABE when head.Length >= 8 && (head[4] | head[5] | head[6]) == 0:
                // The fourth word is a count of architectures in one format, a class file version from 45 on in the other.
                return head[7] < 0x20 ? ObjectType.MachOUniversal : ObjectType.JavaClass;
            default:
                return head[1] == 0x0D && head[2] == 0x0D && head[3] == 0x0A ? ObjectType.PythonCompiled : null;
        }
    }

    private static ObjectType? Document(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
        {
            return ObjectType.Ole2;
        }

        // Readers accept the mark anywhere in the first kilobyte (decomposer.md §11).
        if (head[..Math.Min(head.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
        {
            return ObjectType.Pdf;
        }

        if (head.StartsWith(@"{\rt"u8))
        {
            return ObjectType.Rtf;
        }

        return head.StartsWith("FWS"u8) || head.StartsWith("CWS"u8) || head.StartsWith("ZWS"u8) ? ObjectType.Flash : null;
    }

    private static bool IsGraphics(ReadOnlySpan<byte> head) =>
        head.StartsWith("GIF8"u8)
        || head.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47])
        || head.StartsWith<byte>([0xFF, 0xD8, 0xFF])
        || head.StartsWith<byte>([0x49, 0x49, 0x2A, 0x00])
        || head.StartsWith<byte>([0x4D, 0x4D, 0x00, 0x2A])
        || (head.Length > 26 && head.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(head[6..]) == 0)
        || (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8));
}
