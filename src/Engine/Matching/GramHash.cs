using System.Runtime.CompilerServices;

namespace Engine.Matching;

/// <summary>
/// The hashes of matcher-design.md §4.1, one definition for every kernel: 32-bit wrap-around over bytes folded with
/// 0x20, so that patterns that ignore case will share the filters. Part of the image format.
/// </summary>
internal static class GramHash
{
    public const uint Fold = 0x2020_2020;
    public const uint KeyA = 0x9E37_79B1;
    public const uint KeyC = 0x85EB_CA77;

    private const ulong KeyDirectory = 0x9E37_79B9_7F4A_7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Four(uint word) => (word | Fold) * KeyA;

    /// <summary>The fourth byte does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Three(uint word) => ((word | Fold) << 8) * KeyA;

    /// <summary>True when all three bits of the hash are set in its word of the filter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSet(uint filterWord, uint hash)
    {
        var c = hash * KeyC;
        return (filterWord >> (int)(c >> 27) & (filterWord >> (int)((c >> 22) & 31)) & (filterWord >> (int)((c >> 17) & 31)) & 1) != 0;
    }

    public static uint Bits(uint hash)
    {
        var c = hash * KeyC;
        return (1u << (int)(c >> 27)) | (1u << (int)((c >> 22) & 31)) | (1u << (int)((c >> 17) & 31));
    }

    /// <summary>The bucket of an exact gram, not folded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(uint gram, int log2) => (int)((gram * KeyDirectory) >> (64 - log2));
}
