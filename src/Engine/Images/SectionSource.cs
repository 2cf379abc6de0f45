using System.Runtime.InteropServices;

namespace Engine.Images;

/// <summary>The bytes of a section, made piece by piece when they are written; from several threads at once.</summary>
internal abstract class SectionSource
{
    public abstract long Length { get; }

    /// <summary>Fills the piece with the bytes from <paramref name="offset"/> on; it ends inside the section.</summary>
    public abstract void CopyTo(long offset, Span<byte> piece);
}

/// <summary>A section that lies in memory.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : SectionSource
{
    public override long Length => bytes.Length;

    public override void CopyTo(long offset, Span<byte> piece) => bytes.Span.Slice((int)offset, piece.Length).CopyTo(piece);
}

/// <summary>Words that lie in memory.</summary>
internal sealed class WordSource(uint[] words) : SectionSource
{
    public override long Length => 4L * words.Length;

    public override void CopyTo(long offset, Span<byte> piece) =>
        MemoryMarshal.AsBytes(words.AsSpan()).Slice((int)offset, piece.Length).CopyTo(piece);
}
