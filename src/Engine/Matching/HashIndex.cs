using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Looks digests of whole objects up: size gate, filter line, directory by the top bits, full compare
/// (matcher-design.md §5.5). The layout is written by <see cref="HashTableBuilder"/>.
/// </summary>
internal static class HashIndex
{
    private const uint SizeKey = 0x9E37_79B1;

    /// <summary>True when some image may have an entry of this length, or of any size: then the digest is due.</summary>
    public static bool IsDue(IReadOnlyList<Image> images, HashPurpose purpose, HashKind kind, long length)
    {
        for (var i = 0; i < images.Count; i++)
        {
            var tables = images[i].Tables;
            if (tables.Hashes(purpose, kind, isAnySize: true).IsPresent
                || MayHoldLength(images[i], tables.Hashes(purpose, kind, isAnySize: false), length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Wants the digests that are due for an object of this length.</summary>
    public static void WantDue(IReadOnlyList<Image> images, HashPurpose purpose, long length, ObjectDigests digests)
    {
        foreach (var kind in ObjectDigests.Kinds)
        {
            if (IsDue(images, purpose, kind, length))
            {
                digests.Want(kind);
            }
        }
    }

    /// <summary>
    /// The entries of one image, exact size before any size; see <see cref="Find(Image, HashTable, ReadOnlySpan{byte}, long, PositionList?)"/>.
    /// </summary>
    /// <exception cref="ImageException">The image is damaged.</exception>
    public static bool Find(
        Image image, HashPurpose purpose, HashKind kind, ReadOnlySpan<byte> digest, long length, PositionList? signatures) =>
        Find(image, image.Tables.Hashes(purpose, kind, isAnySize: false), digest, length, signatures)
        | Find(image, image.Tables.Hashes(purpose, kind, isAnySize: true), digest, length, signatures);

    /// <summary>
    /// Adds the signatures of all entries with this digest that fit the length, in table order; true when there is
    /// any. Entries of allow lists have no signature: nothing is added for them.
    /// </summary>
    /// <exception cref="ImageException">The image is damaged.</exception>
    public static bool Find(Image image, HashTable table, ReadOnlySpan<byte> digest, long length, PositionList? signatures)
    {
        if (!table.IsPresent || !PassesFilter(image, table, digest))
        {
            return false;
        }

        var directory = image.Words(table.Directory);
        var bucket = Bucket(digest, table.Directory.Log2);
        image.Touch(table.Directory, bucket * 4, 8);
        long first = Checked.Word(directory, bucket);
        long last = Checked.Word(directory, bucket + 1L);
        image.Touch(table.Digests, first * digest.Length, (last - first) * digest.Length);
        var digests = image.Bytes(table.Digests);
        var found = false;
        for (var i = LowerBound(digests, digest, first, last); i < last; i++)
        {
            if (!Checked.Slice(digests, i * digest.Length, digest.Length).SequenceEqual(digest))
            {
                break;
            }

            if (table.Lengths.IsPresent && LengthAt(image, table, i) != length)
            {
                continue;
            }

            found = true;
            if (table.Signatures.IsPresent)
            {
                image.Touch(table.Signatures, i * 4, 4);
                signatures?.Add(Checked.Word(image.Words(table.Signatures), i));
            }
        }

        return found;
    }

    /// <summary>The bit of an object length in a size gate of 2^log2 bits.</summary>
    public static uint SizeBit(long length, int log2) => log2 == 0 ? 0 : ((uint)length * SizeKey) >> (32 - log2);

    /// <summary>The bucket of a digest: its first bits.</summary>
    public static long Bucket(ReadOnlySpan<byte> digest, int log2) =>
        log2 == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(digest) >> (32 - log2);

    /// <summary>
    /// The filter line of a digest, by its first bits as its bucket, and six bits in it, 9 bits each; digests are as good as
    /// random.
    /// </summary>
    public static long FilterLine(ReadOnlySpan<byte> digest, int log2) => Bucket(digest, log2);

    public static int FilterBit(ReadOnlySpan<byte> digest, int index) =>
        (int)(BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]) >> (index * 9)) & 511;

    private static bool MayHoldLength(Image image, HashTable table, long length)
    {
        if (!table.IsPresent || length is <= 0 or > uint.MaxValue)
        {
            return false;
        }

        var bit = SizeBit(length, table.Sizes.Log2);
        image.Touch(table.Sizes, (bit >> 5) * 4, 4);
        return (Checked.Word(image.Words(table.Sizes), bit >> 5) >> (int)(bit & 31) & 1) != 0;
    }

    private static uint LengthAt(Image image, HashTable table, long index)
    {
        image.Touch(table.Lengths, index * 4, 4);
        return Checked.Word(image.Words(table.Lengths), index);
    }

    private static bool PassesFilter(Image image, HashTable table, ReadOnlySpan<byte> digest)
    {
        var at = FilterLine(digest, table.Filter.Log2) * 64;
        image.Touch(table.Filter, at, 64);
        var line = Checked.Slice(image.Bytes(table.Filter), at, 64);
        for (var i = 0; i < 6; i++)
        {
            var bit = FilterBit(digest, i);
            if ((line[bit >> 3] & (1 << (bit & 7))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static long LowerBound(ReadOnlySpan<byte> digests, ReadOnlySpan<byte> digest, long first, long last)
    {
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (Checked.Slice(digests, middle * digest.Length, digest.Length).SequenceCompareTo(digest) < 0)
            {
                first = middle + 1;
            }
            else
            {
                last = middle;
            }
        }

        return first;
    }
}
