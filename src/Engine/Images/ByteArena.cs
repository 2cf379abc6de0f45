namespace Engine.Images;

/// <summary>Small pieces of memory cut from large ones, for results that live and die together.</summary>
internal sealed class ByteArena
{
    private const int ChunkBytes = 64 * 1024;

    private byte[] _chunk = [];
    private int _used;

    public Memory<byte> Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > ChunkBytes / 4)
        {
            return bytes.ToArray();
        }

        if (bytes.Length > _chunk.Length - _used)
        {
            _chunk = new byte[ChunkBytes];
            _used = 0;
        }

        var piece = _chunk.AsMemory(_used, bytes.Length);
        bytes.CopyTo(piece.Span);
        _used += bytes.Length;
        return piece;
    }
}
