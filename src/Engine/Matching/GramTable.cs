using System.Numerics;
using System.Runtime.CompilerServices;
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
    /// Bits of filter per gram, at least; up to twice as many. With 10 bits 1 in 40 grams passes without belonging to a
    /// window, with 20 1 in 200. A larger filter lets fewer pass and lies farther from the core (measured by
    /// <c>KernelBenchmark</c>).
    /// </summary>
    private const int BitsPerGram = 10;

    /// <summary>The same for filters of up to <see cref="NearLog2"/>, which the second-level cache holds.</summary>
    private const int NearBitsPerGram = 24;

    private const int NearLog2 = 17;

    public const int MinLog2 = 8;
    private const int MaxLog2 = 24;

    private readonly int _filterShift = 32 - BitOperations.Log2((uint)Math.Max(1, filter.Length));
    private readonly int _alignmentLog2 = BitOperations.Log2((uint)Math.Max(1, alignments.Length));

    public uint[] Filter => filter;

    public byte[] Alignments => alignments;

    /// <summary>Words for so many grams.</summary>
    public static uint[] NewFilter(long grams)
    {
        var near = Math.Min(Log2Up(grams * NearBitsPerGram / 32), NearLog2);
        return new uint[1 << Math.Clamp(Math.Max(near, Log2Up(grams * BitsPerGram / 32)), MinLog2, MaxLog2)];
    }

    public static byte[] NewAlignments(long grams) => new byte[1 << Math.Clamp(Log2Up(grams * 3 / 2), MinLog2, MaxLog2)];

    /// <param name="window">See <see cref="GramHash.Window"/>.</param>
    public void Add(GramClass gram, ulong window)
    {
        Span<GramPlace> grams = stackalloc GramPlace[GramPlaces.Max];
        foreach (var (hash, bit) in grams[..GramPlaces.Of(pass, gram, window, grams)])
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
    public const int Max = AnyByte + 1;

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
    /// <param name="window">See <see cref="GramHash.Window"/>.</param>
    public static int Of(FilterPass pass, GramClass gram, ulong window, Span<GramPlace> grams)
    {
        var count = 0;
        var places = FilterPasses.Places(pass);
        for (var bit = 0; bit < places.Length; bit++)
        {
            if (places[bit].Class != gram)
            {
                continue;
            }

            var bytes = window >> (8 * places[bit].Offset);
            if (!IsOpen(pass, places[bit]))
            {
                grams[count++] = new GramPlace(Hash(pass, (uint)bytes, (uint)(bytes >> 32)), bit);
                continue;
            }

            // The gram's last byte lies behind the window and may be any.
            var shift = 8 * (FilterPasses.GramLength(pass) - 1);
            for (var value = 0u; value < AnyByte; value++)
            {
                var folded = ((value & 0x60) << 1) | 0x20 | (value & 0x1F);
                grams[count++] = new GramPlace(Hash(pass, ((uint)bytes & ~(0xFFu << shift)) | (folded << shift), 0), bit);
            }
        }

        return count;
    }

    /// <summary>The pass's hash of the bytes 0 to 3 and 4 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(FilterPass pass, uint low, uint high) => pass switch
    {
        FilterPass.Long => GramHash.Seven(low, (low >> 24) | (high << 8)),
        FilterPass.Medium => GramHash.Four(low),
        FilterPass.Short => GramHash.Three(low),
    };

    private static bool IsOpen(FilterPass pass, WindowPlace place) =>
        place.Offset + FilterPasses.GramLength(pass) > (int)place.Class;
}
