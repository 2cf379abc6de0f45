using System.Globalization;
using Definitions;

namespace Engine.Images;

/// <summary>The sections of an opened image, checked for range, order, alignment and element size.</summary>
internal sealed class SectionDirectory
{
    private readonly SectionEntry[] _entries;
    private readonly Dictionary<(SectionKind, uint, uint), Section> _sections = [];

    private SectionDirectory(SectionEntry[] entries)
    {
        _entries = entries;
        foreach (var entry in entries)
        {
            var section = new Section(entry.Offset, (int)entry.Length, (int)entry.Count, (int)entry.C);
            if (!_sections.TryAdd((entry.Kind, entry.A, entry.B), section))
            {
                throw ImageException.Damaged($"section {entry.Kind} occurs twice");
            }
        }
    }

    public IReadOnlyList<SectionEntry> Entries => _entries;

    /// <summary>Work grows with the number of sections only.</summary>
    /// <exception cref="ImageException">An entry cannot be, or is needed and unknown.</exception>
    public static SectionDirectory Read(MappedFile file, ImageHeader header)
    {
        var size = header.SectionCount * ImageFormat.DirectoryEntrySize;
        if (file.Length < ImageFormat.HeaderSize + (long)size)
        {
            throw new ImageException(ImageFault.Truncated, "The image ends inside its section directory.");
        }

        var bytes = file.Slice(ImageFormat.HeaderSize, size);
        if (Digest.Of(bytes) != header.DirectoryDigest)
        {
            throw ImageException.Damaged("the section directory does not have its digest");
        }

        var entries = new SectionEntry[header.SectionCount];
        var end = ImageFormat.HeaderSize + (long)size;
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = SectionEntry.Read(bytes[(i * ImageFormat.DirectoryEntrySize)..]);
            Check(entries[i], end, file.Length);
            end = entries[i].Offset + entries[i].Length;
        }

        return new SectionDirectory(entries);
    }

    /// <summary>The section, or an absent one.</summary>
    public Section Find(SectionKind kind, uint a = 0, uint b = 0) => _sections.GetValueOrDefault((kind, a, b));

    public IReadOnlyList<ImageSection> Describe() =>
    [
        .. _entries.Select(e => new ImageSection(
            string.Create(CultureInfo.InvariantCulture, $"{e.Kind}({e.A},{e.B})"), e.Count, e.Length)),
    ];

    private static void Check(SectionEntry entry, long previousEnd, long fileLength)
    {
        if (!Enum.IsDefined(entry.Kind) && entry.Flags.HasFlag(SectionFlags.Required))
        {
            throw new ImageException(
                ImageFault.FormatTooNew, $"The image needs section kind {(uint)entry.Kind}, which this engine does not know.");
        }

        var isInRange = entry.Offset >= previousEnd
            && entry.Offset % ImageFormat.Alignment == 0
            && entry.Length is >= 0 and <= int.MaxValue
            && entry.Offset <= fileLength - entry.Length;
        if (!isInRange
            || entry.ElementSize == 0
            || entry.Count is < 0 or > int.MaxValue
            || entry.Count * entry.ElementSize != entry.Length
            || entry.C > 31)
        {
            throw ImageException.Damaged($"section {entry.Kind} has an impossible place or size");
        }
    }
}
