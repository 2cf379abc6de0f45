using System.Buffers.Binary;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Looks at the places of <see cref="PlaceTables"/>: once per object, one look per place, whatever the object's length.</summary>
internal static class PlaceSearcher
{
    /// <summary>True when an image has a place for the target.</summary>
    /// <exception cref="ImageException">An image is damaged.</exception>
    public static bool HasPlaces(IReadOnlyList<Image> images, int target)
    {
        foreach (var image in images)
        {
            var groups = image.Bytes(image.Tables.PlaceGroups);
            for (var i = 0; i < image.Tables.PlaceGroups.Count; i++)
            {
                if (PlaceGroup.Read(groups, i).IsFor(target))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Tells of every body whose window stands at its place.</summary>
    /// <returns>False when the sink ended the search.</returns>
    /// <exception cref="ImageException">An image is damaged.</exception>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static bool Search(IReadOnlyList<Image> images, in ContentView view, int target, AnchorSink sink)
    {
        for (var shard = 0; shard < images.Count; shard++)
        {
            var image = images[shard];
            var groups = image.Bytes(image.Tables.PlaceGroups);
            for (var i = 0; i < image.Tables.PlaceGroups.Count; i++)
            {
                var group = PlaceGroup.Read(groups, i);
                if (group.IsFor(target) && !SearchGroup(image, shard, group, view, sink))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool SearchGroup(Image image, int shard, in PlaceGroup group, in ContentView view, AnchorSink sink)
    {
        var entries = Checked.Slice(
            image.Bytes(image.Tables.PlacedBodies), group.First * (long)PlaceTables.EntrySize, group.Count * (long)PlaceTables.EntrySize);
        var place = PlaceOf(image, BodyAt(entries, 0), view);
        if (place < 0 || place > view.Length - (int)group.Class)
        {
            return true;
        }

        var gram = PlaceTables.Fold(view.Get(place, (int)group.Class));
        for (var i = FirstWith(entries, gram); i < (int)group.Count && GramAt(entries, i) == gram; i++)
        {
            if (!sink.OnPlace(place, shard, BodyAt(entries, i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where the window of a group's bodies stands; below 0 = nowhere in this object. They differ in what follows only.</summary>
    private static long PlaceOf(Image image, uint body, in ContentView view)
    {
        var start = Checked.Word(image.Words(image.Tables.BodyIndex), body);
        var record = new BodyRecord(image.Bytes(image.Tables.Bodies), start);
        var (first, last) = record.StartRange(view);
        return first < 0 || first > last ? -1 : first + record.AnchorMin;
    }

    private static int FirstWith(ReadOnlySpan<byte> entries, uint gram)
    {
        var (first, end) = (0, entries.Length / PlaceTables.EntrySize);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = GramAt(entries, middle) < gram ? (middle + 1, end) : (first, middle);
        }

        return first;
    }

    private static uint GramAt(ReadOnlySpan<byte> entries, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(entries[(index * PlaceTables.EntrySize)..]);

    private static uint BodyAt(ReadOnlySpan<byte> entries, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(entries[((index * PlaceTables.EntrySize) + 4)..]);
}
