using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// One anchor in its bucket, 16 bytes: fingerprint of the window, context, body, position of the context from the
/// window's start (<see cref="Anchor.NoContext"/> = none), target with <see cref="FoldedFlag"/>, 2 bytes of zero.
/// </summary>
internal static class AnchorEntry
{
    public const int Size = 16;

    /// <summary>In the target's byte: the context is compared folded.</summary>
    public const byte FoldedFlag = 0x80;

    public static void Write(ByteBuffer entries, in Anchor anchor)
    {
        entries.AddUInt32((uint)GramHash.Window(anchor.Class, anchor.Window));
        entries.AddUInt32(anchor.Context);
        entries.AddUInt32(anchor.Body);
        entries.AddByte((byte)anchor.ContextPosition);
        entries.AddByte((byte)(anchor.Target | (anchor.IsFolded ? FoldedFlag : 0)));
        entries.AddUInt16(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Fingerprint(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry);

    public static uint Body(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);

    public static int Target(ReadOnlySpan<byte> entry) => entry[13] & ~FoldedFlag;

    /// <summary>True for target 0 and the object's own.</summary>
    public static bool IsFor(ReadOnlySpan<byte> entry, int target) => Target(entry) is var own && (own == 0 || own == target);

    /// <summary>True also when the context lies outside the bytes: the verification will tell.</summary>
    /// <param name="position">Of the anchor in the bytes.</param>
    public static bool HasContext(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> bytes, int position)
    {
        var distance = (sbyte)entry[12];
        var at = position + distance;
        if (distance == Anchor.NoContext || at < 0 || at > bytes.Length - 4)
        {
            return true;
        }

        var fold = (entry[13] & FoldedFlag) != 0 ? GramHash.Fold : 0;
        return (BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) | fold) == BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
    }
}
