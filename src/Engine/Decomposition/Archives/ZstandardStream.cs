using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>A Zstandard file: the library joins frames and passes over skippable ones by itself.</summary>
internal sealed class ZstandardStream(ContentStream input) : ConcatenatedStream(input)
{
    protected override Stream? OpenNext() => Input.Position < Input.Length ? Codecs.OpenZstandard(Input) : null;
}
