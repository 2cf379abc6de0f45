using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Images;

/// <summary>
/// A list of packed records that grows in chunks, so that nothing is copied while it grows. The first chunk doubles from
/// a few records, so that short lists stay small.
/// </summary>
/// <param name="width">Values in a record.</param>
internal sealed class ChunkedList<T>(int width = 1)
    where T : unmanaged
{
    private const int ChunkLog2 = 16;
    private const int ChunkRecords = 1 << ChunkLog2;
    private const int FirstRecords = 16;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    /// <summary>Values in a record.</summary>
    public int Width { get; } = width;

    /// <summary>The first value of a record.</summary>
    public ref T this[int index] => ref _chunks[index >> ChunkLog2][(index & (ChunkRecords - 1)) * Width];

    public Span<T> Record(int index) => _chunks[index >> ChunkLog2].AsSpan((index & (ChunkRecords - 1)) * Width, Width);

    public void Add(T value) => Grow() = value;

    public void Add(ReadOnlySpan<T> record)
    {
        Grow();
        record.CopyTo(Record(Count - 1));
    }

    /// <summary>The list as bytes of a section.</summary>
    public SectionSource AsSection() => new Source(this);

    private ref T Grow()
    {
        var index = Count & (ChunkRecords - 1);
        if (index == 0)
        {
            _chunks.Add(new T[(Count == 0 ? FirstRecords : ChunkRecords) * Width]);
        }
        else if (index * Width == _chunks[^1].Length)
        {
            var chunk = _chunks[^1];
            Array.Resize(ref chunk, chunk.Length * 2);
            _chunks[^1] = chunk;
        }

        Count = checked(Count + 1);
        return ref _chunks[^1][index * Width];
    }

    private sealed class Source(ChunkedList<T> list) : SectionSource
    {
        private readonly int _recordBytes = list.Width * Unsafe.SizeOf<T>();

        public override long Length => (long)list.Count * _recordBytes;

        public override void CopyTo(long offset, Span<byte> piece)
        {
            while (!piece.IsEmpty)
            {
                var index = (int)(offset / _recordBytes);
                var chunk = MemoryMarshal.AsBytes(list._chunks[index >> ChunkLog2].AsSpan());
                var start = ((index & (ChunkRecords - 1)) * _recordBytes) + (int)(offset % _recordBytes);
                var count = Math.Min(piece.Length, chunk.Length - start);
                chunk.Slice(start, count).CopyTo(piece);
                piece = piece[count..];
                offset += count;
            }
        }
    }
}
