using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Matching;

/// <summary>
/// Sixteen grams at a time: the arithmetic in registers of 512 bits, the loads by two gathers of 256 (the framework
/// offers no wider one). Unsafe for the same reason, and safe for the same reason, as <see cref="Avx2Kernel"/>.
/// </summary>
internal sealed unsafe class Avx512Kernel : FilterKernel
{
    private const int Block = 64;
    private const int Reach = 3;
    private const int LongReach = 5;

    public override string Name => "AVX-512";

    [SkipLocalsInit]
    public override int Pass(
        FilterPass pass, ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter, int log2, Span<ushort> passed)
    {
        CheckFilter(filter, log2);
        var shift = Vector128.CreateScalar((uint)(32 - log2));
        var count = 0;
        var from = start;
        fixed (byte* bytes = window)
        fixed (uint* words = filter)
        {
            switch (pass)
            {
                case FilterPass.Long:
                    var last = Math.Min(end, window.Length - LongReach) - Block;
                    for (; from <= last; from += Block)
                    {
                        var mask = LaneMasks.Zip(Test(Seven(bytes + from), words, shift), Test(Seven(bytes + from + 2), words, shift));
                        count = LaneMasks.Add(mask, passed, count, from - start, 2);
                    }

                    break;
                case FilterPass.Medium:
                    last = Math.Min(end, window.Length - Reach) - Block;
                    for (; from <= last; from += Block)
                    {
                        var mask = LaneMasks.Zip(Test(Four(bytes + from), words, shift), Test(Four(bytes + from + 2), words, shift));
                        count = LaneMasks.Add(mask, passed, count, from - start, 2);
                    }

                    break;
                case FilterPass.Short:
                    last = Math.Min(end, window.Length - Reach) - Block;
                    for (; from <= last; from += Block)
                    {
                        var even = LaneMasks.Zip(Test(Three(bytes + from), words, shift), Test(Three(bytes + from + 2), words, shift));
                        var odd = LaneMasks.Zip(Test(Three(bytes + from + 1), words, shift), Test(Three(bytes + from + 3), words, shift));
                        count = LaneMasks.Add(LaneMasks.Zip(even, odd), passed, count, from - start, 1);
                    }

                    break;
            }
        }

        return PassRest(pass, window, start, from, end, filter, log2, passed, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Seven(byte* at) =>
        ((Vector512.Load((uint*)at) | Vector512.Create(GramHash.Fold)) * Vector512.Create(GramHash.KeyA))
            + ((Vector512.Load((uint*)(at + 3)) | Vector512.Create(GramHash.Fold)) * Vector512.Create(GramHash.KeyB));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Four(byte* at) =>
        (Vector512.Load((uint*)at) | Vector512.Create(GramHash.Fold)) * Vector512.Create(GramHash.KeyA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Three(byte* at) =>
        ((Vector512.Load((uint*)at) | Vector512.Create(GramHash.Fold)) << 8) * Vector512.Create(GramHash.KeyA);

    /// <summary>Bit i of the result for lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Test(Vector512<uint> hash, uint* words, Vector128<uint> shift)
    {
        var index = Avx512F.ShiftRightLogical(hash, shift).AsInt32();
        var word = Vector512.Create(
            Avx2.GatherVector256(words, index.GetLower(), sizeof(uint)),
            Avx2.GatherVector256(words, index.GetUpper(), sizeof(uint)));
        var c = hash * Vector512.Create(GramHash.KeyC);

        // Rotating takes the count modulo 32, so the upper bits need no mask; the bit that counts becomes the top one.
        var set = Avx512F.RotateLeftVariable(word, c >>> 27)
            & Avx512F.RotateLeftVariable(word, c >>> 22)
            & Avx512F.RotateLeftVariable(word, c >>> 17);
        return set.ExtractMostSignificantBits();
    }
}
