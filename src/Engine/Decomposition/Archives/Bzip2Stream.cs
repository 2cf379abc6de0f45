using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>
/// The streams of a bzip2 file, joined. One at a time: the library's own joining loses all that it decoded when a single
/// byte of junk follows (decomposer.md §8).
/// </summary>
internal sealed class Bzip2Stream(ContentStream input) : ConcatenatedStream(input)
{
    protected override Stream? OpenNext()
    {
        Span<byte> magic = stackalloc byte[3];
        var start = Input.Position;
        var isStream = Input.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
            && magic.SequenceEqual("BZh"u8);
        Input.Position = start;
        return isStream ? Codecs.OpenBzip2(Input) : null;
    }
}
