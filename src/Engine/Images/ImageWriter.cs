using System.Security.Cryptography;
using Definitions;
using Microsoft.Win32.SafeHandles;

namespace Engine.Images;

/// <summary>
/// Lays sections out and writes the file: temporary name in the same folder, flush to disk, rename. Deterministic: the
/// leaves of the sections are made, hashed and written by all cores, each at its place.
/// </summary>
internal sealed class ImageWriter
{
    private readonly List<(SectionEntry Entry, SectionSource Source)> _sections = [];

    /// <summary>Adds a section that lies in memory; an empty one is left out.</summary>
    /// <param name="elementSize">Divides the length.</param>
    public void Add(
        SectionKind kind, ReadOnlyMemory<byte> bytes, int elementSize, SectionFlags flags, uint a = 0, uint b = 0, int log2 = 0) =>
        Add(kind, new MemorySource(bytes), elementSize, flags, a, b, log2);

    /// <summary>Adds a section whose bytes are made when they are written; an empty one is left out.</summary>
    /// <param name="elementSize">Divides the length.</param>
    /// <exception cref="OverflowException">The section is longer than 2 GiB.</exception>
    public void Add(
        SectionKind kind, SectionSource source, int elementSize, SectionFlags flags, uint a = 0, uint b = 0, int log2 = 0)
    {
        var length = checked((int)source.Length);
        if (length == 0)
        {
            return;
        }

        _sections.Add((
            new SectionEntry(
                kind, flags | SectionFlags.Required, 0, length, length / elementSize, (uint)elementSize, a, b, (uint)log2, 0, 0),
            source));
    }

    /// <summary>Writes everything and returns the file's length and its address (<see cref="Image.Address"/>).</summary>
    /// <exception cref="IOException">The file could not be written; nothing is left under its name.</exception>
    public (long Length, Digest Address) Write(string path, ImageStamp stamp, CompileScope scope)
    {
        var leaves = new byte[NumberLeaves() * Digest.Size];
        Add(SectionKind.Leaves, leaves, Digest.Size, SectionFlags.None);
        var length = Place();
        var temporary = path + ".tmp";
        try
        {
            var head = Array.Empty<byte>();
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                RandomAccess.SetLength(file, length);
                WriteSections(file, leaves, scope);
                RandomAccess.Write(file, leaves, OffsetOf(SectionKind.Leaves));
                head = Head(stamp, length, leaves);
                RandomAccess.Write(file, head, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            return (length, Digest.Of(head.AsSpan(0, ImageFormat.HeaderSize)));
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Gives each section its leaves and returns how many there are.</summary>
    private int NumberLeaves()
    {
        var leaves = 0;
        for (var i = 0; i < _sections.Count; i++)
        {
            var (entry, source) = _sections[i];
            var count = (int)((entry.Length + ImageFormat.LeafSize - 1) / ImageFormat.LeafSize);
            _sections[i] = (entry with { FirstLeaf = (uint)leaves, LeafCount = (uint)count }, source);
            leaves += count;
        }

        return leaves;
    }

    /// <summary>Gives each section its offset and returns the file's length.</summary>
    private long Place()
    {
        long end = ImageFormat.HeaderSize + (_sections.Count * ImageFormat.DirectoryEntrySize);
        for (var i = 0; i < _sections.Count; i++)
        {
            var (entry, source) = _sections[i];

            // The large alignment serves huge pages; a small image would be mostly holes.
            var isLargeAndHot = entry.Flags.HasFlag(SectionFlags.Hot) && entry.Length >= ImageFormat.HotAlignment;
            long alignment = isLargeAndHot ? ImageFormat.HotAlignment : ImageFormat.Alignment;
            var offset = (end + alignment - 1) / alignment * alignment;
            _sections[i] = (entry with { Offset = offset }, source);
            end = offset + entry.Length + ImageFormat.Padding;
        }

        return (end + ImageFormat.Alignment - 1) / ImageFormat.Alignment * ImageFormat.Alignment;
    }

    private void WriteSections(SafeFileHandle file, byte[] leaves, CompileScope scope)
    {
        var pieces = _sections
            .Where(section => section.Entry.Kind != SectionKind.Leaves)
            .SelectMany(section => Enumerable.Range(0, (int)section.Entry.LeafCount).Select(leaf => (section.Entry, section.Source, Leaf: leaf)))
            .ToArray();
        scope.Begin(CompileStage.Writing, pieces.Sum(piece => LengthOf(piece.Entry, piece.Leaf)));
        using var buffers = new ThreadLocal<byte[]>(static () => new byte[ImageFormat.LeafSize]);
        Cores.ForEach(pieces.Length, scope, i =>
        {
            var (entry, source, leaf) = pieces[i];
            var bytes = buffers.Value!.AsSpan(0, (int)LengthOf(entry, leaf));
            var offset = (long)leaf * ImageFormat.LeafSize;
            source.CopyTo(offset, bytes);
            SHA256.HashData(bytes, leaves.AsSpan(((int)entry.FirstLeaf + leaf) * Digest.Size));
            RandomAccess.Write(file, bytes, entry.Offset + offset);
            scope.Advance(bytes.Length);
        });
    }

    private long OffsetOf(SectionKind kind) => _sections.Find(section => section.Entry.Kind == kind).Entry?.Offset ?? 0;

    private static long LengthOf(in SectionEntry entry, int leaf) =>
        Math.Min(ImageFormat.LeafSize, entry.Length - ((long)leaf * ImageFormat.LeafSize));

    /// <summary>Header and directory.</summary>
    private byte[] Head(ImageStamp stamp, long length, byte[] leaves)
    {
        var head = new byte[ImageFormat.HeaderSize + (_sections.Count * ImageFormat.DirectoryEntrySize)];
        var directory = head.AsSpan(ImageFormat.HeaderSize);
        for (var i = 0; i < _sections.Count; i++)
        {
            _sections[i].Entry.WriteTo(directory[(i * ImageFormat.DirectoryEntrySize)..]);
        }

        new ImageHeader
        {
            FileLength = length,
            GenerationNumber = stamp.GenerationNumber,
            InputDigest = stamp.InputDigest,
            OptionsDigest = stamp.OptionsDigest,
            LeafRoot = Digest.Of(leaves),
            SectionCount = _sections.Count,
            DirectoryDigest = Digest.Of(directory),
        }.WriteTo(head);
        return head;
    }
}

/// <summary>What stands in the header and is not derived from the sections.</summary>
internal sealed record ImageStamp(long GenerationNumber, Digest InputDigest, Digest OptionsDigest);
