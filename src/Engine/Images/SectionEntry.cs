using System.Buffers.Binary;

namespace Engine.Images;

/// <summary>One 64-byte entry of the section directory (matcher-design.md §3.1).</summary>
/// <param name="Offset">From the start of the file, a multiple of 4,096.</param>
/// <param name="Length">Bytes, padding excluded; at most 2 GiB - 1.</param>
/// <param name="Count">Elements; <c>Count * ElementSize == Length</c>.</param>
/// <param name="A">Parameters by kind: see <see cref="SectionKind"/>.</param>
/// <param name="FirstLeaf">Index of the first digest in the leaf list.</param>
internal sealed record SectionEntry(
    SectionKind Kind,
    SectionFlags Flags,
    long Offset,
    long Length,
    long Count,
    uint ElementSize,
    uint A,
    uint B,
    uint C,
    uint FirstLeaf,
    uint LeafCount)
{
    public static SectionEntry Read(ReadOnlySpan<byte> entry) => new(
        (SectionKind)BinaryPrimitives.ReadUInt32LittleEndian(entry),
        (SectionFlags)BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[24..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[32..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[36..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[40..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[44..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[48..]),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[52..]));

    public void WriteTo(Span<byte> entry)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)Flags);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(entry[24..], Count);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[32..], ElementSize);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[36..], A);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[40..], B);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[44..], C);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[48..], FirstLeaf);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[52..], LeafCount);
    }
}

/// <summary>Where a section lies in the map; the default value is an absent section.</summary>
/// <param name="Log2">The entry's parameter C.</param>
internal readonly record struct Section(long Offset, int Length, int Count, int Log2)
{
    public bool IsPresent => Length > 0;
}
