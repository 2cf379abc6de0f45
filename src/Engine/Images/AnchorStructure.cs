using System.Numerics;
using Engine.Matching;

namespace Engine.Images;

/// <summary>
/// Follows every anchor of an image once: it has a body, stands in its bucket, and passes the filters of its target, so
/// that none is there in vain.
/// </summary>
internal static class AnchorStructure
{
    /// <exception cref="ImageException">Something leads where nothing is.</exception>
    public static void Check(Image image, CancellationToken cancellationToken)
    {
        foreach (var gram in FilterPasses.Classes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var windows = image.Tables.Windows(gram);
            CheckDirectory(image.Words(windows.Directory), windows.Entries.Count);
            CheckEntries(image, gram, windows);
        }

        foreach (var pass in FilterPasses.All)
        {
            var unknown = ~0u << FilterPasses.Places(pass).Length;
            foreach (var bits in image.Bytes(image.Tables.Alignments(pass)))
            {
                Expect((bits & unknown) == 0, "a gram has an alignment that its pass has not");
            }
        }
    }

    private static void CheckEntries(Image image, GramClass gram, in WindowTable windows)
    {
        var entries = image.Bytes(windows.Entries);
        var starts = image.Words(windows.Directory);
        var pass = PassChoice.Of([image]).PassOf(gram);
        for (var i = 0; i < windows.Entries.Count; i++)
        {
            var entry = entries.Slice(i * AnchorEntry.Size, AnchorEntry.Size);
            Expect(AnchorEntry.Body(entry) < image.Tables.BodyIndex.Count, "an anchor has no body");
            Expect(AnchorEntry.Target(entry) < ImageTables.Targets, "an anchor has no target");
            var window = windows.WindowAt(image, i);
            Expect(!GramHash.IsFlat(gram, window), "an anchor is one value throughout");
            var hash = GramHash.Window(gram, window);
            var bucket = GramHash.Bucket(hash, windows.Directory.Log2);
            Expect((uint)hash == AnchorEntry.Fingerprint(entry) && AnchorBucket.Start(starts[bucket]) <= i && i < AnchorBucket.Start(starts[bucket + 1])
                && AnchorBucket.MayHold(starts[bucket], (uint)hash), "an anchor lies in the wrong bucket");
            Expect(IsReached(image, pass, AnchorEntry.Target(entry), gram, window), "an anchor does not pass its filter");
        }
    }

    private static void CheckDirectory(ReadOnlySpan<uint> words, int count)
    {
        for (var i = 1; i < words.Length; i++)
        {
            Expect(AnchorBucket.Start(words[i - 1]) <= AnchorBucket.Start(words[i]), "a directory does not ascend");
        }

        Expect(words.IsEmpty || (AnchorBucket.Start(words[0]) == 0 && AnchorBucket.Start(words[^1]) == count), "a directory does not cover its table");
    }

    /// <summary>Every gram of the window passes the filters that serve its target and leads to it.</summary>
    private static bool IsReached(Image image, FilterPass pass, int target, GramClass gram, ulong window)
    {
        Span<GramPlace> grams = stackalloc GramPlace[GramPlaces.Max];
        grams = grams[..GramPlaces.Of(pass, gram, window, grams)];
        var alignments = image.Bytes(image.Tables.Alignments(pass));
        if (alignments.IsEmpty)
        {
            return false;
        }

        var log2 = BitOperations.Log2((uint)alignments.Length);
        foreach (var (hash, bit) in grams)
        {
            if ((alignments[GramHash.Alignment(hash, log2)] & (1 << bit)) == 0)
            {
                return false;
            }
        }

        for (var of = target; of < ImageTables.Targets; of++)
        {
            // Target 0's anchors are in the filters of all.
            var isOwn = of == target || target == 0;
            if (isOwn && image.Tables.HasOwnFilter(of, pass) ? !Passes(image, of, pass, grams) : of == target)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Passes(Image image, int target, FilterPass pass, ReadOnlySpan<GramPlace> grams)
    {
        var section = image.Tables.Filter(target, pass);
        var filter = image.Words(section);
        foreach (var (hash, _) in grams)
        {
            if (!GramHash.IsSet(filter[(int)(hash >> (32 - section.Log2))], hash))
            {
                return false;
            }
        }

        return true;
    }

    private static void Expect(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw ImageException.Damaged(otherwise);
        }
    }
}
