using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.X86.Avx512F;

namespace Engine.Hashing;

/// <summary>
/// The compression function of MD5 (RFC 1321 §3.4) on sixteen messages at once, a lane each. The sixteen words of a block are
/// brought from rows of lanes into columns first. Rounds are written out: the compiler would not unroll them, and each
/// has its own constants.
/// </summary>
internal static class Md5Kernel16
{
    public const int Lanes = 16;

    public static bool IsUsable => IsSupported && BitConverter.IsLittleEndian;

    /// <param name="state">Words a, b, c, d of all lanes: a of the first lane, a of the second and so on.</param>
    /// <param name="staged">Where all lanes' bytes are.</param>
    /// <param name="starts">Of each lane the start of its next block; the blocks of a lane lie one after the other.</param>
    /// <param name="blocks">Blocks that every lane has at its start.</param>
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
        var a = Vector512.LoadUnsafe(ref words);
        var b = Vector512.LoadUnsafe(ref words, Lanes);
        var c = Vector512.LoadUnsafe(ref words, 2 * Lanes);
        var d = Vector512.LoadUnsafe(ref words, 3 * Lanes);
        for (var block = 0; block < blocks; block++)
        {
            var (a0, b0, c0, d0) = (a, b, c, d);
            var r0 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[0] + (block * 64))).AsUInt32();
            var r1 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[1] + (block * 64))).AsUInt32();
            var r2 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[2] + (block * 64))).AsUInt32();
            var r3 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[3] + (block * 64))).AsUInt32();
            var r4 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[4] + (block * 64))).AsUInt32();
            var r5 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[5] + (block * 64))).AsUInt32();
            var r6 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[6] + (block * 64))).AsUInt32();
            var r7 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[7] + (block * 64))).AsUInt32();
            var r8 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[8] + (block * 64))).AsUInt32();
            var r9 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[9] + (block * 64))).AsUInt32();
            var r10 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[10] + (block * 64))).AsUInt32();
            var r11 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[11] + (block * 64))).AsUInt32();
            var r12 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[12] + (block * 64))).AsUInt32();
            var r13 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[13] + (block * 64))).AsUInt32();
            var r14 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[14] + (block * 64))).AsUInt32();
            var r15 = Vector512.LoadUnsafe(ref bytes, (nuint)(starts[15] + (block * 64))).AsUInt32();

            // Pairs of rows, then pairs of pairs, then the four quarters.
            var p0 = UnpackLow(r0, r1).AsUInt64();
            var p1 = UnpackHigh(r0, r1).AsUInt64();
            var p2 = UnpackLow(r2, r3).AsUInt64();
            var p3 = UnpackHigh(r2, r3).AsUInt64();
            var p4 = UnpackLow(r4, r5).AsUInt64();
            var p5 = UnpackHigh(r4, r5).AsUInt64();
            var p6 = UnpackLow(r6, r7).AsUInt64();
            var p7 = UnpackHigh(r6, r7).AsUInt64();
            var p8 = UnpackLow(r8, r9).AsUInt64();
            var p9 = UnpackHigh(r8, r9).AsUInt64();
            var p10 = UnpackLow(r10, r11).AsUInt64();
            var p11 = UnpackHigh(r10, r11).AsUInt64();
            var p12 = UnpackLow(r12, r13).AsUInt64();
            var p13 = UnpackHigh(r12, r13).AsUInt64();
            var p14 = UnpackLow(r14, r15).AsUInt64();
            var p15 = UnpackHigh(r14, r15).AsUInt64();
            var q0 = UnpackLow(p0, p2).AsUInt32();
            var q1 = UnpackHigh(p0, p2).AsUInt32();
            var q2 = UnpackLow(p1, p3).AsUInt32();
            var q3 = UnpackHigh(p1, p3).AsUInt32();
            var q4 = UnpackLow(p4, p6).AsUInt32();
            var q5 = UnpackHigh(p4, p6).AsUInt32();
            var q6 = UnpackLow(p5, p7).AsUInt32();
            var q7 = UnpackHigh(p5, p7).AsUInt32();
            var q8 = UnpackLow(p8, p10).AsUInt32();
            var q9 = UnpackHigh(p8, p10).AsUInt32();
            var q10 = UnpackLow(p9, p11).AsUInt32();
            var q11 = UnpackHigh(p9, p11).AsUInt32();
            var q12 = UnpackLow(p12, p14).AsUInt32();
            var q13 = UnpackHigh(p12, p14).AsUInt32();
            var q14 = UnpackLow(p13, p15).AsUInt32();
            var q15 = UnpackHigh(p13, p15).AsUInt32();
            var s0 = Shuffle4x128(q0, q4, 0x88);
            var t0 = Shuffle4x128(q0, q4, 0xDD);
            var u0 = Shuffle4x128(q8, q12, 0x88);
            var v0 = Shuffle4x128(q8, q12, 0xDD);
            var s1 = Shuffle4x128(q1, q5, 0x88);
            var t1 = Shuffle4x128(q1, q5, 0xDD);
            var u1 = Shuffle4x128(q9, q13, 0x88);
            var v1 = Shuffle4x128(q9, q13, 0xDD);
            var s2 = Shuffle4x128(q2, q6, 0x88);
            var t2 = Shuffle4x128(q2, q6, 0xDD);
            var u2 = Shuffle4x128(q10, q14, 0x88);
            var v2 = Shuffle4x128(q10, q14, 0xDD);
            var s3 = Shuffle4x128(q3, q7, 0x88);
            var t3 = Shuffle4x128(q3, q7, 0xDD);
            var u3 = Shuffle4x128(q11, q15, 0x88);
            var v3 = Shuffle4x128(q11, q15, 0xDD);
            var x0 = Shuffle4x128(s0, u0, 0x88);
            var x8 = Shuffle4x128(s0, u0, 0xDD);
            var x4 = Shuffle4x128(t0, v0, 0x88);
            var x12 = Shuffle4x128(t0, v0, 0xDD);
            var x1 = Shuffle4x128(s1, u1, 0x88);
            var x9 = Shuffle4x128(s1, u1, 0xDD);
            var x5 = Shuffle4x128(t1, v1, 0x88);
            var x13 = Shuffle4x128(t1, v1, 0xDD);
            var x2 = Shuffle4x128(s2, u2, 0x88);
            var x10 = Shuffle4x128(s2, u2, 0xDD);
            var x6 = Shuffle4x128(t2, v2, 0x88);
            var x14 = Shuffle4x128(t2, v2, 0xDD);
            var x3 = Shuffle4x128(s3, u3, 0x88);
            var x11 = Shuffle4x128(s3, u3, 0xDD);
            var x7 = Shuffle4x128(t3, v3, 0x88);
            var x15 = Shuffle4x128(t3, v3, 0xDD);

            // Round 1.
            a = RotateLeft(a + x0 + Vector512.Create(0xD76AA478u) + TernaryLogic(b, c, d, 0xCA), 7) + b;
            d = RotateLeft(d + x1 + Vector512.Create(0xE8C7B756u) + TernaryLogic(a, b, c, 0xCA), 12) + a;
            c = RotateLeft(c + x2 + Vector512.Create(0x242070DBu) + TernaryLogic(d, a, b, 0xCA), 17) + d;
            b = RotateLeft(b + x3 + Vector512.Create(0xC1BDCEEEu) + TernaryLogic(c, d, a, 0xCA), 22) + c;
            a = RotateLeft(a + x4 + Vector512.Create(0xF57C0FAFu) + TernaryLogic(b, c, d, 0xCA), 7) + b;
            d = RotateLeft(d + x5 + Vector512.Create(0x4787C62Au) + TernaryLogic(a, b, c, 0xCA), 12) + a;
            c = RotateLeft(c + x6 + Vector512.Create(0xA8304613u) + TernaryLogic(d, a, b, 0xCA), 17) + d;
            b = RotateLeft(b + x7 + Vector512.Create(0xFD469501u) + TernaryLogic(c, d, a, 0xCA), 22) + c;
            a = RotateLeft(a + x8 + Vector512.Create(0x698098D8u) + TernaryLogic(b, c, d, 0xCA), 7) + b;
            d = RotateLeft(d + x9 + Vector512.Create(0x8B44F7AFu) + TernaryLogic(a, b, c, 0xCA), 12) + a;
            c = RotateLeft(c + x10 + Vector512.Create(0xFFFF5BB1u) + TernaryLogic(d, a, b, 0xCA), 17) + d;
            b = RotateLeft(b + x11 + Vector512.Create(0x895CD7BEu) + TernaryLogic(c, d, a, 0xCA), 22) + c;
            a = RotateLeft(a + x12 + Vector512.Create(0x6B901122u) + TernaryLogic(b, c, d, 0xCA), 7) + b;
            d = RotateLeft(d + x13 + Vector512.Create(0xFD987193u) + TernaryLogic(a, b, c, 0xCA), 12) + a;
            c = RotateLeft(c + x14 + Vector512.Create(0xA679438Eu) + TernaryLogic(d, a, b, 0xCA), 17) + d;
            b = RotateLeft(b + x15 + Vector512.Create(0x49B40821u) + TernaryLogic(c, d, a, 0xCA), 22) + c;

            // Round 2.
            a = RotateLeft(a + x1 + Vector512.Create(0xF61E2562u) + TernaryLogic(d, b, c, 0xCA), 5) + b;
            d = RotateLeft(d + x6 + Vector512.Create(0xC040B340u) + TernaryLogic(c, a, b, 0xCA), 9) + a;
            c = RotateLeft(c + x11 + Vector512.Create(0x265E5A51u) + TernaryLogic(b, d, a, 0xCA), 14) + d;
            b = RotateLeft(b + x0 + Vector512.Create(0xE9B6C7AAu) + TernaryLogic(a, c, d, 0xCA), 20) + c;
            a = RotateLeft(a + x5 + Vector512.Create(0xD62F105Du) + TernaryLogic(d, b, c, 0xCA), 5) + b;
            d = RotateLeft(d + x10 + Vector512.Create(0x02441453u) + TernaryLogic(c, a, b, 0xCA), 9) + a;
            c = RotateLeft(c + x15 + Vector512.Create(0xD8A1E681u) + TernaryLogic(b, d, a, 0xCA), 14) + d;
            b = RotateLeft(b + x4 + Vector512.Create(0xE7D3FBC8u) + TernaryLogic(a, c, d, 0xCA), 20) + c;
            a = RotateLeft(a + x9 + Vector512.Create(0x21E1CDE6u) + TernaryLogic(d, b, c, 0xCA), 5) + b;
            d = RotateLeft(d + x14 + Vector512.Create(0xC33707D6u) + TernaryLogic(c, a, b, 0xCA), 9) + a;
            c = RotateLeft(c + x3 + Vector512.Create(0xF4D50D87u) + TernaryLogic(b, d, a, 0xCA), 14) + d;
            b = RotateLeft(b + x8 + Vector512.Create(0x455A14EDu) + TernaryLogic(a, c, d, 0xCA), 20) + c;
            a = RotateLeft(a + x13 + Vector512.Create(0xA9E3E905u) + TernaryLogic(d, b, c, 0xCA), 5) + b;
            d = RotateLeft(d + x2 + Vector512.Create(0xFCEFA3F8u) + TernaryLogic(c, a, b, 0xCA), 9) + a;
            c = RotateLeft(c + x7 + Vector512.Create(0x676F02D9u) + TernaryLogic(b, d, a, 0xCA), 14) + d;
            b = RotateLeft(b + x12 + Vector512.Create(0x8D2A4C8Au) + TernaryLogic(a, c, d, 0xCA), 20) + c;

            // Round 3.
            a = RotateLeft(a + x5 + Vector512.Create(0xFFFA3942u) + TernaryLogic(b, c, d, 0x96), 4) + b;
            d = RotateLeft(d + x8 + Vector512.Create(0x8771F681u) + TernaryLogic(a, b, c, 0x96), 11) + a;
            c = RotateLeft(c + x11 + Vector512.Create(0x6D9D6122u) + TernaryLogic(d, a, b, 0x96), 16) + d;
            b = RotateLeft(b + x14 + Vector512.Create(0xFDE5380Cu) + TernaryLogic(c, d, a, 0x96), 23) + c;
            a = RotateLeft(a + x1 + Vector512.Create(0xA4BEEA44u) + TernaryLogic(b, c, d, 0x96), 4) + b;
            d = RotateLeft(d + x4 + Vector512.Create(0x4BDECFA9u) + TernaryLogic(a, b, c, 0x96), 11) + a;
            c = RotateLeft(c + x7 + Vector512.Create(0xF6BB4B60u) + TernaryLogic(d, a, b, 0x96), 16) + d;
            b = RotateLeft(b + x10 + Vector512.Create(0xBEBFBC70u) + TernaryLogic(c, d, a, 0x96), 23) + c;
            a = RotateLeft(a + x13 + Vector512.Create(0x289B7EC6u) + TernaryLogic(b, c, d, 0x96), 4) + b;
            d = RotateLeft(d + x0 + Vector512.Create(0xEAA127FAu) + TernaryLogic(a, b, c, 0x96), 11) + a;
            c = RotateLeft(c + x3 + Vector512.Create(0xD4EF3085u) + TernaryLogic(d, a, b, 0x96), 16) + d;
            b = RotateLeft(b + x6 + Vector512.Create(0x04881D05u) + TernaryLogic(c, d, a, 0x96), 23) + c;
            a = RotateLeft(a + x9 + Vector512.Create(0xD9D4D039u) + TernaryLogic(b, c, d, 0x96), 4) + b;
            d = RotateLeft(d + x12 + Vector512.Create(0xE6DB99E5u) + TernaryLogic(a, b, c, 0x96), 11) + a;
            c = RotateLeft(c + x15 + Vector512.Create(0x1FA27CF8u) + TernaryLogic(d, a, b, 0x96), 16) + d;
            b = RotateLeft(b + x2 + Vector512.Create(0xC4AC5665u) + TernaryLogic(c, d, a, 0x96), 23) + c;

            // Round 4.
            a = RotateLeft(a + x0 + Vector512.Create(0xF4292244u) + TernaryLogic(b, c, d, 0x39), 6) + b;
            d = RotateLeft(d + x7 + Vector512.Create(0x432AFF97u) + TernaryLogic(a, b, c, 0x39), 10) + a;
            c = RotateLeft(c + x14 + Vector512.Create(0xAB9423A7u) + TernaryLogic(d, a, b, 0x39), 15) + d;
            b = RotateLeft(b + x5 + Vector512.Create(0xFC93A039u) + TernaryLogic(c, d, a, 0x39), 21) + c;
            a = RotateLeft(a + x12 + Vector512.Create(0x655B59C3u) + TernaryLogic(b, c, d, 0x39), 6) + b;
            d = RotateLeft(d + x3 + Vector512.Create(0x8F0CCC92u) + TernaryLogic(a, b, c, 0x39), 10) + a;
            c = RotateLeft(c + x10 + Vector512.Create(0xFFEFF47Du) + TernaryLogic(d, a, b, 0x39), 15) + d;
            b = RotateLeft(b + x1 + Vector512.Create(0x85845DD1u) + TernaryLogic(c, d, a, 0x39), 21) + c;
            a = RotateLeft(a + x8 + Vector512.Create(0x6FA87E4Fu) + TernaryLogic(b, c, d, 0x39), 6) + b;
            d = RotateLeft(d + x15 + Vector512.Create(0xFE2CE6E0u) + TernaryLogic(a, b, c, 0x39), 10) + a;
            c = RotateLeft(c + x6 + Vector512.Create(0xA3014314u) + TernaryLogic(d, a, b, 0x39), 15) + d;
            b = RotateLeft(b + x13 + Vector512.Create(0x4E0811A1u) + TernaryLogic(c, d, a, 0x39), 21) + c;
            a = RotateLeft(a + x4 + Vector512.Create(0xF7537E82u) + TernaryLogic(b, c, d, 0x39), 6) + b;
            d = RotateLeft(d + x11 + Vector512.Create(0xBD3AF235u) + TernaryLogic(a, b, c, 0x39), 10) + a;
            c = RotateLeft(c + x2 + Vector512.Create(0x2AD7D2BBu) + TernaryLogic(d, a, b, 0x39), 15) + d;
            b = RotateLeft(b + x9 + Vector512.Create(0xEB86D391u) + TernaryLogic(c, d, a, 0x39), 21) + c;

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
}
