using System.Runtime.CompilerServices;

namespace Engine.Matching;

/// <summary>
/// One word of a directory of windows: in 24 bits where the bucket's entries start, which is where those of the one
/// before end; in 8 which of 8 kinds of fingerprint it holds, so that seven of eight false candidates, and all for
/// empty buckets, end here.
/// </summary>
internal static class AnchorBucket
{
    /// <summary>Entries of one class in an image.</summary>
    public const int MaxEntries = (1 << 24) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Start(uint word) => word & MaxEntries;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool MayHold(uint word, uint fingerprint) => ((word >> (int)(24 + (fingerprint & 7))) & 1) != 0;

    /// <summary>The bit of a fingerprint's kind.</summary>
    public static uint Kind(uint fingerprint) => 1u << (int)(24 + (fingerprint & 7));
}
