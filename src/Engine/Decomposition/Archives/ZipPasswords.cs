using System.Diagnostics.CodeAnalysis;
using Definitions.Signatures;

namespace Engine.Decomposition.Archives;

/// <summary>
/// Finds the password of a member with ZIP's traditional encryption among those of the definitions
/// (clamav-formats.md §3.10). One byte of the header tells 255 of 256 wrong ones; what passes it is decoded once to its
/// end and believed when the checksum is right. Stronger encryption is not tried.
/// </summary>
internal static class ZipPasswords
{
    private const int StepBytes = 64 * 1024;

    // Members that their flags mark for strong encryption (APPNOTE §4.4.4, bit 6).
    private const int StrongEncryption = 0x40;

    /// <summary>The keys behind the header; null when no password fits.</summary>
    /// <param name="open">Opens the decoder of a method over decrypted bytes.</param>
    public static ZipCrypto? Find(ReaderContext context, ZipMember member, Func<Stream, ZipMember, int, Stream> open)
    {
        if (member.Length < ZipCrypto.HeaderBytes || member.Crc is null || (member.Stated.Flags & StrongEncryption) != 0)
        {
            return null;
        }

        Span<byte> header = stackalloc byte[ZipCrypto.HeaderBytes];
        foreach (var password in context.Passwords)
        {
            if (password.Container is not (null or FileTypeName.Zip))
            {
                continue;
            }

            context.Content.Peek(member.Data, header.Length).CopyTo(header);
            var keys = new ZipCrypto(password.Bytes.Span);
            keys.Decrypt(header);
            var isLikely = header[^1] == (byte)(member.Crc.Value >> 24) || header[^1] == (byte)(member.Local.Time >> 8);
            if (isLikely && IsRight(context, member, open, keys))
            {
                return keys;
            }
        }

        return null;
    }

    /// <summary>The member's bytes behind the header, decrypted; still as its method packed them.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The decrypting stream owns the one under it.")]
    public static ZipCryptoStream OpenDecrypted(ReaderContext context, ZipMember member, ZipCrypto keys) => new(
        context.OpenStream(member.Data + ZipCrypto.HeaderBytes, member.Length - ZipCrypto.HeaderBytes), keys);

    [SuppressMessage("Reliability", "CA2000", Justification = "The decoder owns the decrypting stream.")]
    [SuppressMessage("Design", "CA1031", Justification = "A wrong password makes a decoder fail in any way it likes.")]
    private static bool IsRight(
        ReaderContext context, ZipMember member, Func<Stream, ZipMember, int, Stream> open, ZipCrypto keys)
    {
        try
        {
            using var decoder = open(OpenDecrypted(context, member, keys), member, member.Stated.Method);
            var buffer = new byte[StepBytes];
            var left = Math.Min(context.Budget.MemberBytes, context.Budget.RemainingBytes);
            Crc32 crc = default;
            for (int read; (read = decoder.Read(buffer, 0, buffer.Length)) > 0;)
            {
                context.Budget.Check();
                crc.Append(buffer.AsSpan(0, read));
                left -= read;
                if (left < 0)
                {
                    // Longer than would be looked at: the byte of the header has to do.
                    return true;
                }
            }

            return crc.Value == member.Crc;
        }
        catch (Exception e) when (e is ContainerException || !CodecFaults.IsOurs(e))
        {
            return false;
        }
    }
}
