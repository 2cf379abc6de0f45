using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Matching;

/// <summary>Masks of lanes that passed, one bit each, turned into positions.</summary>
internal static class LaneMasks
{
    /// <summary>Bits of the first mask move to even places, those of the second to odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Zip(ulong even, ulong odd) => (even | odd) == 0 ? 0 : Spread(even) | (Spread(odd) << 1);

    /// <summary>Appends the positions of the bits that are set.</summary>
    /// <param name="at">Position of bit 0.</param>
    /// <param name="stride">Bytes from one bit to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(ulong mask, Span<ushort> passed, int count, int at, int stride)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            passed[count++] = (ushort)(at + (BitOperations.TrailingZeroCount(mask) * stride));
        }

        return count;
    }

    /// <summary>Bit i of 32 moves to bit 2i.</summary>
    private static ulong Spread(ulong mask)
    {
        mask = (mask | (mask << 16)) & 0x0000_FFFF_0000_FFFF;
        mask = (mask | (mask << 8)) & 0x00FF_00FF_00FF_00FF;
        mask = (mask | (mask << 4)) & 0x0F0F_0F0F_0F0F_0F0F;
        mask = (mask | (mask << 2)) & 0x3333_3333_3333_3333;
        return (mask | (mask << 1)) & 0x5555_5555_5555_5555;
    }
}
