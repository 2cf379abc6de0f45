using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Engine.Images;

/// <summary>A growing section in memory, little-endian. At most 2 GiB - 1, which is also a section's limit.</summary>
internal sealed class ByteBuffer
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for <paramref name="count"/> more bytes, zeroed, already counted.</summary>
    public Span<byte> Take(int count)
    {
        var needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            var doubled = Math.Min((long)_bytes.Length * 2, Array.MaxLength);
            Array.Resize(ref _bytes, (int)Math.Max(needed, doubled));
        }

        var room = _bytes.AsSpan(Length, count);
        Length = needed;
        return room;
    }

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void AddByte(byte value) => Take(1)[0] = value;

    public void AddUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    public void AddUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    public void AddInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    public void AddWords(ReadOnlySpan<uint> words) => Add(MemoryMarshal.AsBytes(words));

    /// <summary>Bytes that were written before, to be overwritten.</summary>
    public Span<byte> Room(int position, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - position);
        return _bytes.AsSpan(position, count);
    }

    public void SetUInt32(int position, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(position, 4), value);

    /// <summary>Forgets everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        _bytes.AsSpan(length, Length - length).Clear();
        Length = length;
    }
}
