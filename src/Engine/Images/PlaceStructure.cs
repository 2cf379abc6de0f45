using System.Buffers.Binary;
using Engine.Matching;

namespace Engine.Images;

/// <summary>Follows every placed body of an image once: it is there, its group's place is its own, its window is sorted.</summary>
internal static class PlaceStructure
{
    /// <exception cref="ImageException">Something leads where nothing is.</exception>
    public static void Check(Image image)
    {
        var groups = image.Bytes(image.Tables.PlaceGroups);
        var entries = image.Bytes(image.Tables.PlacedBodies);
        long next = 0;
        for (var i = 0; i < image.Tables.PlaceGroups.Count; i++)
        {
            var group = PlaceGroup.Read(groups, i);
            Expect(group.First == next && group.Target < ImageTables.Targets, "a place is of no target, or takes another's bodies");
            next += group.Count;
            CheckGroup(image, Checked.Slice(
                entries, group.First * (long)PlaceTables.EntrySize, group.Count * (long)PlaceTables.EntrySize));
        }

        Expect(next == image.Tables.PlacedBodies.Count, "a placed body has no place");
    }

    private static void CheckGroup(Image image, ReadOnlySpan<byte> entries)
    {
        var first = BodyAt(image, entries);
        var previous = 0u;
        for (; !entries.IsEmpty; entries = entries[PlaceTables.EntrySize..])
        {
            var gram = BinaryPrimitives.ReadUInt32LittleEndian(entries);
            Expect(gram >= previous, "the bodies of a place are not sorted");
            previous = gram;
            var body = BodyAt(image, entries);
            Expect(
                body.OffsetBase == first.OffsetBase && body.Distance == first.Distance && body.MaxShift == 0
                    && body.SectionIndex == first.SectionIndex && body.AnchorPart == 0
                    && body.AnchorMin == first.AnchorMin && body.AnchorMax == body.AnchorMin,
                "a body stands at another place");
        }
    }

    private static BodyRecord BodyAt(Image image, ReadOnlySpan<byte> entry) => new(
        image.Bytes(image.Tables.Bodies),
        Checked.Word(image.Words(image.Tables.BodyIndex), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..])));

    private static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged(otherwise);
        }
    }
}
