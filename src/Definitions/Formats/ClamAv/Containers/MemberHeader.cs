using System.Text;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>
/// The 512-byte header in front of each member: of the old V7 tar layout only name, size and checksum are filled in
/// (clamav-formats.md §1.3). A POSIX ustar header of a plain file is read as well.
/// </summary>
/// <param name="Name">1 to 100 bytes as Latin-1, without a slash.</param>
/// <param name="Size">Bytes of content; padded with zeros to whole blocks.</param>
internal readonly record struct MemberHeader(string Name, long Size)
{
    public const int BlockSize = 512;

    public const int MaxNameLength = 100;

    private const int SizeOffset = 124;
    private const int SizeLength = 12;
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;
    private const int KindOffset = 156;

    /// <summary>Bytes of padding behind a content of this size.</summary>
    public static int Padding(long size) => (int)(-size & (BlockSize - 1));

    /// <remarks>
    /// The checksum is not compared: the reference engine does not either, and the index has a digest of each member
    /// that is used.
    /// </remarks>
    /// <exception cref="RefusedException">
    /// <c>DatabaseMalformed</c>: no size, or a name with a slash. <c>EntryKind</c>: not a plain file.
    /// </exception>
    public static MemberHeader Parse(ReadOnlySpan<byte> block)
    {
        var name = block[..MaxNameLength];
        var end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        if (name.IsEmpty || name.Contains((byte)'/'))
        {
            throw ContainerFault.Malformed($"The archive holds a member without a name, or with a slash in it.");
        }

        var text = Encoding.Latin1.GetString(name);
        if (block[KindOffset] is not (0 or (byte)'0'))
        {
            throw ContainerFault.Of(
                RefusalReason.EntryKind, $"Member {text} is of kind 0x{block[KindOffset]:x2}; only plain files are allowed.");
        }

        return TryReadOctal(block.Slice(SizeOffset, SizeLength), out var size)
            ? new MemberHeader(text, size)
            : throw ContainerFault.Malformed($"Member {text} has no size.");
    }

    /// <param name="block">512 bytes.</param>
    public void WriteTo(Span<byte> block)
    {
        block[..BlockSize].Clear();
        Encoding.Latin1.GetBytes(Name, block[..MaxNameLength]);
        Encoding.ASCII.GetBytes(Convert.ToString(Size, 8), block.Slice(SizeOffset, SizeLength));
        var checksum = block.Slice(ChecksumOffset, ChecksumLength);
        checksum.Fill((byte)' ');
        var sum = 0;
        foreach (var value in block[..BlockSize])
        {
            sum += value;
        }

        checksum.Clear();
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0'), checksum);
    }

    /// <summary>Blanks, at least one octal digit, then only NULs and blanks.</summary>
    private static bool TryReadOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        var text = field.TrimStart((byte)' ').TrimEnd(" \0"u8);
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return !text.IsEmpty;
    }
}
