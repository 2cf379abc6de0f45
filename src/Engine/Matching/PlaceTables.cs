using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>A body that can start at one place of an object only and is looked for there, not by the filters.</summary>
/// <param name="Offset">Without a range.</param>
/// <param name="Distance">Bytes from the body's start to its window.</param>
/// <param name="Gram">The window of 2 to 4 bytes, folded, zeros above.</param>
internal readonly record struct PlacedBody(SignatureOffset Offset, int Distance, GramClass Class, uint Gram, byte Target, uint Body);

/// <summary>
/// Places and the bodies that may stand there (matcher-design.md §5.6): groups of one place, target and length of window,
/// 12 bytes each (first body u32, number u32, target u8, length u8, 2 of zero); bodies by window, 8 bytes each (folded
/// window u32, body u32). Short windows such as the first bytes of a program would else need a pass over every byte.
/// </summary>
internal static class PlaceTables
{
    public const int GroupSize = 12;
    public const int EntrySize = 8;

    /// <summary>A window of 5 bytes and more that is as rare as this goes into the filters, where it costs nothing.</summary>
    private const float EnoughBits = 18;

    /// <summary>The body's place, or null when the filters serve it better or must serve it.</summary>
    /// <param name="best">Its best window otherwise.</param>
    /// <param name="runs">All its runs.</param>
    public static PlacedBody? Of(SignatureOffset offset, in AnchorChoice best, List<FixedRun> runs, int target, uint body)
    {
        var isOnePlace = offset.MaxShift == 0
            && offset.Base is OffsetBase.Start or OffsetBase.End or OffsetBase.EntryPoint or OffsetBase.Section or OffsetBase.LastSection;
        if (!isOnePlace || (best.Class >= GramClass.Five && best.Bits >= EnoughBits))
        {
            return null;
        }

        FixedRun? found = null;
        foreach (var run in runs)
        {
            // The first of the longest: bodies of a place should look at the same bytes.
            if (run.Part == 0 && run.Min == run.Max && Size(run) > (found is { } other ? Size(other) : 0))
            {
                found = run;
            }
        }

        return found is not { } chosen
            ? null
            : new PlacedBody(offset, chosen.Min, (GramClass)Size(chosen), Fold(chosen.Bytes.Span[..Size(chosen)]), (byte)target, body);
    }

    public static void Write(ImageWriter writer, List<PlacedBody> bodies)
    {
        var groups = new ByteBuffer();
        var entries = new ByteBuffer();
        foreach (var group in bodies
            .GroupBy(b => (b.Offset.Base, b.Offset.Index, Start: b.Offset.Distance, b.Distance, b.Class, b.Target))
            .OrderBy(g => g.Key))
        {
            groups.AddUInt32((uint)(entries.Length / EntrySize));
            groups.AddUInt32((uint)group.Count());
            groups.AddByte(group.Key.Target);
            groups.AddByte((byte)group.Key.Class);
            groups.AddUInt16(0);
            foreach (var body in group.OrderBy(b => b.Gram).ThenBy(b => b.Body))
            {
                entries.AddUInt32(body.Gram);
                entries.AddUInt32(body.Body);
            }
        }

        writer.Add(SectionKind.PlaceGroups, groups.Written, GroupSize, SectionFlags.Hot);
        writer.Add(SectionKind.PlacedBodies, entries.Written, EntrySize, SectionFlags.Hot);
    }

    /// <summary>The bytes of a window, 2 to 4, folded.</summary>
    public static uint Fold(ReadOnlySpan<byte> window)
    {
        var gram = 0u;
        for (var i = 0; i < window.Length; i++)
        {
            gram |= (window[i] | 0x20u) << (8 * i);
        }

        return gram;
    }

    private static int Size(FixedRun run) => Math.Min(run.Bytes.Length, (int)GramClass.Four);
}

/// <summary>One group of <see cref="PlaceTables"/>.</summary>
internal readonly record struct PlaceGroup(uint First, uint Count, int Target, GramClass Class)
{
    /// <exception cref="ImageException">The group cannot be.</exception>
    public static PlaceGroup Read(ReadOnlySpan<byte> groups, int index)
    {
        var group = Checked.Slice(groups, index * (long)PlaceTables.GroupSize, PlaceTables.GroupSize);
        var read = new PlaceGroup(
            BinaryPrimitives.ReadUInt32LittleEndian(group), BinaryPrimitives.ReadUInt32LittleEndian(group[4..]), group[8], (GramClass)group[9]);
        return read.Count > 0 && read.Class is GramClass.Two or GramClass.Three or GramClass.Four
            ? read
            : throw ImageException.Damaged("a place has no bodies");
    }

    /// <summary>True for target 0 and the object's own.</summary>
    public bool IsFor(int target) => Target == 0 || Target == target;
}
