using System.Security.Cryptography;
using Definitions;

namespace Engine.Images;

/// <summary>
/// Lays sections out and writes the file: temporary name in the same folder, flush to disk, rename. Deterministic.
/// </summary>
internal sealed class ImageWriter
{
    private readonly List<(SectionEntry Entry, ReadOnlyMemory<byte> Bytes)> _sections = [];

    /// <summary>Adds a section; an empty one is left out.</summary>
    /// <param name="elementSize">Divides the length.</param>
    public void Add(
        SectionKind kind, ReadOnlyMemory<byte> bytes, int elementSize, SectionFlags flags, uint a = 0, uint b = 0, int log2 = 0)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _sections.Add((
            new SectionEntry(
                kind, flags | SectionFlags.Required, 0, bytes.Length, bytes.Length / elementSize, (uint)elementSize, a, b, (uint)log2, 0, 0),
            bytes));
    }

    /// <summary>Writes everything and returns the file's length and digest.</summary>
    /// <exception cref="IOException">The file could not be written; nothing is left under its name.</exception>
    public (long Length, Digest Digest) Write(
        string path, long generationNumber, Digest inputDigest, Digest optionsDigest, DateTimeOffset buildTime,
        CancellationToken cancellationToken)
    {
        var leaves = new ByteBuffer();
        for (var i = 0; i < _sections.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (entry, bytes) = _sections[i];
            var first = leaves.Length / Digest.Size;
            AddLeaves(leaves, bytes.Span);
            _sections[i] = (entry with { FirstLeaf = (uint)first, LeafCount = (uint)((leaves.Length / Digest.Size) - first) }, bytes);
        }

        var leafRoot = Digest.Of(leaves.Written.Span);
        Add(SectionKind.Leaves, leaves.Written, Digest.Size, SectionFlags.None);
        var length = Place();
        var directory = new byte[_sections.Count * ImageFormat.DirectoryEntrySize];
        for (var i = 0; i < _sections.Count; i++)
        {
            _sections[i].Entry.WriteTo(directory.AsSpan(i * ImageFormat.DirectoryEntrySize));
        }

        var head = new byte[ImageFormat.HeaderSize + directory.Length];
        new ImageHeader
        {
            FileLength = length,
            GenerationNumber = generationNumber,
            InputDigest = inputDigest,
            OptionsDigest = optionsDigest,
            LeafRoot = leafRoot,
            BuildTime = buildTime.ToUnixTimeSeconds(),
            SectionCount = _sections.Count,
            DirectoryDigest = Digest.Of(directory),
        }.WriteTo(head);
        directory.CopyTo(head, ImageFormat.HeaderSize);
        return (length, WriteFile(path, head, length, cancellationToken));
    }

    private static void AddLeaves(ByteBuffer leaves, ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at += ImageFormat.LeafSize)
        {
            SHA256.HashData(bytes.Slice(at, Math.Min(ImageFormat.LeafSize, bytes.Length - at)), leaves.Take(Digest.Size));
        }
    }

    /// <summary>Gives each section its offset and returns the file's length.</summary>
    private long Place()
    {
        long end = ImageFormat.HeaderSize + (_sections.Count * ImageFormat.DirectoryEntrySize);
        for (var i = 0; i < _sections.Count; i++)
        {
            var (entry, bytes) = _sections[i];

            // The large alignment serves huge pages; a small image would be mostly holes.
            var isLargeAndHot = entry.Flags.HasFlag(SectionFlags.Hot) && entry.Length >= ImageFormat.HotAlignment;
            long alignment = isLargeAndHot ? ImageFormat.HotAlignment : ImageFormat.Alignment;
            var offset = (end + alignment - 1) / alignment * alignment;
            _sections[i] = (entry with { Offset = offset }, bytes);
            end = offset + entry.Length + ImageFormat.Padding;
        }

        return (end + ImageFormat.Alignment - 1) / ImageFormat.Alignment * ImageFormat.Alignment;
    }

    private Digest WriteFile(string path, byte[] head, long length, CancellationToken cancellationToken)
    {
        var temporary = path + ".tmp";
        try
        {
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                Append(file, digest, head);
                var end = (long)head.Length;
                foreach (var (entry, bytes) in _sections)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    AppendZeros(file, digest, entry.Offset - end);
                    Append(file, digest, bytes.Span);
                    end = entry.Offset + entry.Length;
                }

                AppendZeros(file, digest, length - end);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return Digest.Of(digest);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Append(FileStream file, IncrementalHash digest, ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(bytes);
        file.Write(bytes);
    }

    private static void AppendZeros(FileStream file, IncrementalHash digest, long count)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[ImageFormat.Alignment];
        for (; count > 0; count -= zeros.Length)
        {
            Append(file, digest, zeros[..(int)Math.Min(count, zeros.Length)]);
        }
    }
}
