using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Matching;

/// <summary>
/// One way to find the positions whose gram passes a filter. All yield the same positions in the same order. This one
/// takes them one by one: what the others are compared with, and what they leave their last bytes to.
/// </summary>
internal class FilterKernel
{
    public static readonly FilterKernel Scalar = new();

    protected FilterKernel()
    {
    }

    /// <summary>Every kernel that this machine can run, the fastest last.</summary>
    public static IReadOnlyList<FilterKernel> All { get; } = Supported();

    /// <summary>The fastest.</summary>
    public static FilterKernel Best => All[^1];

    public virtual string Name => "Scalar";

    /// <summary>
    /// Tests the grams at <paramref name="start"/> and every stride behind it before <paramref name="end"/>.
    /// </summary>
    /// <param name="end">At most <see cref="FilterPasses.LeastLength"/> - 1 bytes short of the window's end; start + 65,536 at most.</param>
    /// <param name="filter"><c>1 &lt;&lt; log2</c> words, log2 being 1 to 31.</param>
    /// <param name="passed">Takes the positions, from the start; room for all that are tested.</param>
    /// <returns>How many passed.</returns>
    public virtual int Pass(
        FilterPass pass, ReadOnlySpan<byte> window, int start, int end, ReadOnlySpan<uint> filter, int log2, Span<ushort> passed) =>
        PassRest(pass, window, start, start, end, filter, log2, passed, 0);

    /// <summary>Kernels that read by pointer rely on it.</summary>
    protected static void CheckFilter(ReadOnlySpan<uint> filter, int log2)
    {
        if (filter.Length < 1 << log2)
        {
            throw new ArgumentException("The filter is shorter than it says.", nameof(filter));
        }
    }

    /// <summary>The positions from <paramref name="from"/> on, appended to those that passed before.</summary>
    protected static int PassRest(
        FilterPass pass, ReadOnlySpan<byte> window, int start, int from, int end, ReadOnlySpan<uint> filter, int log2,
        Span<ushort> passed, int count)
    {
        var stride = FilterPasses.Stride(pass);
        var shift = 32 - log2;
        var whole = Math.Min(end, window.Length - 7);
        for (; from < whole; from += stride)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(window[from..]);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(window[(from + 4)..]);
            var hash = GramPlaces.Hash(pass, low, high);
            if (GramHash.IsSet(filter[(int)(hash >> shift)], hash))
            {
                passed[count++] = (ushort)(from - start);
            }
        }

        for (; from < end; from += stride)
        {
            var hash = HashAt(pass, window, from);
            if (GramHash.IsSet(filter[(int)(hash >> shift)], hash))
            {
                passed[count++] = (ushort)(from - start);
            }
        }

        return count;
    }

    /// <summary>Hash of the gram at a position; bytes behind the window read as 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashAt(FilterPass pass, ReadOnlySpan<byte> window, int position)
    {
        if (position <= window.Length - 8)
        {
            var gram = BinaryPrimitives.ReadUInt64LittleEndian(window[position..]);
            return GramPlaces.Hash(pass, (uint)gram, (uint)(gram >> 32));
        }

        return HashPadded(pass, window, position);
    }

    private static uint HashPadded(FilterPass pass, ReadOnlySpan<byte> window, int position)
    {
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        window[position..].CopyTo(padded);
        return GramPlaces.Hash(
            pass, BinaryPrimitives.ReadUInt32LittleEndian(padded), BinaryPrimitives.ReadUInt32LittleEndian(padded[4..]));
    }

    private static List<FilterKernel> Supported()
    {
        var kernels = new List<FilterKernel> { Scalar };
        if (Vector128.IsHardwareAccelerated)
        {
            kernels.Add(new Vector128Kernel());
        }

        if (Avx2.IsSupported)
        {
            kernels.Add(new Avx2Kernel());
        }

        if (Avx512F.IsSupported)
        {
            kernels.Add(new Avx512Kernel());
        }

        return kernels;
    }
}
