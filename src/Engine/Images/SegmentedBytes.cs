using System.Buffers.Binary;

namespace Engine.Images;

/// <summary>
/// A growing section of bytes, in segments: nothing is copied while it grows. With a file to spill to, all but the last
/// 32 MiB wait there. At most 2 GiB - 1, which is also a section's limit.
/// </summary>
/// <param name="spill">The caller's, for this section alone; null: everything stays in memory.</param>
internal sealed class SegmentedBytes(SpillFile? spill = null) : SectionSource
{
    private const int SegmentLog2 = 20;
    private const int SegmentBytes = 1 << SegmentLog2;
    private const int FirstBytes = 256;
    private const int MaxInMemory = 32;

    /// <summary>Null for segments in the file.</summary>
    private readonly List<byte[]?> _segments = [];

    private int _length;
    private int _spilled;

    public int Count => _length;

    public override long Length => _length;

    /// <exception cref="OverflowException">The section would be longer than 2 GiB.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = Room(bytes.Length);
            bytes[..room.Length].CopyTo(room);
            bytes = bytes[room.Length..];
            _length = checked(_length + room.Length);
        }
    }

    public void AddByte(byte value) => Add([value]);

    public void AddUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Add(bytes);
    }

    public void AddUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Add(bytes);
    }

    public override void CopyTo(long offset, Span<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var segment = (int)(offset >> SegmentLog2);
            var start = (int)(offset & (SegmentBytes - 1));
            var count = Math.Min(piece.Length, SegmentBytes - start);
            if (_segments[segment] is { } bytes)
            {
                bytes.AsSpan(start, count).CopyTo(piece);
            }
            else
            {
                spill!.Read(offset, piece[..count]);
            }

            piece = piece[count..];
            offset += count;
        }
    }

    /// <summary>Bytes that were added before: a view where they lie together in memory, else a copy.</summary>
    public ReadOnlySpan<byte> Slice(int offset, int count)
    {
        var start = offset & (SegmentBytes - 1);
        if (count > 0 && start + count <= SegmentBytes && _segments[offset >> SegmentLog2] is { } bytes)
        {
            return bytes.AsSpan(start, count);
        }

        var copy = new byte[count];
        CopyTo(offset, copy);
        return copy;
    }

    /// <summary>Room behind the last byte, at least one and at most <paramref name="count"/>.</summary>
    private Span<byte> Room(int count)
    {
        var start = _length & (SegmentBytes - 1);
        if (start == 0 && _length >> SegmentLog2 == _segments.Count)
        {
            Spill();
            _segments.Add(new byte[_length == 0 ? FirstBytes : SegmentBytes]);
        }

        var last = _segments[^1]!;
        if (start + count > last.Length && last.Length < SegmentBytes)
        {
            Array.Resize(ref last, Math.Min(Math.Max(last.Length * 2, start + count), SegmentBytes));
            _segments[^1] = last;
        }

        return last.AsSpan(start, Math.Min(count, last.Length - start));
    }

    private void Spill()
    {
        if (spill is null || _segments.Count - _spilled < MaxInMemory)
        {
            return;
        }

        spill.Write((long)_spilled << SegmentLog2, _segments[_spilled]!);
        _segments[_spilled++] = null;
    }
}
