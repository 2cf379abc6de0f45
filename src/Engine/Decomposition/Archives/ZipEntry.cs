using System.Buffers.Binary;
using System.Text;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>What one header of a ZIP member states, central or local (APPNOTE §4.3.7, §4.3.12). All of it are claims.</summary>
internal sealed record ZipEntry
{
    public const uint LocalMagic = 0x04034B50;
    public const uint CentralMagic = 0x02014B50;
    public const int LocalBytes = 30;
    public const int CentralBytes = 46;

    private const int Zip64Extra = 1;
    private const uint In64 = uint.MaxValue;

    /// <summary>As UTF-8 when it is that, else Latin-1: a wrong reading of a name must not lose it.</summary>
    public required string Name { get; init; }

    public required int Flags { get; init; }

    public required int Method { get; init; }

    /// <summary>Time of the last change in MS-DOS form; an encrypted member with a descriptor is checked by it.</summary>
    public required int Time { get; init; }

    public required uint Crc { get; init; }

    public required long CompressedBytes { get; init; }

    public required long UncompressedBytes { get; init; }

    public required int Disk { get; init; }

    /// <summary>Offset of the local header, in a central header.</summary>
    public required long LocalOffset { get; init; }

    /// <summary>Bytes of the header with its variable fields.</summary>
    public required int HeaderBytes { get; init; }

    public bool IsEncrypted => (Flags & 1) != 0;

    /// <summary>Sizes and checksum follow the data instead of standing in the local header.</summary>
    public bool HasDescriptor => (Flags & 8) != 0;

    /// <summary>The central header at the offset; null when there is none.</summary>
    public static ZipEntry? ReadCentral(ObjectContent content, long offset)
    {
        var head = content.Peek(offset, CentralBytes);
        if (head.Length < CentralBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != CentralMagic)
        {
            return null;
        }

        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
        var extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[30..]);
        var commentBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[32..]);
        var entry = Fields(head[8..], nameBytes, extraBytes) with
        {
            Disk = BinaryPrimitives.ReadUInt16LittleEndian(head[34..]),
            LocalOffset = BinaryPrimitives.ReadUInt32LittleEndian(head[42..]),
            HeaderBytes = CentralBytes + nameBytes + extraBytes + commentBytes,
        };
        return WithVariable(entry, content.Peek(offset + CentralBytes, nameBytes + extraBytes), nameBytes);
    }

    /// <summary>The local header at the offset; null when there is none.</summary>
    public static ZipEntry? ReadLocal(ObjectContent content, long offset)
    {
        var head = content.Peek(offset, LocalBytes);
        if (head.Length < LocalBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != LocalMagic)
        {
            return null;
        }

        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[26..]);
        var extraBytes = BinaryPrimitives.ReadUInt16LittleEndian(head[28..]);
        var entry = Fields(head[6..], nameBytes, extraBytes);
        return WithVariable(entry, content.Peek(offset + LocalBytes, nameBytes + extraBytes), nameBytes);
    }

    // From the flags on, both headers agree for 20 bytes.
    private static ZipEntry Fields(ReadOnlySpan<byte> fields, int nameBytes, int extraBytes) => new()
    {
        Name = "",
        Flags = BinaryPrimitives.ReadUInt16LittleEndian(fields),
        Method = BinaryPrimitives.ReadUInt16LittleEndian(fields[2..]),
        Time = BinaryPrimitives.ReadUInt16LittleEndian(fields[4..]),
        Crc = BinaryPrimitives.ReadUInt32LittleEndian(fields[8..]),
        CompressedBytes = BinaryPrimitives.ReadUInt32LittleEndian(fields[12..]),
        UncompressedBytes = BinaryPrimitives.ReadUInt32LittleEndian(fields[16..]),
        Disk = 0,
        LocalOffset = 0,
        HeaderBytes = LocalBytes + nameBytes + extraBytes,
    };

    private static ZipEntry WithVariable(ZipEntry entry, ReadOnlySpan<byte> variable, int nameBytes)
    {
        var name = variable[..Math.Min(nameBytes, variable.Length)];
        var extra = variable[name.Length..];
        entry = entry with { Name = NameOf(name) };
        while (extra.Length >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (id == Zip64Extra)
            {
                return With64(entry, extra.Slice(4, length));
            }

            extra = extra[(4 + length)..];
        }

        return entry;
    }

    // The 64-bit field holds, in this order, those values only that did not fit the header.
    private static ZipEntry With64(ZipEntry entry, ReadOnlySpan<byte> values)
    {
        return entry with
        {
            UncompressedBytes = Take(entry.UncompressedBytes, ref values),
            CompressedBytes = Take(entry.CompressedBytes, ref values),
            LocalOffset = Take(entry.LocalOffset, ref values),
        };

        static long Take(long value, ref ReadOnlySpan<byte> values)
        {
            if (value != In64 || values.Length < 8)
            {
                return value;
            }

            var wide = BinaryPrimitives.ReadInt64LittleEndian(values);
            values = values[8..];
            return wide < 0 ? long.MaxValue : wide;
        }
    }

    private static string NameOf(ReadOnlySpan<byte> name) =>
        System.Text.Unicode.Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name);
}
