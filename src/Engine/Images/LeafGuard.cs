using System.Security.Cryptography;
using Definitions;

namespace Engine.Images;

/// <summary>
/// Compares the leaves (<see cref="ImageFormat.LeafSize"/>) of an image with their digests as they are needed: for an image
/// that was verified once and is opened again by a short-lived process. What is searched for every object is compared at
/// once, digest tables and bodies where a scan touches them, so a page that went bad is an error there too and never
/// a signature that silently does not match. Names are not: a damaged name is still a detection. Thread-safe.
/// </summary>
internal sealed class LeafGuard
{
    private readonly Image _image;
    private readonly SectionEntry[] _entries;

    /// <summary>Per leaf of the leaf list, whether it was compared; two threads may both do it.</summary>
    private readonly bool[] _isChecked;

    /// <summary>Compares the leaf list with the header, and every leaf of what is not compared later.</summary>
    /// <exception cref="ImageException">A digest differs.</exception>
    public LeafGuard(Image image)
    {
        _image = image;
        _entries = [.. image.Directory.Entries.Where(entry => entry.Kind != SectionKind.Leaves && entry.Length > 0)];
        var leaves = image.Bytes(image.Directory.Find(SectionKind.Leaves));
        if (Digest.Of(leaves) != image.Header.LeafRoot)
        {
            throw ImageException.Damaged("the leaf list does not have its digest");
        }

        _isChecked = new bool[leaves.Length / Digest.Size];
        foreach (var entry in _entries)
        {
            if (!IsLater(entry.Kind))
            {
                Check(entry, 0, entry.Length);
            }
        }
    }

    /// <summary>Compares the leaves that a range of the file lies in. The range lies in one section.</summary>
    /// <exception cref="ImageException">A digest differs.</exception>
    public void Check(long offset, long count)
    {
        int low = 0, high = _entries.Length;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = _entries[middle].Offset <= offset ? (middle, high) : (low, middle);
        }

        var entry = _entries[low];
        Check(entry, offset - entry.Offset, count);
    }

    private static bool IsLater(SectionKind kind) => kind
        is SectionKind.HashSizes or SectionKind.HashFilter or SectionKind.HashDirectory or SectionKind.HashDigests
        or SectionKind.HashLengths or SectionKind.HashSignatures
        or SectionKind.Bodies or SectionKind.Names or SectionKind.NameBlocks or SectionKind.NameStems or SectionKind.NameStemStarts
        or SectionKind.Signatures;

    private void Check(SectionEntry entry, long start, long count)
    {
        var end = Math.Min(start + count, entry.Length);
        for (var leaf = start / ImageFormat.LeafSize; leaf * ImageFormat.LeafSize < end; leaf++)
        {
            var index = entry.FirstLeaf + leaf;
            if (index >= _isChecked.Length || leaf >= entry.LeafCount)
            {
                throw ImageException.Damaged($"section {entry.Kind} has the wrong number of leaves");
            }

            if (!Volatile.Read(ref _isChecked[index]))
            {
                CheckLeaf(entry, leaf, index);
                Volatile.Write(ref _isChecked[index], true);
            }
        }
    }

    private void CheckLeaf(SectionEntry entry, long leaf, long index)
    {
        var at = leaf * ImageFormat.LeafSize;
        var bytes = _image.Bytes(entry.Offset + at, (int)Math.Min(ImageFormat.LeafSize, entry.Length - at));
        Span<byte> digest = stackalloc byte[Digest.Size];
        SHA256.HashData(bytes, digest);
        var leaves = _image.Bytes(_image.Directory.Find(SectionKind.Leaves));
        if (!digest.SequenceEqual(Checked.Slice(leaves, index * Digest.Size, Digest.Size)))
        {
            throw ImageException.Damaged($"section {entry.Kind} does not have its digest");
        }
    }
}
