using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Normalisation;

/// <summary>What a fold does with each of sixteen bytes: lanes are all ones where the claim is true.</summary>
internal interface IFoldRules
{
    /// <summary>White space: the first of a run is kept.</summary>
    static abstract Vector128<byte> IsBlank(Vector128<byte> bytes);

    /// <summary>Left out, as if it were not there. No blank is one.</summary>
    static abstract Vector128<byte> IsDropped(Vector128<byte> bytes);

    /// <summary>Ends the fold in front of it, whatever else is true of it.</summary>
    static abstract Vector128<byte> IsStop(Vector128<byte> bytes);

    /// <summary>What is written for bytes that are kept.</summary>
    static abstract Vector128<byte> Change(Vector128<byte> bytes);
}

/// <summary>
/// Copies bytes while it drops some, changes others and keeps one of each run of white space, sixteen at a time. The
/// places that stay are a mask of bits; a table of shuffles moves them together. <c>ScanBenchmark</c> shows what it gains over
/// byte for byte.
/// </summary>
internal static class BlankFolding
{
    /// <summary>Bytes of output that must be free for another step.</summary>
    public const int Width = 16;

    /// <summary>For each mask of eight lanes the lanes that are set, in order.</summary>
    private static readonly ulong[] _shuffles = MakeShuffles();

    /// <summary>Folds up to a stop, the end of the bytes or the end of the output.</summary>
    /// <param name="output">At least <see cref="Width"/> bytes; what lies behind the written ones is overwritten with anything.</param>
    /// <param name="isInBlanks">Whether what was folded before ended in a blank; kept up to date.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Bytes taken.</returns>
    [SkipLocalsInit]
    public static int Fold<TRules>(ReadOnlySpan<byte> bytes, Span<byte> output, ref bool isInBlanks, out int written)
        where TRules : IFoldRules
    {
        var carry = isInBlanks ? 1u : 0;
        var (at, to) = (0, 0);
        Span<byte> tail = stackalloc byte[Width];
        ref var shuffles = ref MemoryMarshal.GetArrayDataReference(_shuffles);
        ref var source = ref MemoryMarshal.GetReference(bytes);
        while (at < bytes.Length && to <= output.Length - Width)
        {
            var length = Math.Min(Width, bytes.Length - at);
            Vector128<byte> block;
            if (length == Width)
            {
                block = Vector128.LoadUnsafe(ref source, (nuint)at);
            }
            else
            {
                bytes[at..].CopyTo(tail);
                block = Vector128.Create<byte>(tail);
            }

            var stops = TRules.IsStop(block).ExtractMostSignificantBits() | (1u << length);
            length = BitOperations.TrailingZeroCount(stops);
            var valid = (1u << length) - 1;
            var blanks = TRules.IsBlank(block).ExtractMostSignificantBits() & valid;
            var present = valid & ~TRules.IsDropped(block).ExtractMostSignificantBits();
            var kept = present & ~(blanks & BehindBlanks(blanks, valid & ~present, carry));
            Store(TRules.Change(block), kept, ref shuffles, output.Slice(to, Width));
            to += BitOperations.PopCount(kept);
            at += length;
            carry = present == 0 ? carry : (blanks >> BitOperations.Log2(present)) & 1;
            if (length < Width)
            {
                break;
            }
        }

        isInBlanks = carry != 0;
        written = to;
        return at;
    }

    /// <summary>The places whose nearest byte before them that is not dropped is a blank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BehindBlanks(uint blanks, uint dropped, uint carry)
    {
        var behind = (blanks << 1) | carry;

        // Adding a bit to the start of a run of dropped bytes carries it to the place behind the run.
        return behind | ((dropped + (behind & dropped)) & ~dropped);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> block, uint kept, ref ulong shuffles, Span<byte> output)
    {
        ref var first = ref MemoryMarshal.GetReference(output);

        // Both halves of the mask have eight bits, and the table an entry for each value of them.
        var low = kept & 0xFF;
        var lanes = Vector128.Create(
            Unsafe.Add(ref shuffles, low), Unsafe.Add(ref shuffles, (kept >> 8) & 0xFF) + 0x0808_0808_0808_0808).AsByte();
        var packed = Vector128.ShuffleNative(block, lanes);
        packed.GetLower().StoreUnsafe(ref first);
        packed.GetUpper().StoreUnsafe(ref first, (nuint)BitOperations.PopCount(low));
    }

    private static ulong[] MakeShuffles()
    {
        var shuffles = new ulong[256];
        for (var mask = 0; mask < shuffles.Length; mask++)
        {
            var place = 0;
            for (var lane = 0; lane < 8; lane++)
            {
                if ((mask & (1 << lane)) != 0)
                {
                    shuffles[mask] |= (ulong)lane << (8 * place++);
                }
            }
        }

        return shuffles;
    }
}
