using System.Numerics;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// Scheme 1, "raw": signature^e mod n is the MD5 itself, as a number of at most 128 bits, without padding or name of a
/// hash (clamav-formats.md §1.7).
/// </summary>
internal static class HeaderSignature
{
    private const int Md5Bytes = 16;

    /// <param name="key">Key A.</param>
    /// <param name="md5">16 bytes.</param>
    /// <param name="dsig">Field 6 of the header.</param>
    public static bool IsValid(ClamAvKey key, ReadOnlySpan<byte> md5, ReadOnlySpan<char> dsig) =>
        md5.Length == Md5Bytes
        && key.TryRecover(dsig, out var block)
        && block == new BigInteger(md5, isUnsigned: true, isBigEndian: true);
}
