using System.Buffers.Binary;
using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// The filter of a pass and its alignment bytes while they are filled with the grams of windows: when an image is
/// written, and when the filters of several images are joined.
/// </summary>
/// <param name="filter">A power of two of words; none when only alignments are wanted.</param>
/// <param name="alignments">A power of two of bytes; none when only a filter is wanted.</param>
internal sealed class GramTable(FilterPass pass, uint[] filter, byte[] alignments)
{
    /// <summary>
    /// Bits of filter per gram, at least; up to twice as many. 1 in 30 to 1 in 300 grams pass without belonging to a
    /// window. A larger filter lets fewer pass and lies farther from the core (measured by <c>KernelBenchmark</c>).
    /// </summary>
    private const int BitsPerGram = 10;

    public const int MinLog2 = 8;
    private const int MaxLog2 = 24;

    private readonly int _filterShift = 32 - BitOperations.Log2((uint)Math.Max(1, filter.Length));
    private readonly int _alignmentLog2 = BitOperations.Log2((uint)Math.Max(1, alignments.Length));

    public uint[] Filter => filter;

    public byte[] Alignments => alignments;

    /// <summary>Words for so many grams.</summary>
    public static uint[] NewFilter(long grams) => new uint[1 << Math.Clamp(Log2Up(grams * BitsPerGram / 32), MinLog2, MaxLog2)];

    public static byte[] NewAlignments(long grams) => new byte[1 << Math.Clamp(Log2Up(grams), MinLog2, MaxLog2)];

    /// <param name="first">See <see cref="GramHash.Window"/>.</param>
    public void Add(GramClass gram, ulong first, ulong last)
    {
        Span<GramPlace> grams = stackalloc GramPlace[GramPlaces.Max];
        foreach (var (hash, bit) in grams[..GramPlaces.Of(pass, gram, first, last, grams)])
        {
            if (filter.Length > 0)
            {
                filter[hash >> _filterShift] |= GramHash.Bits(hash);
            }

            if (alignments.Length > 0)
            {
                alignments[GramHash.Alignment(hash, _alignmentLog2)] |= (byte)(1 << bit);
            }
        }
    }

    private static int Log2Up(long count) => count <= 1 ? 0 : BitOperations.Log2((ulong)count - 1) + 1;
}

/// <summary>One gram of a window.</summary>
/// <param name="Bit">Index into <see cref="FilterPasses.Places"/>.</param>
internal readonly record struct GramPlace(uint Hash, int Bit);

/// <summary>The grams by which a pass meets a window.</summary>
internal static class GramPlaces
{
    /// <summary>Folded values of one byte: those with bit 5 set.</summary>
    private const int AnyByte = 128;

    /// <summary>Most grams of one window.</summary>
    public const int Max = AnyByte + 8;

    /// <summary>Grams that each window of this class has in the pass; 0 when it serves others only.</summary>
    public static int Count(FilterPass pass, GramClass gram)
    {
        var count = 0;
        foreach (var place in FilterPasses.Places(pass))
        {
            count += place.Class != gram ? 0 : IsOpen(pass, place) ? AnyByte : 1;
        }

        return count;
    }

    /// <summary>Fills in the grams and returns how many there are.</summary>
    /// <param name="first">See <see cref="GramHash.Window"/>.</param>
    public static int Of(FilterPass pass, GramClass gram, ulong first, ulong last, Span<GramPlace> grams)
    {
        Span<byte> bytes = stackalloc byte[24];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[7..], last);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, first);
        var count = 0;
        var places = FilterPasses.Places(pass);
        for (var bit = 0; bit < places.Length; bit++)
        {
            if (places[bit].Class != gram)
            {
                continue;
            }

            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes[places[bit].Offset..]);
            if (!IsOpen(pass, places[bit]))
            {
                var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(places[bit].Offset + 4)..]);
                grams[count++] = new GramPlace(Hash(pass, low, high), bit);
                continue;
            }

            // The gram's last byte lies behind the window and may be any.
            var shift = 8 * (FilterPasses.GramLength(pass) - 1);
            for (var value = 0u; value < AnyByte; value++)
            {
                var folded = ((value & 0x60) << 1) | 0x20 | (value & 0x1F);
                grams[count++] = new GramPlace(Hash(pass, (low & ~(0xFFu << shift)) | (folded << shift), 0), bit);
            }
        }

        return count;
    }

    /// <summary>The pass's hash of the bytes 0 to 3 and 4 to 7.</summary>
    public static uint Hash(FilterPass pass, uint low, uint high) => pass switch
    {
        FilterPass.Stride8 => GramHash.Eight(low, high),
        FilterPass.Stride2 => GramHash.Four(low),
        FilterPass.Stride1 => GramHash.Three(low),
    };

    private static bool IsOpen(FilterPass pass, WindowPlace place) =>
        place.Offset + FilterPasses.GramLength(pass) > (int)place.Class;
}
