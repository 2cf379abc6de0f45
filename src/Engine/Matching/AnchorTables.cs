using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Lays anchors out: per pass filters and alignments, per class of window a directory of buckets and entries.</summary>
internal static class AnchorTables
{
    public static void Write(ImageWriter writer, List<Anchor> anchors)
    {
        var choice = new PassChoice(anchors.Count(a => a.Class == GramClass.Four));
        foreach (var pass in FilterPasses.All)
        {
            var members = anchors.FindAll(a => choice.PassOf(a.Class) == pass);
            if (members.Count > 0)
            {
                WriteFilters(writer, members, pass);
            }
        }

        foreach (var gram in FilterPasses.Classes)
        {
            var members = anchors.FindAll(a => a.Class == gram);
            if (members.Count > 0)
            {
                WriteWindows(writer, members, gram);
            }
        }
    }

    private static void WriteFilters(ImageWriter writer, List<Anchor> anchors, FilterPass pass)
    {
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            if (target != 0 && !anchors.Exists(a => a.Target == target))
            {
                continue;
            }

            var members = anchors.FindAll(a => a.Target == 0 || a.Target == target);
            var table = new GramTable(pass, GramTable.NewFilter(GramsOf(pass, members)), []);
            members.ForEach(a => table.Add(a.Class, a.Window));
            var section = new ByteBuffer();
            section.AddWords(table.Filter);
            writer.Add(
                SectionKind.Filter, section.Written, 4, SectionFlags.Hot, (uint)target, (uint)pass, BitOperations.Log2((uint)table.Filter.Length));
        }

        var places = new GramTable(pass, [], GramTable.NewAlignments(GramsOf(pass, anchors)));
        anchors.ForEach(a => places.Add(a.Class, a.Window));
        writer.Add(
            SectionKind.Alignments, places.Alignments, 1, SectionFlags.Hot, b: (uint)pass, log2: BitOperations.Log2((uint)places.Alignments.Length));
    }

    private static long GramsOf(FilterPass pass, List<Anchor> anchors) => anchors.Sum(a => (long)GramPlaces.Count(pass, a.Class));

    private static void WriteWindows(ImageWriter writer, List<Anchor> anchors, GramClass gram)
    {
        var log2 = Math.Clamp(BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)anchors.Count)), 4, 24);
        var ordered = anchors
            .Select(a => (Anchor: a, Hash: GramHash.Window(gram, a.Window)))
            .OrderBy(a => GramHash.Bucket(a.Hash, log2))
            .ThenBy(a => (uint)a.Hash)
            .ThenBy(a => a.Anchor.Body)
            .ToArray();
        if (anchors.Count > AnchorBucket.MaxEntries)
        {
            throw new OverflowException($"An image holds at most {AnchorBucket.MaxEntries} windows of a class.");
        }

        var starts = new uint[(1 << log2) + 1];
        var kinds = new uint[1 << log2];
        var entries = new ByteBuffer();
        var windows = new ByteBuffer();
        foreach (var (anchor, hash) in ordered)
        {
            starts[GramHash.Bucket(hash, log2) + 1]++;
            kinds[GramHash.Bucket(hash, log2)] |= AnchorBucket.Kind((uint)hash);
            AnchorEntry.Write(entries, anchor);
            windows.AddInt64((long)anchor.Window);
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (var i = 0; i < kinds.Length; i++)
        {
            starts[i] |= kinds[i];
        }

        var directory = new ByteBuffer();
        directory.AddWords(starts);
        writer.Add(SectionKind.WindowDirectory, directory.Written, 4, SectionFlags.Hot, b: (uint)gram, log2: log2);
        writer.Add(SectionKind.WindowEntries, entries.Written, AnchorEntry.Size, SectionFlags.Hot, b: (uint)gram);
        writer.Add(SectionKind.Windows, windows.Written, WindowTable.WindowSize, SectionFlags.None, b: (uint)gram);
    }
}
