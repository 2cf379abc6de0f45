using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Matching;

/// <summary>Four grams at a time where the machine has no gathering load (Arm, older x64): hashes by vector, words by single loads.</summary>
internal sealed class Vector128Kernel : FilterKernel
{
    /// <summary>Bytes per step and bytes that its loads may reach beyond.</summary>
    private const int Block = 16;
    private const int Reach = 3;
    private const int LongReach = 5;

    public override string Name => "Vector128";

    public override int Pass(
        FilterPass pass, ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter, int log2, Span<ushort> passed)
    {
        var count = 0;
        var last = Math.Min(end, window.Length - Reach) - Block;
        var from = start;
        ref var bytes = ref MemoryMarshal.GetReference(window);
        switch (pass)
        {
            case FilterPass.Long:
                for (var longest = Math.Min(end, window.Length - LongReach) - Block; from <= longest; from += Block)
                {
                    var mask = LaneMasks.Zip(Test(Seven(ref bytes, from), filter, log2), Test(Seven(ref bytes, from + 2), filter, log2));
                    count = LaneMasks.Add(mask, passed, count, from - start, 2);
                }

                break;
            case FilterPass.Medium:
                for (; from <= last; from += Block)
                {
                    var mask = LaneMasks.Zip(Test(Four(ref bytes, from), filter, log2), Test(Four(ref bytes, from + 2), filter, log2));
                    count = LaneMasks.Add(mask, passed, count, from - start, 2);
                }

                break;
            case FilterPass.Short:
                for (; from <= last; from += Block)
                {
                    var even = LaneMasks.Zip(Test(Three(ref bytes, from), filter, log2), Test(Three(ref bytes, from + 2), filter, log2));
                    var odd = LaneMasks.Zip(Test(Three(ref bytes, from + 1), filter, log2), Test(Three(ref bytes, from + 3), filter, log2));
                    count = LaneMasks.Add(LaneMasks.Zip(even, odd), passed, count, from - start, 1);
                }

                break;
        }

        return PassRest(pass, window, start, from, end, filter, log2, passed, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Seven(ref byte bytes, int at) =>
        ((Vector128.LoadUnsafe(ref bytes, (nuint)at).AsUInt32() | Vector128.Create(GramHash.Fold)) * Vector128.Create(GramHash.KeyA))
            + ((Vector128.LoadUnsafe(ref bytes, (nuint)at + 3).AsUInt32() | Vector128.Create(GramHash.Fold)) * Vector128.Create(GramHash.KeyB));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Four(ref byte bytes, int at) =>
        (Vector128.LoadUnsafe(ref bytes, (nuint)at).AsUInt32() | Vector128.Create(GramHash.Fold)) * Vector128.Create(GramHash.KeyA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Three(ref byte bytes, int at) =>
        ((Vector128.LoadUnsafe(ref bytes, (nuint)at).AsUInt32() | Vector128.Create(GramHash.Fold)) << 8) * Vector128.Create(GramHash.KeyA);

    /// <summary>Bit i of the result for lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Test(Vector128<uint> hash, ReadOnlySpan<uint> filter, int log2)
    {
        var index = hash >>> (32 - log2);
        var bits = hash * Vector128.Create(GramHash.KeyC);
        var mask = 0u;
        for (var lane = 0; lane < 4; lane++)
        {
            var word = filter[(int)index[lane]];
            var c = bits[lane];
            mask |= (((word << (int)(c >> 27)) & (word << (int)(c >> 22)) & (word << (int)(c >> 17))) >> 31) << lane;
        }

        return mask;
    }
}
