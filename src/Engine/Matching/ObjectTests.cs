using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Blobs of the subsignatures that look at no pattern. A size: minimum and maximum, i64. A number: offset i64, width u8,
/// sign u8, comparison u8, zeros to 16 bytes, value i64.
/// </summary>
internal static class ObjectTests
{
    private const int SizeBytes = 16;
    private const int NumberBytes = 24;

    public static void Add(ByteBuffer code, FileSizeSubsignature size)
    {
        code.AddInt64(size.Size.Minimum);
        code.AddInt64(size.Size.Maximum);
    }

    public static void Add(ByteBuffer code, NumberAtSubsignature number)
    {
        code.AddInt64(number.Offset);
        code.AddByte((byte)number.Width);
        code.AddByte(number.IsSigned ? (byte)1 : (byte)0);
        code.AddByte((byte)number.Test.Comparison);
        code.AddByte(0);
        code.AddUInt32(0);
        code.AddInt64(number.Test.Value);
    }

    /// <exception cref="ImageException">The blob is damaged.</exception>
    public static bool HoldsSize(ReadOnlySpan<byte> blob, long length)
    {
        blob = Checked.Slice(blob, 0, SizeBytes);
        return BinaryPrimitives.ReadInt64LittleEndian(blob) <= length && length <= BinaryPrimitives.ReadInt64LittleEndian(blob[8..]);
    }

    /// <exception cref="ImageException">The blob is damaged.</exception>
    public static void CheckNumber(ReadOnlySpan<byte> blob)
    {
        blob = Checked.Slice(blob, 0, NumberBytes);
        if (BinaryPrimitives.ReadInt64LittleEndian(blob) < 0
            || blob[8] is not (1 or 2 or 4) || blob[10] > (byte)NumberComparison.Less)
        {
            throw ImageException.Damaged("a number of the object is of no kind");
        }
    }

    /// <exception cref="ImageException">The blob is damaged.</exception>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public static bool HoldsNumber(ReadOnlySpan<byte> blob, in ContentView view)
    {
        CheckNumber(blob);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(blob);
        int width = blob[8];
        if (offset > view.Length - width)
        {
            return false;
        }

        var bytes = view.Get(offset, width);
        long number = (width, blob[9] != 0) switch
        {
            (1, true) => (sbyte)bytes[0],
            (1, false) => bytes[0],
            (2, true) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            (2, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (_, true) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (_, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        };
        return new NumberTest((NumberComparison)blob[10], BinaryPrimitives.ReadInt64LittleEndian(blob[16..])).Holds(number);
    }
}
