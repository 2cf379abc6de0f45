using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// Scheme 2: like PSS with SHA-256 and a salt of 32 bytes, but with another count of clear bits, so that libraries refuse
/// some genuine signatures (clamav-formats.md §1.7, "trap").
/// </summary>
internal static class SaltedSignature
{
    private const int BlockBytes = 256;
    private const int SaltBytes = 32;
    private const int DataBytes = BlockBytes - Digest.Size - 1;
    private const byte Trailer = 0xBC;

    /// <param name="key">Key B or C, of at most 2048 bits.</param>
    /// <param name="digest">What was signed.</param>
    /// <param name="dsig">The signature's text.</param>
    public static bool IsValid(ClamAvKey key, Digest digest, ReadOnlySpan<char> dsig)
    {
        if (!key.TryRecover(dsig, out var number))
        {
            return false;
        }

        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        if (bytes.Length > BlockBytes)
        {
            return false;
        }

        Span<byte> block = stackalloc byte[BlockBytes];
        block.Clear();
        bytes.CopyTo(block[(BlockBytes - bytes.Length)..]);
        return block[^1] == Trailer && HoldsDigest(block[..DataBytes], block.Slice(DataBytes, Digest.Size), digest);
    }

    /// <param name="data">Masked padding and salt; unmasked in place.</param>
    /// <param name="hash">Seed of the mask, and what padding, digest and salt must hash to.</param>
    /// <param name="digest">What was signed.</param>
    private static bool HoldsDigest(Span<byte> data, ReadOnlySpan<byte> hash, Digest digest)
    {
        Unmask(data, hash);
        data[0] &= 0x7F; // One bit only; RFC 8017 would clear two for a modulus of 2047 bits.
        var padding = data[..^SaltBytes];
        if (padding[^1] != 1 || padding[..^1].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        Span<byte> message = stackalloc byte[8 + Digest.Size + SaltBytes];
        message[..8].Clear();
        digest.CopyTo(message[8..]);
        data[^SaltBytes..].CopyTo(message[(8 + Digest.Size)..]);
        Span<byte> expected = stackalloc byte[Digest.Size];
        SHA256.HashData(message, expected);
        return expected.SequenceEqual(hash);
    }

    /// <summary>MGF1 with SHA-256 (RFC 8017 B.2.1).</summary>
    private static void Unmask(Span<byte> data, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[Digest.Size + sizeof(uint)];
        Span<byte> mask = stackalloc byte[Digest.Size];
        seed.CopyTo(input);
        for (var start = 0; start < data.Length; start += mask.Length)
        {
            BinaryPrimitives.WriteInt32BigEndian(input[Digest.Size..], start / mask.Length);
            SHA256.HashData(input, mask);
            for (var i = 0; i < mask.Length && start + i < data.Length; i++)
            {
                data[start + i] ^= mask[i];
            }
        }
    }
}
