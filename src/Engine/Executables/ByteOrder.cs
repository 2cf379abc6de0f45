using System.Buffers.Binary;

namespace Engine.Executables;

/// <summary>Numbers of a header in the file's own byte order and width. The caller has checked the lengths.</summary>
internal readonly record struct ByteOrder(bool IsBigEndian, bool Is64Bit)
{
    public ushort UInt16(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public ulong UInt64(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>An address or offset: 8 bytes in a 64-bit file, else 4.</summary>
    public ulong Word(ReadOnlySpan<byte> bytes) => Is64Bit ? UInt64(bytes) : UInt32(bytes);
}
