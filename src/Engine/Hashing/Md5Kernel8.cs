using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.X86.Avx2;

namespace Engine.Hashing;

/// <summary>The same as <see cref="Md5Kernel16"/> with eight lanes, for processors without the wide registers.</summary>
internal static class Md5Kernel8
{
    public const int Lanes = 8;

    public static bool IsUsable => IsSupported && BitConverter.IsLittleEndian;

    /// <inheritdoc cref="Md5Kernel16.Run"/>
    [SuppressMessage("Design", "MA0051", Justification = "The 64 steps of the standard, one a line.")]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Span<uint> state, ReadOnlySpan<byte> staged, ReadOnlySpan<int> starts, int blocks)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            // What is read below without further checks.
            _ = staged.Slice(starts[lane], blocks * 64);
        }

        ref var bytes = ref MemoryMarshal.GetReference(staged);
        ref var words = ref MemoryMarshal.GetReference(state[..(4 * Lanes)]);
        var a = Vector256.LoadUnsafe(ref words);
        var b = Vector256.LoadUnsafe(ref words, Lanes);
        var c = Vector256.LoadUnsafe(ref words, 2 * Lanes);
        var d = Vector256.LoadUnsafe(ref words, 3 * Lanes);
        for (var block = 0; block < blocks; block++)
        {
            var (a0, b0, c0, d0) = (a, b, c, d);
            Columns(ref bytes, starts, block * 64, out var x0, out var x1, out var x2, out var x3, out var x4, out var x5, out var x6, out var x7);
            Columns(ref bytes, starts, (block * 64) + 32, out var x8, out var x9, out var x10, out var x11, out var x12, out var x13, out var x14, out var x15);
            Vector256<uint> t;

            // Round 1.
            t = a + x0 + Vector256.Create(0xD76AA478u) + (d ^ (b & (c ^ d)));
            a = ((t << 7) | (t >>> 25)) + b;
            t = d + x1 + Vector256.Create(0xE8C7B756u) + (c ^ (a & (b ^ c)));
            d = ((t << 12) | (t >>> 20)) + a;
            t = c + x2 + Vector256.Create(0x242070DBu) + (b ^ (d & (a ^ b)));
            c = ((t << 17) | (t >>> 15)) + d;
            t = b + x3 + Vector256.Create(0xC1BDCEEEu) + (a ^ (c & (d ^ a)));
            b = ((t << 22) | (t >>> 10)) + c;
            t = a + x4 + Vector256.Create(0xF57C0FAFu) + (d ^ (b & (c ^ d)));
            a = ((t << 7) | (t >>> 25)) + b;
            t = d + x5 + Vector256.Create(0x4787C62Au) + (c ^ (a & (b ^ c)));
            d = ((t << 12) | (t >>> 20)) + a;
            t = c + x6 + Vector256.Create(0xA8304613u) + (b ^ (d & (a ^ b)));
            c = ((t << 17) | (t >>> 15)) + d;
            t = b + x7 + Vector256.Create(0xFD469501u) + (a ^ (c & (d ^ a)));
            b = ((t << 22) | (t >>> 10)) + c;
            t = a + x8 + Vector256.Create(0x698098D8u) + (d ^ (b & (c ^ d)));
            a = ((t << 7) | (t >>> 25)) + b;
            t = d + x9 + Vector256.Create(0x8B44F7AFu) + (c ^ (a & (b ^ c)));
            d = ((t << 12) | (t >>> 20)) + a;
            t = c + x10 + Vector256.Create(0xFFFF5BB1u) + (b ^ (d & (a ^ b)));
            c = ((t << 17) | (t >>> 15)) + d;
            t = b + x11 + Vector256.Create(0x895CD7BEu) + (a ^ (c & (d ^ a)));
            b = ((t << 22) | (t >>> 10)) + c;
            t = a + x12 + Vector256.Create(0x6B901122u) + (d ^ (b & (c ^ d)));
            a = ((t << 7) | (t >>> 25)) + b;
            t = d + x13 + Vector256.Create(0xFD987193u) + (c ^ (a & (b ^ c)));
            d = ((t << 12) | (t >>> 20)) + a;
            t = c + x14 + Vector256.Create(0xA679438Eu) + (b ^ (d & (a ^ b)));
            c = ((t << 17) | (t >>> 15)) + d;
            t = b + x15 + Vector256.Create(0x49B40821u) + (a ^ (c & (d ^ a)));
            b = ((t << 22) | (t >>> 10)) + c;

            // Round 2.
            t = a + x1 + Vector256.Create(0xF61E2562u) + (c ^ (d & (b ^ c)));
            a = ((t << 5) | (t >>> 27)) + b;
            t = d + x6 + Vector256.Create(0xC040B340u) + (b ^ (c & (a ^ b)));
            d = ((t << 9) | (t >>> 23)) + a;
            t = c + x11 + Vector256.Create(0x265E5A51u) + (a ^ (b & (d ^ a)));
            c = ((t << 14) | (t >>> 18)) + d;
            t = b + x0 + Vector256.Create(0xE9B6C7AAu) + (d ^ (a & (c ^ d)));
            b = ((t << 20) | (t >>> 12)) + c;
            t = a + x5 + Vector256.Create(0xD62F105Du) + (c ^ (d & (b ^ c)));
            a = ((t << 5) | (t >>> 27)) + b;
            t = d + x10 + Vector256.Create(0x02441453u) + (b ^ (c & (a ^ b)));
            d = ((t << 9) | (t >>> 23)) + a;
            t = c + x15 + Vector256.Create(0xD8A1E681u) + (a ^ (b & (d ^ a)));
            c = ((t << 14) | (t >>> 18)) + d;
            t = b + x4 + Vector256.Create(0xE7D3FBC8u) + (d ^ (a & (c ^ d)));
            b = ((t << 20) | (t >>> 12)) + c;
            t = a + x9 + Vector256.Create(0x21E1CDE6u) + (c ^ (d & (b ^ c)));
            a = ((t << 5) | (t >>> 27)) + b;
            t = d + x14 + Vector256.Create(0xC33707D6u) + (b ^ (c & (a ^ b)));
            d = ((t << 9) | (t >>> 23)) + a;
            t = c + x3 + Vector256.Create(0xF4D50D87u) + (a ^ (b & (d ^ a)));
            c = ((t << 14) | (t >>> 18)) + d;
            t = b + x8 + Vector256.Create(0x455A14EDu) + (d ^ (a & (c ^ d)));
            b = ((t << 20) | (t >>> 12)) + c;
            t = a + x13 + Vector256.Create(0xA9E3E905u) + (c ^ (d & (b ^ c)));
            a = ((t << 5) | (t >>> 27)) + b;
            t = d + x2 + Vector256.Create(0xFCEFA3F8u) + (b ^ (c & (a ^ b)));
            d = ((t << 9) | (t >>> 23)) + a;
            t = c + x7 + Vector256.Create(0x676F02D9u) + (a ^ (b & (d ^ a)));
            c = ((t << 14) | (t >>> 18)) + d;
            t = b + x12 + Vector256.Create(0x8D2A4C8Au) + (d ^ (a & (c ^ d)));
            b = ((t << 20) | (t >>> 12)) + c;

            // Round 3.
            t = a + x5 + Vector256.Create(0xFFFA3942u) + (b ^ c ^ d);
            a = ((t << 4) | (t >>> 28)) + b;
            t = d + x8 + Vector256.Create(0x8771F681u) + (a ^ b ^ c);
            d = ((t << 11) | (t >>> 21)) + a;
            t = c + x11 + Vector256.Create(0x6D9D6122u) + (d ^ a ^ b);
            c = ((t << 16) | (t >>> 16)) + d;
            t = b + x14 + Vector256.Create(0xFDE5380Cu) + (c ^ d ^ a);
            b = ((t << 23) | (t >>> 9)) + c;
            t = a + x1 + Vector256.Create(0xA4BEEA44u) + (b ^ c ^ d);
            a = ((t << 4) | (t >>> 28)) + b;
            t = d + x4 + Vector256.Create(0x4BDECFA9u) + (a ^ b ^ c);
            d = ((t << 11) | (t >>> 21)) + a;
            t = c + x7 + Vector256.Create(0xF6BB4B60u) + (d ^ a ^ b);
            c = ((t << 16) | (t >>> 16)) + d;
            t = b + x10 + Vector256.Create(0xBEBFBC70u) + (c ^ d ^ a);
            b = ((t << 23) | (t >>> 9)) + c;
            t = a + x13 + Vector256.Create(0x289B7EC6u) + (b ^ c ^ d);
            a = ((t << 4) | (t >>> 28)) + b;
            t = d + x0 + Vector256.Create(0xEAA127FAu) + (a ^ b ^ c);
            d = ((t << 11) | (t >>> 21)) + a;
            t = c + x3 + Vector256.Create(0xD4EF3085u) + (d ^ a ^ b);
            c = ((t << 16) | (t >>> 16)) + d;
            t = b + x6 + Vector256.Create(0x04881D05u) + (c ^ d ^ a);
            b = ((t << 23) | (t >>> 9)) + c;
            t = a + x9 + Vector256.Create(0xD9D4D039u) + (b ^ c ^ d);
            a = ((t << 4) | (t >>> 28)) + b;
            t = d + x12 + Vector256.Create(0xE6DB99E5u) + (a ^ b ^ c);
            d = ((t << 11) | (t >>> 21)) + a;
            t = c + x15 + Vector256.Create(0x1FA27CF8u) + (d ^ a ^ b);
            c = ((t << 16) | (t >>> 16)) + d;
            t = b + x2 + Vector256.Create(0xC4AC5665u) + (c ^ d ^ a);
            b = ((t << 23) | (t >>> 9)) + c;

            // Round 4.
            t = a + x0 + Vector256.Create(0xF4292244u) + (c ^ (b | ~d));
            a = ((t << 6) | (t >>> 26)) + b;
            t = d + x7 + Vector256.Create(0x432AFF97u) + (b ^ (a | ~c));
            d = ((t << 10) | (t >>> 22)) + a;
            t = c + x14 + Vector256.Create(0xAB9423A7u) + (a ^ (d | ~b));
            c = ((t << 15) | (t >>> 17)) + d;
            t = b + x5 + Vector256.Create(0xFC93A039u) + (d ^ (c | ~a));
            b = ((t << 21) | (t >>> 11)) + c;
            t = a + x12 + Vector256.Create(0x655B59C3u) + (c ^ (b | ~d));
            a = ((t << 6) | (t >>> 26)) + b;
            t = d + x3 + Vector256.Create(0x8F0CCC92u) + (b ^ (a | ~c));
            d = ((t << 10) | (t >>> 22)) + a;
            t = c + x10 + Vector256.Create(0xFFEFF47Du) + (a ^ (d | ~b));
            c = ((t << 15) | (t >>> 17)) + d;
            t = b + x1 + Vector256.Create(0x85845DD1u) + (d ^ (c | ~a));
            b = ((t << 21) | (t >>> 11)) + c;
            t = a + x8 + Vector256.Create(0x6FA87E4Fu) + (c ^ (b | ~d));
            a = ((t << 6) | (t >>> 26)) + b;
            t = d + x15 + Vector256.Create(0xFE2CE6E0u) + (b ^ (a | ~c));
            d = ((t << 10) | (t >>> 22)) + a;
            t = c + x6 + Vector256.Create(0xA3014314u) + (a ^ (d | ~b));
            c = ((t << 15) | (t >>> 17)) + d;
            t = b + x13 + Vector256.Create(0x4E0811A1u) + (d ^ (c | ~a));
            b = ((t << 21) | (t >>> 11)) + c;
            t = a + x4 + Vector256.Create(0xF7537E82u) + (c ^ (b | ~d));
            a = ((t << 6) | (t >>> 26)) + b;
            t = d + x11 + Vector256.Create(0xBD3AF235u) + (b ^ (a | ~c));
            d = ((t << 10) | (t >>> 22)) + a;
            t = c + x2 + Vector256.Create(0x2AD7D2BBu) + (a ^ (d | ~b));
            c = ((t << 15) | (t >>> 17)) + d;
            t = b + x9 + Vector256.Create(0xEB86D391u) + (d ^ (c | ~a));
            b = ((t << 21) | (t >>> 11)) + c;

            a += a0;
            b += b0;
            c += c0;
            d += d0;
        }

        a.StoreUnsafe(ref words);
        b.StoreUnsafe(ref words, Lanes);
        c.StoreUnsafe(ref words, 2 * Lanes);
        d.StoreUnsafe(ref words, 3 * Lanes);
    }

    /// <summary>Eight words of every lane, as one vector a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(
        ref byte bytes, ReadOnlySpan<int> starts, int at,
        out Vector256<uint> x0, out Vector256<uint> x1, out Vector256<uint> x2, out Vector256<uint> x3,
        out Vector256<uint> x4, out Vector256<uint> x5, out Vector256<uint> x6, out Vector256<uint> x7)
    {
        var r0 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[0] + at)).AsUInt32();
        var r1 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[1] + at)).AsUInt32();
        var r2 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[2] + at)).AsUInt32();
        var r3 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[3] + at)).AsUInt32();
        var r4 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[4] + at)).AsUInt32();
        var r5 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[5] + at)).AsUInt32();
        var r6 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[6] + at)).AsUInt32();
        var r7 = Vector256.LoadUnsafe(ref bytes, (nuint)(starts[7] + at)).AsUInt32();
        var p0 = UnpackLow(r0, r1).AsUInt64();
        var p1 = UnpackHigh(r0, r1).AsUInt64();
        var p2 = UnpackLow(r2, r3).AsUInt64();
        var p3 = UnpackHigh(r2, r3).AsUInt64();
        var p4 = UnpackLow(r4, r5).AsUInt64();
        var p5 = UnpackHigh(r4, r5).AsUInt64();
        var p6 = UnpackLow(r6, r7).AsUInt64();
        var p7 = UnpackHigh(r6, r7).AsUInt64();
        var q0 = UnpackLow(p0, p2).AsUInt32();
        var q1 = UnpackHigh(p0, p2).AsUInt32();
        var q2 = UnpackLow(p1, p3).AsUInt32();
        var q3 = UnpackHigh(p1, p3).AsUInt32();
        var q4 = UnpackLow(p4, p6).AsUInt32();
        var q5 = UnpackHigh(p4, p6).AsUInt32();
        var q6 = UnpackLow(p5, p7).AsUInt32();
        var q7 = UnpackHigh(p5, p7).AsUInt32();
        x0 = Permute2x128(q0, q4, 0x20);
        x4 = Permute2x128(q0, q4, 0x31);
        x1 = Permute2x128(q1, q5, 0x20);
        x5 = Permute2x128(q1, q5, 0x31);
        x2 = Permute2x128(q2, q6, 0x20);
        x6 = Permute2x128(q2, q6, 0x31);
        x3 = Permute2x128(q3, q7, 0x20);
        x7 = Permute2x128(q3, q7, 0x31);
    }
}
