using Engine.Objects;

namespace Engine.Decomposition.Archives;

/// <summary>The streams of an xz file, joined; the library ends after the first. Padding between them is zeros by fours.</summary>
internal sealed class XzStream(ContentStream input) : ConcatenatedStream(input)
{
    private static ReadOnlySpan<byte> Magic => [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00];

    protected override Stream? OpenNext()
    {
        SkipPadding();
        Span<byte> magic = stackalloc byte[6];
        var start = Input.Position;
        var isStream = Input.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length
            && magic.SequenceEqual(Magic);
        Input.Position = start;
        return isStream ? Codecs.OpenXz(Input) : null;
    }

    private void SkipPadding()
    {
        int value;
        do
        {
            value = Input.ReadByte();
        }
        while (value == 0);

        if (value > 0)
        {
            Input.Position--;
        }
    }
}
