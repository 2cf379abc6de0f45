using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Matching;

/// <summary>
/// Eight grams at a time with the gathering load of AVX2. Unsafe because gathers take a pointer; every index is the top
/// log2 bits of a hash and the filter has that many words. <c>KernelBenchmark</c> shows what it gains over
/// <see cref="Vector128Kernel"/>, which needs no pointer.
/// </summary>
internal sealed unsafe class Avx2Kernel : FilterKernel
{
    private const int Block = 32;
    private const int Reach = 3;
    private const int LongReach = 5;

    public override string Name => "AVX2";

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
    private static Vector256<uint> Seven(byte* at) =>
        ((Vector256.Load((uint*)at) | Vector256.Create(GramHash.Fold)) * Vector256.Create(GramHash.KeyA))
            + ((Vector256.Load((uint*)(at + 3)) | Vector256.Create(GramHash.Fold)) * Vector256.Create(GramHash.KeyB));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Four(byte* at) =>
        (Vector256.Load((uint*)at) | Vector256.Create(GramHash.Fold)) * Vector256.Create(GramHash.KeyA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Three(byte* at) =>
        ((Vector256.Load((uint*)at) | Vector256.Create(GramHash.Fold)) << 8) * Vector256.Create(GramHash.KeyA);

    /// <summary>Bit i of the result for lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Test(Vector256<uint> hash, uint* words, Vector128<uint> shift)
    {
        var word = Avx2.GatherVector256(words, Avx2.ShiftRightLogical(hash, shift).AsInt32(), sizeof(uint));
        var c = hash * Vector256.Create(GramHash.KeyC);
        var bit = Vector256.Create(31u);
        var set = Avx2.ShiftLeftLogicalVariable(word, c >>> 27)
            & Avx2.ShiftLeftLogicalVariable(word, (c >>> 22) & bit)
            & Avx2.ShiftLeftLogicalVariable(word, (c >>> 17) & bit);
        return set.ExtractMostSignificantBits();
    }
}
