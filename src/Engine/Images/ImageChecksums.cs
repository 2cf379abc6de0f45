using System.Security.Cryptography;
using Definitions;

namespace Engine.Images;

/// <summary>
/// Compares every byte of an image with its digests, which the header's digest stands for; bytes between sections must be
/// zero. What was read is let go, so that an image need not fit in memory.
/// </summary>
internal static class ImageChecksums
{
    private const int LeavesPerTurn = 16;

    /// <exception cref="ImageException">A digest differs.</exception>
    public static void Check(Image image, CancellationToken cancellationToken)
    {
        var section = image.Directory.Find(SectionKind.Leaves);
        var leaves = image.Bytes(section);
        if (Digest.Of(leaves) != image.Header.LeafRoot)
        {
            throw ImageException.Damaged("the leaf list does not have its digest");
        }

        var entries = image.Directory.Entries;
        var end = ImageFormat.HeaderSize + ((long)entries.Count * ImageFormat.DirectoryEntrySize);
        foreach (var entry in entries)
        {
            CheckZeros(image, end, entry.Offset);
            if (entry.Kind != SectionKind.Leaves)
            {
                CheckLeaves(image, entry, leaves, cancellationToken);
            }

            end = entry.Offset + entry.Length;
        }

        CheckZeros(image, end, image.Length);
    }

    private static void CheckLeaves(
        Image image, SectionEntry entry, ReadOnlySpan<byte> leaves, CancellationToken cancellationToken)
    {
        var count = (entry.Length + ImageFormat.LeafSize - 1) / ImageFormat.LeafSize;
        if (entry.LeafCount != count)
        {
            throw ImageException.Damaged($"section {entry.Kind} has the wrong number of leaves");
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        for (long leaf = 0; leaf < count; leaf++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = leaf * ImageFormat.LeafSize;
            var length = (int)Math.Min(ImageFormat.LeafSize, entry.Length - start);
            SHA256.HashData(image.Bytes(entry.Offset + start, length), digest);
            if (!digest.SequenceEqual(Checked.Slice(leaves, (entry.FirstLeaf + leaf) * Digest.Size, Digest.Size)))
            {
                throw ImageException.Damaged($"section {entry.Kind} does not have its digest");
            }

            if (leaf % LeavesPerTurn == LeavesPerTurn - 1)
            {
                image.LetGo();
            }
        }
    }

    private static void CheckZeros(Image image, long start, long end)
    {
        while (start < end)
        {
            var count = (int)Math.Min(end - start, ImageFormat.LeafSize);
            if (image.Bytes(start, count).ContainsAnyExcept((byte)0))
            {
                throw ImageException.Damaged("there are bytes between its sections");
            }

            start += count;
        }
    }
}
