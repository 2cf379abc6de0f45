using System.Numerics;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Lays anchors out as filters, a directory of buckets and entries, per gram class.</summary>
internal static class AnchorTables
{
    /// <summary>log2 of the words of the exact bitmap over all 2-byte grams.</summary>
    public const int TwoLog2 = 11;

    public const int EntrySize = 16;

    public static void Write(ImageWriter writer, List<Anchor> anchors)
    {
        foreach (var gram in (ReadOnlySpan<GramClass>)[GramClass.Four, GramClass.Three, GramClass.Two])
        {
            var members = anchors.FindAll(a => a.Class == gram);
            if (members.Count > 0)
            {
                WriteFilters(writer, members, gram);
                WriteWindows(writer, members.FindAll(a => !a.IsFolded), gram, isFolded: false);
                WriteWindows(writer, members.FindAll(a => a.IsFolded), gram, isFolded: true);
            }
        }
    }

    private static void WriteFilters(ImageWriter writer, List<Anchor> anchors, GramClass gram)
    {
        for (var target = 0; target < ImageTables.Targets; target++)
        {
            var own = 1 << target;
            if (target != 0 && !anchors.Exists(a => (a.TargetMask & own) != 0))
            {
                continue;
            }

            var members = anchors.FindAll(a => (a.TargetMask & (own | 1)) != 0);
            var log2 = gram == GramClass.Two ? TwoLog2 : Math.Clamp(Log2Up(members.Count), 8, 24);
            var filter = new uint[1 << log2];
            foreach (var anchor in members)
            {
                Set(filter, gram, anchor.Gram, log2);
                for (uint cases = 1; anchor.IsFolded && gram == GramClass.Two && cases < 4; cases++)
                {
                    // The exact bitmap has to hold every spelling; the hashes of longer grams are folded anyway.
                    Set(filter, gram, anchor.Gram & ~(((cases & 1) | ((cases & 2) << 7)) << 5), log2);
                }
            }

            var section = new ByteBuffer();
            section.AddWords(filter);
            writer.Add(SectionKind.Filter, section.Written, 4, SectionFlags.Hot, (uint)target, (uint)gram, log2);
        }
    }

    private static void Set(uint[] filter, GramClass gram, uint value, int log2)
    {
        if (gram == GramClass.Two)
        {
            filter[value >> 5] |= 1u << (int)(value & 31);
            return;
        }

        var hash = gram == GramClass.Four ? GramHash.Four(value) : GramHash.Three(value);
        filter[hash >> (32 - log2)] |= GramHash.Bits(hash);
    }

    /// <summary>Parameter B of the window sections: folded grams have a directory of their own.</summary>
    public static uint Variant(GramClass gram, bool isFolded) => (uint)gram + (isFolded ? 16u : 0u);

    private static void WriteWindows(ImageWriter writer, List<Anchor> anchors, GramClass gram, bool isFolded)
    {
        if (anchors.Count == 0)
        {
            return;
        }

        var log2 = Math.Clamp(Log2Up(anchors.Count), 4, 24);
        var ordered = anchors
            .OrderBy(a => GramHash.Bucket(a.Gram, log2))
            .ThenBy(a => a.Gram)
            .ThenBy(a => a.Body)
            .ToArray();
        var starts = new uint[(1 << log2) + 1];
        foreach (var anchor in ordered)
        {
            starts[GramHash.Bucket(anchor.Gram, log2) + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var directory = new ByteBuffer();
        directory.AddWords(starts);
        var entries = new ByteBuffer();
        foreach (var anchor in ordered)
        {
            entries.AddUInt32(anchor.Gram);
            entries.AddUInt32(anchor.Context);
            entries.AddUInt32(anchor.Body);
            entries.AddUInt16((ushort)anchor.ContextPosition);
            entries.AddUInt16(anchor.TargetMask);
        }

        writer.Add(SectionKind.WindowDirectory, directory.Written, 4, SectionFlags.Hot, b: Variant(gram, isFolded), log2: log2);
        writer.Add(SectionKind.WindowEntries, entries.Written, EntrySize, SectionFlags.Hot, b: Variant(gram, isFolded));
    }

    private static int Log2Up(int count) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count)));
}
