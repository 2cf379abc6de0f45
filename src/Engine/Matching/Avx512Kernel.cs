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
                case FilterPass.Stride8:
                    var wide = Math.Min(end, window.Length) - (2 * Block);
                    for (; from <= wide; from += 2 * Block)
                    {
                        count = LaneMasks.Add(Test(Eight(bytes + from), words, shift), passed, count, from - start, 8);
                    }

                    break;
                case FilterPass.Stride4:
                    var last = Math.Min(end, window.Length) - (2 * Block);
                    for (; from <= last; from += 2 * Block)
                    {
                        var mask = Test(Four(bytes + from), words, shift) | (Test(Four(bytes + from + Block), words, shift) << (Block / 4));
                        count = LaneMasks.Add(mask, passed, count, from - start, 4);
                    }

                    break;
                case FilterPass.Stride2:
                    last = Math.Min(end, window.Length - Reach) - Block;
                    for (; from <= last; from += Block)
                    {
                        var mask = LaneMasks.Zip(Test(Four(bytes + from), words, shift), Test(Four(bytes + from + 2), words, shift));
                        count = LaneMasks.Add(mask, passed, count, from - start, 2);
                    }

                    break;
                case FilterPass.Stride1:
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

    /// <summary>Hashes of the sixteen grams in 128 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Eight(byte* at)
    {
        var even = Vector512.Create(0u, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        var x = Vector512.Load((uint*)at);
        var y = Vector512.Load((uint*)(at + Block));
        var fold = Vector512.Create(GramHash.Fold);
        var low = Avx512F.PermuteVar16x32x2(x, even, y);
        var high = Avx512F.PermuteVar16x32x2(x, even + Vector512<uint>.One, y);
        return ((low | fold) * Vector512.Create(GramHash.KeyA)) + ((high | fold) * Vector512.Create(GramHash.KeyB));
    }

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
