using Engine.Objects;
using Engine.Pictures;

namespace Fuzz;

/// <summary>Decodes the bytes as a picture of small limits; nothing may escape.</summary>
internal static class PictureFuzz
{
    private static readonly PictureLimits _limits = new() { MaxBytes = 1 << 20, MaxPixels = 1 << 18 };

    public static void Run(ReadOnlySpan<byte> bytes)
    {
        using var content = new MemoryContent(bytes.ToArray());
        ImageFuzzyHash.TryCompute(content, _limits);
    }
}
