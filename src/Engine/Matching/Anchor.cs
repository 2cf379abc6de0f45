using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>An anchor as it is looked for: a window, four bytes beside it, and the body that it wakes.</summary>
/// <param name="Window">See <see cref="GramHash.Window"/>; letters of either case in lower case.</param>
/// <param name="IsFolded">The context is compared with bit 5 of every byte set, as letters of either case need.</param>
/// <param name="ContextPosition">Bytes from the window to the context; <see cref="NoContext"/> when the run is too short.</param>
internal readonly record struct Anchor(
    GramClass Class, ulong Window, uint Context, sbyte ContextPosition, byte Target, uint Body, bool IsFolded)
{
    public const sbyte NoContext = sbyte.MinValue;

    /// <summary>The window's bytes.</summary>
    public byte[] Bytes()
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Window);
        return bytes[..(int)Class];
    }
}

/// <summary>A window of a body.</summary>
/// <param name="Min">Least bytes from the part's start to the window.</param>
/// <param name="Position">Of the window in its run.</param>
/// <param name="Bits">Estimated rarity, what it costs included.</param>
/// <param name="IsShared">Other bodies have it or a neighbour of it.</param>
/// <param name="IsCrowded">Many bodies have it: to be taken only where there is nothing better.</param>
internal readonly record struct AnchorChoice(
    int Part, int Min, int Max, FixedRun Run, int Position, GramClass Class, float Bits, bool IsShared, bool IsCrowded);

/// <summary>The best windows of a body.</summary>
/// <param name="Short">Of 2 to 5 bytes.</param>
/// <param name="Long">Of 8; null when no run has as many, or all are flat.</param>
internal readonly record struct AnchorChoices(AnchorChoice Short, AnchorChoice? Long);
