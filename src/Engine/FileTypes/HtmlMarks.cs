using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.FileTypes;

/// <summary>
/// Finds the few places of a text where a mark of HTML could begin, sixteen at a time: an angle bracket or, behind an opened
/// link, an <c>h</c>, with a letter behind it that a mark has there.
/// </summary>
internal static class HtmlMarks
{
    private const int Width = 16;

    /// <summary>The first such place from an offset on; the length when there is none. The last places are told untested.</summary>
    public static int NextPlace(ReadOnlySpan<byte> bytes, int from, bool isInLink)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes);
        for (; from < bytes.Length - Width; from += Width)
        {
            var here = Vector128.LoadUnsafe(ref first, (nuint)from);
            var next = Vector128.LoadUnsafe(ref first, (nuint)from + 1) | Vector128.Create((byte)0x20);
            var places = Is(here, '<')
                & (Is(next, 'a') | Is(next, 'h') | Is(next, 'i') | Is(next, 'o') | Is(next, 's') | Is(next, 't'));
            if (isInLink)
            {
                places |= Is(here | Vector128.Create((byte)0x20), 'h') & Is(next, 'r');
            }

            if (places != Vector128<byte>.Zero)
            {
                return from + BitOperations.TrailingZeroCount(places.ExtractMostSignificantBits());
            }
        }

        return Math.Min(from, bytes.Length);
    }

    private static Vector128<byte> Is(Vector128<byte> bytes, char value) => Vector128.Equals(bytes, Vector128.Create((byte)value));
}
