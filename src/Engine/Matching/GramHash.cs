using System.Runtime.CompilerServices;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The hashes of matcher-design.md §4.1, one definition for every kernel: 32-bit wrap-around over bytes folded with
/// 0x20, so that patterns that ignore case share the filters. Part of the image format.
/// </summary>
internal static class GramHash
{
    public const uint Fold = 0x2020_2020;
    public const ulong WideFold = 0x2020_2020_2020_2020;
    public const uint KeyA = 0x9E37_79B1;
    public const uint KeyB = 0xC2B2_AE3D;
    public const uint KeyC = 0x85EB_CA77;

    private const ulong KeyDirectory = 0x9E37_79B9_7F4A_7C15;
    private const ulong KeyWindow = 0xD6E8_FEB8_6659_FD93;

    /// <summary>Of 7 bytes: 0 to 3 and 3 to 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Seven(uint first, uint last) => ((first | Fold) * KeyA) + ((last | Fold) * KeyB);

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
        return (int)((filterWord << (int)(c >> 27)) & (filterWord << (int)(c >> 22)) & (filterWord << (int)(c >> 17))) < 0;
    }

    /// <summary>The three bits, counted from the top: shifted by its number a bit becomes the sign, which vectors test at no cost.</summary>
    public static uint Bits(uint hash)
    {
        var c = hash * KeyC;
        return (1u << (int)(31 - (c >> 27))) | (1u << (int)(31 - ((c >> 22) & 31))) | (1u << (int)(31 - ((c >> 17) & 31)));
    }

    /// <summary>Where the alignments of a gram stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Alignment(uint hash, int log2) => (int)((hash * KeyDirectory) >> (64 - log2));

    /// <summary>
    /// Of a whole window, folded: the top bits are its bucket, the low 32 its fingerprint.
    /// </summary>
    /// <param name="bytes">The window's bytes, zeros above.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Window(GramClass gram, ulong bytes)
    {
        var high = Math.BigMul((bytes | FoldOf(gram)) ^ KeyDirectory, KeyWindow, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(ulong window, int log2) => (int)(window >> (64 - log2));

    /// <summary>True for 8 bytes that are one value throughout when folded: never an anchor, since the search leaves them out.</summary>
    public static bool IsFlat(GramClass gram, ulong bytes) =>
        gram == GramClass.Eight && (bytes | WideFold) == ((bytes & 0xFF) | 0x20) * 0x0101_0101_0101_0101;

    /// <summary>The bits that the folded bytes of a window have set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FoldOf(GramClass gram) => WideFold >> (8 * (8 - (int)gram));
}
