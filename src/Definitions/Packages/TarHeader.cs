using System.Globalization;
using System.Text;

namespace Definitions.Packages;

/// <summary>
/// The 512-byte header of a POSIX ustar entry (IEEE Std 1003.1, "pax", ustar interchange format), in the one form that
/// packages use: plain file, name without prefix, octal numbers, owner and time zero.
/// </summary>
/// <param name="Name">Up to 100 bytes of ASCII.</param>
/// <param name="Size">Bytes of content; padded with zeros to whole blocks in the archive.</param>
internal readonly record struct TarHeader(string Name, long Size)
{
    public const int BlockSize = 512;

    /// <summary>Eleven octal digits.</summary>
    public const long MaxSize = (1L << 33) - 1;

    private const int NameLength = 100;
    private const int SizeOffset = 124;
    private const int ChecksumOffset = 148;
    private const int KindOffset = 156;
    private const int LinkOffset = 157;
    private const int MagicOffset = 257;
    private const int PrefixOffset = 345;
    private const int PrefixLength = 155;

    /// <summary>Zero bytes that follow a content of this size.</summary>
    public static int Padding(long size) => (int)(-size & (BlockSize - 1));

    public void WriteTo(Span<byte> block)
    {
        block[..BlockSize].Clear();
        Encoding.ASCII.GetBytes(Name, block[..NameLength]);
        "0000644\0"u8.CopyTo(block[100..]);
        "0000000\0"u8.CopyTo(block[108..]);
        "0000000\0"u8.CopyTo(block[116..]);
        WriteOctal(block.Slice(SizeOffset, 11), Size);
        "00000000000"u8.CopyTo(block[136..]);
        block[KindOffset] = (byte)'0';
        "ustar\0"u8.CopyTo(block[MagicOffset..]);
        "00"u8.CopyTo(block[(MagicOffset + 6)..]);
        WriteOctal(block.Slice(ChecksumOffset, 6), Checksum(block));
        block[ChecksumOffset + 7] = (byte)' ';
    }

    /// <exception cref="RefusedException">
    /// <c>PackageMalformed</c>: no ustar header. <c>EntryKind</c>: not a plain file. <c>PathUnsafe</c>: a name that is not
    /// flat and printable ASCII.
    /// </exception>
    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        if (!block.Slice(MagicOffset, 5).SequenceEqual("ustar"u8)
            || !TryReadOctal(block.Slice(ChecksumOffset, 8), out var checksum)
            || checksum != Checksum(block)
            || !TryReadOctal(block.Slice(SizeOffset, 12), out var size))
        {
            throw new RefusedException(RefusalReason.PackageMalformed, "The archive holds a block that is no ustar header.");
        }

        // NUL is the old spelling of '0'. Everything else is a link, device, folder, FIFO or an extension header,
        // which could change name or size of the next entry.
        if (block[KindOffset] is not ((byte)'0' or 0) || block.Slice(LinkOffset, NameLength).ContainsAnyExcept((byte)0))
        {
            throw new RefusedException(
                RefusalReason.EntryKind,
                string.Create(CultureInfo.InvariantCulture, $"The archive holds an entry of kind 0x{block[KindOffset]:x2}; only plain files are allowed."));
        }

        if (block.Slice(PrefixOffset, PrefixLength).ContainsAnyExcept((byte)0))
        {
            throw new RefusedException(RefusalReason.PathUnsafe, "The archive holds an entry in a folder.");
        }

        return new TarHeader(ReadName(block[..NameLength]), size);
    }

    private static string ReadName(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        var name = end < 0 ? field : field[..end];
        if (name.IsEmpty || name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e)
            || (end >= 0 && field[end..].ContainsAnyExcept((byte)0)))
        {
            throw new RefusedException(RefusalReason.PathUnsafe, "The archive holds an entry whose name is not printable ASCII.");
        }

        return Encoding.ASCII.GetString(name);
    }

    /// <summary>Sum of all bytes with the checksum field read as blanks.</summary>
    private static long Checksum(ReadOnlySpan<byte> block)
    {
        var sum = 8 * (long)' ';
        for (var i = 0; i < BlockSize; i++)
        {
            sum += i is >= ChecksumOffset and < ChecksumOffset + 8 ? 0 : block[i];
        }

        return sum;
    }

    private static void WriteOctal(Span<byte> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    /// <summary>Digits, then only NULs and blanks; the base-256 form of large archives is not accepted.</summary>
    private static bool TryReadOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        var digits = field.IndexOfAnyExceptInRange((byte)'0', (byte)'7');
        if (digits is < 1 or > 11 || field[digits..].ContainsAnyExcept((byte)0, (byte)' '))
        {
            return false;
        }

        foreach (var digit in field[..digits])
        {
            value = (value << 3) | (long)(digit - '0');
        }

        return true;
    }
}
