using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Normalisation;

/// <summary>
/// HTML in UTF-16 as the bytes that its normaliser takes: each unit becomes its low byte plus sixteen times the high
/// one, so ASCII stays what it is and the rest something that signatures were made with (clamav-formats.md §4.2). Keeps
/// at most one byte.
/// </summary>
internal sealed class Utf16Reduction(Utf16Order order)
{
    /// <summary>Units that are reduced together.</summary>
    private const int Units = 16;

    private int _first = -1;

    /// <summary>Reduces the bytes into <paramref name="output"/>, which has room for half of them and one.</summary>
    /// <returns>Bytes written.</returns>
    public int Reduce(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        var written = 0;
        if (_first >= 0 && !bytes.IsEmpty)
        {
            output[written++] = One((byte)_first, bytes[0]);
            bytes = bytes[1..];
            _first = -1;
        }

        for (; bytes.Length >= 2 * Units; bytes = bytes[(2 * Units)..])
        {
            Many(bytes).CopyTo(output[written..]);
            written += Units;
        }

        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            output[written++] = One(bytes[0], bytes[1]);
        }

        _first = bytes.IsEmpty ? _first : bytes[0];
        return written;
    }

    private byte One(byte first, byte second) =>
        order == Utf16Order.LittleEndian ? (byte)(first + (second << 4)) : (byte)(second + (first << 4));

    private Vector128<byte> Many(ReadOnlySpan<byte> bytes)
    {
        // As numbers of this machine the units have the first byte low or high.
        var isSwapped = (order == Utf16Order.LittleEndian) != BitConverter.IsLittleEndian;
        var units = MemoryMarshal.Cast<byte, ushort>(bytes);
        return Vector128.Narrow(Reduced(Vector128.Create(units), isSwapped), Reduced(Vector128.Create(units[(Units / 2)..]), isSwapped));
    }

    private static Vector128<ushort> Reduced(Vector128<ushort> units, bool isSwapped)
    {
        var high = units >> 8;
        var sum = isSwapped ? high + (units << 4) : units + (high << 4);
        return sum & Vector128.Create((ushort)0xFF);
    }
}
