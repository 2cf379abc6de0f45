namespace Engine.Images;

/// <summary>Numbers in 7 bits a byte, the lowest first; the top bit says that more follow.</summary>
internal static class Varint
{
    public const int MaxBytes = 10;

    /// <summary>Returns how many bytes were written.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[length++] = (byte)(value | 0x80);
        }

        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number and moves the place behind it.</summary>
    /// <exception cref="ImageException">The section ends, or the number is longer than 64 bits.</exception>
    public static ulong Read(ReadOnlySpan<byte> section, ref long at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if ((ulong)at >= (ulong)section.Length)
            {
                break;
            }

            var next = section[(int)at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw ImageException.Damaged("a number has no end");
    }

    /// <summary>Small numbers of either sign as small numbers.</summary>
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
