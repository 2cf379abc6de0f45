using System.Buffers.Binary;
using Engine.FileTypes;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// An archive inside of something else, such as a program that unpacks itself (clamav-formats.md §4.2). A ZIP counts at
/// the end of any object; 7z and RAR, which lie behind a stub, count in programs, binary data and text when the header
/// behind the magic has its right checksum: programs that know the formats hold the magic as well.
/// </summary>
/// <param name="Type">What it is.</param>
/// <param name="Start">Offset of its first byte in the object.</param>
internal readonly record struct EmbeddedArchive(ObjectType Type, long Start)
{
    private const int SearchStep = 256 * 1024;
    private const int SevenZipHeaderBytes = 32;
    private const int Rar4MarkBytes = 7;
    private const int Rar5MarkBytes = 8;

    /// <summary>More than the first header of a RAR takes.</summary>
    private const int MaxRarHeaderBytes = 4096;

    private static ReadOnlySpan<byte> ZipMagic => [0x50, 0x4B, 0x03, 0x04];

    private static ReadOnlySpan<byte> SevenZipMagic => [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C];

    private static ReadOnlySpan<byte> RarMagic => [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07];

    /// <summary>The first in an object that is no container by its own type; null when there is none.</summary>
    /// <param name="check">Called for every step; may throw.</param>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static EmbeddedArchive? Find(ObjectContent content, ObjectType carrier, Action check)
    {
        if (ZipDirectory.IsAtEnd(content))
        {
            var start = IndexOf(content, ZipMagic, static (_, _) => true, check);
            return new EmbeddedArchive(ObjectType.Zip, Math.Max(0, start));
        }

        if (carrier is not (ObjectType.Pe or ObjectType.Elf or ObjectType.MachO or ObjectType.Binary
            or ObjectType.TextAscii or ObjectType.TextUtf8))
        {
            return null;
        }

        var sevenZip = IndexOf(content, SevenZipMagic, IsSevenZip, check);
        if (sevenZip >= 0)
        {
            return new EmbeddedArchive(ObjectType.SevenZip, sevenZip);
        }

        var rar = IndexOf(content, RarMagic, IsRar, check);
        return rar >= 0 ? new EmbeddedArchive(ObjectType.Rar, rar) : null;
    }

    private static long IndexOf(ObjectContent content, ReadOnlySpan<byte> magic, Func<ObjectContent, long, bool> isSound, Action check)
    {
        for (long start = 0; start < content.Length;)
        {
            check();
            var at = content.Window(start, SearchStep + magic.Length - 1).IndexOf(magic);
            if (at < 0)
            {
                start += SearchStep;
            }
            else if (isSound(content, start + at))
            {
                return start + at;
            }
            else
            {
                start += at + 1;
            }
        }

        return -1;
    }

    /// <summary>The checksum at 8 is that of the twenty bytes behind it.</summary>
    private static bool IsSevenZip(ObjectContent content, long start)
    {
        var header = content.Peek(start, SevenZipHeaderBytes);
        return header.Length == SevenZipHeaderBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) == Crc(header[12..]);
    }

    private static bool IsRar(ObjectContent content, long start)
    {
        var bytes = content.Peek(start, MaxRarHeaderBytes);
        return bytes.Length > Rar5MarkBytes
            && (bytes[Rar4MarkBytes - 1] == 0 ? IsRar4Header(bytes[Rar4MarkBytes..])
                : bytes[Rar4MarkBytes - 1] == 1 && bytes[Rar4MarkBytes] == 0 && IsRar5Header(bytes[Rar5MarkBytes..]));
    }

    // Checksum u16, type 73, flags u16, size u16: the low half of the CRC-32 of all behind the checksum.
    private static bool IsRar4Header(ReadOnlySpan<byte> header)
    {
        if (header.Length < 7 || header[2] != 0x73)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[5..]);
        return size >= 7 && size <= header.Length
            && BinaryPrimitives.ReadUInt16LittleEndian(header) == (ushort)Crc(header[2..size]);
    }

    // CRC-32, then the size in seven bits a byte, of what follows it.
    private static bool IsRar5Header(ReadOnlySpan<byte> header)
    {
        var (size, at) = (0, 4);
        for (var shift = 0; at < header.Length && shift < 21; shift += 7)
        {
            var value = header[at++];
            size |= (value & 0x7F) << shift;
            if (value < 0x80)
            {
                return size > 0 && size <= header.Length - at
                    && BinaryPrimitives.ReadUInt32LittleEndian(header) == Crc(header[4..(at + size)]);
            }
        }

        return false;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = default(Crc32);
        crc.Append(bytes);
        return crc.Value;
    }
}
