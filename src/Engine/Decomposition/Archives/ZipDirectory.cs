using System.Buffers.Binary;
using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>Where a ZIP's central directory lies, found from its last end record (decomposer.md §7.2).</summary>
/// <param name="Start">Offset of the first central header in the object.</param>
/// <param name="End">Offset behind the directory: the end record.</param>
/// <param name="Shift">Bytes in front of the archive: to be added to every offset that it states.</param>
/// <param name="Entries">Stated number of members.</param>
/// <param name="Disk">Number of this volume; not 0 in a split set's last part.</param>
internal readonly record struct ZipDirectory(long Start, long End, long Shift, long Entries, int Disk)
{
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int End64Bytes = 56;
    private const uint End64Magic = 0x06064B50;
    private const uint LocatorMagic = 0x07064B50;
    private const int SearchStep = 64 * 1024;

    private static ReadOnlySpan<byte> EndMagic => [0x50, 0x4B, 0x05, 0x06];

    /// <summary>Null when there is no end record, or none that points to a directory.</summary>
    /// <param name="check">Called for every 64 KiB; may throw.</param>
    public static ZipDirectory? Find(ObjectContent content, Action check)
    {
        for (var end = content.Length; end > 0;)
        {
            check();
            var start = Math.Max(0, end - SearchStep);
            var overlap = (int)Math.Min(EndMagic.Length - 1, content.Length - end);
            var at = content.Window(start, (int)(end - start) + overlap).LastIndexOf(EndMagic);
            if (at < 0)
            {
                end = start;
                continue;
            }

            if (ReadAt(content, start + at) is { } directory)
            {
                return directory;
            }

            end = start + at;
        }

        return null;
    }

    /// <summary>
    /// True for an object that ends in an archive with members, whatever it begins with: readers of ZIP start at the end,
    /// so a script, program or picture in front hides nothing from them (decomposer.md §7.2). Looks at the last 64 KiB.
    /// </summary>
    public static bool IsAtEnd(ObjectContent content)
    {
        var start = Math.Max(0, content.Length - EndBytes - ushort.MaxValue);
        var count = (int)(content.Length - start);
        while (count >= EndBytes)
        {
            var at = content.Window(start, count).LastIndexOf(EndMagic);
            if (at < 0)
            {
                return false;
            }

            if (ReadAt(content, start + at) is { Entries: > 0 } directory
                && ZipEntry.ReadCentral(content, directory.Start) is { } first
                && first.LocalOffset + directory.Shift is >= 0 and var local && local < directory.Start
                && ZipEntry.ReadLocal(content, local) is not null)
            {
                return true;
            }

            count = at;
        }

        return false;
    }

    private static ZipDirectory? ReadAt(ObjectContent content, long endOffset)
    {
        var record = content.Peek(endOffset, EndBytes);
        if (record.Length < EndBytes)
        {
            return null;
        }

        long entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        var disk = (int)BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        var end = endOffset;
        if (entries == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue)
        {
            Read64(content, endOffset, ref entries, ref size, ref offset, ref end);
        }

        // What the record states may be off by what stands in front of the archive; its own place is a fact.
        var start = end - size;
        if (size < 0 || start < 0 || offset < 0)
        {
            return null;
        }

        var isThere = size == 0 || ZipEntry.ReadCentral(content, start) is not null;
        return isThere ? new ZipDirectory(start, end, start - offset, entries, disk) : null;
    }

    private static void Read64(
        ObjectContent content, long endOffset, ref long entries, ref long size, ref long offset, ref long end)
    {
        if (endOffset < LocatorBytes)
        {
            return;
        }

        var locator = content.Peek(endOffset - LocatorBytes, LocatorBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorMagic)
        {
            return;
        }

        // Ordinarily the 64-bit record stands right before its locator, which also holds when data was put in front.
        var at = endOffset - LocatorBytes - End64Bytes;
        if (at < 0 || BinaryPrimitives.ReadUInt32LittleEndian(content.Peek(at, 4)) != End64Magic)
        {
            at = BinaryPrimitives.ReadInt64LittleEndian(content.Peek(endOffset - LocatorBytes, LocatorBytes)[8..]);
        }

        var record = at < 0 || at > endOffset ? default : content.Peek(at, End64Bytes);
        if (record.Length < End64Bytes || BinaryPrimitives.ReadUInt32LittleEndian(record) != End64Magic)
        {
            return;
        }

        entries = BinaryPrimitives.ReadInt64LittleEndian(record[32..]);
        size = BinaryPrimitives.ReadInt64LittleEndian(record[40..]);
        offset = BinaryPrimitives.ReadInt64LittleEndian(record[48..]);
        end = at;
    }
}
