using System.Buffers.Binary;

namespace Engine.Executables;

/// <summary>
/// Finds the strings of a PE's version information: resource type 16, every name and language, then
/// VS_VERSIONINFO → StringFileInfo → string tables → strings (Windows SDK structures; which of them count as
/// <c>VI</c> was measured on the reference engine).
/// </summary>
internal static class PeVersionInformation
{
    private const uint VersionType = 16;
    private const uint Subdirectory = 0x8000_0000;

    /// <summary>Version resources looked at; one is usual.</summary>
    private const int MaxResources = 16;

    /// <summary>Entries of one resource directory looked at.</summary>
    private const int MaxEntries = 512;

    /// <summary>Bytes of one version resource; its lengths have 16 bits.</summary>
    private const int MaxBlock = ushort.MaxValue;

    private const int MaxStrings = 2048;

    /// <summary>Ascending, without repetition; empty when there is no version information or it makes no sense.</summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static IReadOnlyList<ExecutableSection> Read(PeHeaders pe)
    {
        var root = pe.Directory(PeHeaders.ResourceDirectory);
        if (root == 0)
        {
            return [];
        }

        var found = new SortedDictionary<long, long>();
        var resources = 0;
        foreach (var names in Entries(pe, root, root, id => id == VersionType, wantsDirectory: true))
        {
            foreach (var languages in Entries(pe, root, names, static _ => true, wantsDirectory: true))
            {
                foreach (var leaf in Entries(pe, root, languages, static _ => true, wantsDirectory: false))
                {
                    if (++resources > MaxResources)
                    {
                        return ToRanges(found);
                    }

                    AddStrings(pe, leaf, found);
                }
            }
        }

        return ToRanges(found);
    }

    private static ExecutableSection[] ToRanges(SortedDictionary<long, long> found) =>
        [.. found.Select(entry => new ExecutableSection(entry.Key, entry.Value))];

    /// <summary>The addresses that a resource directory's entries lead to.</summary>
    private static List<uint> Entries(PeHeaders pe, uint root, uint directory, Func<uint, bool> isWanted, bool wantsDirectory)
    {
        var found = new List<uint>();
        if (pe.OffsetOf(directory) is not { } offset || !pe.Bytes.TryRead(offset, 16, out var header))
        {
            return found;
        }

        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[12..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[14..]);
        if (!pe.Bytes.TryReadSome(offset + 16, Math.Min(count, MaxEntries) * 8, out var entries))
        {
            return found;
        }

        for (; entries.Length >= 8; entries = entries[8..])
        {
            var id = BinaryPrimitives.ReadUInt32LittleEndian(entries);
            var target = BinaryPrimitives.ReadUInt32LittleEndian(entries[4..]);
            if (isWanted(id) && (target & Subdirectory) != 0 == wantsDirectory && found.Count < MaxResources)
            {
                found.Add(unchecked(root + (target & ~Subdirectory)));
            }
        }

        return found;
    }

    private static void AddStrings(PeHeaders pe, uint leaf, SortedDictionary<long, long> found)
    {
        if (pe.OffsetOf(leaf) is not { } entry || !pe.Bytes.TryRead(entry, 8, out var data))
        {
            return;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
        if (pe.OffsetOf(BinaryPrimitives.ReadUInt32LittleEndian(data)) is not { } start
            || !pe.Bytes.TryReadSome(start, (int)Math.Min(size, MaxBlock), out var bytes)
            || VersionBlock.Read(bytes, 0, bytes.Length) is not { } version)
        {
            return;
        }

        foreach (var file in version.Children(bytes))
        {
            if (!file.HasKey(bytes, "StringFileInfo"))
            {
                continue;
            }

            foreach (var table in file.Children(bytes))
            {
                foreach (var text in table.Children(bytes))
                {
                    if (found.Count >= MaxStrings)
                    {
                        return;
                    }

                    found[start + text.Key] = text.End - text.Key;
                }
            }
        }
    }

    /// <summary>One node: u16 length, u16 length of the value, u16 type, UTF-16 key with NUL, value, children; each at a multiple of 4.</summary>
    /// <param name="Key">Where the key starts.</param>
    /// <param name="ChildStart">Where the first child starts.</param>
    /// <param name="End">Behind the last byte.</param>
    private readonly record struct VersionBlock(int Key, int ChildStart, int End)
    {
        private const int HeaderSize = 6;

        /// <summary>Null when there is no block that ends by <paramref name="limit"/>.</summary>
        public static VersionBlock? Read(ReadOnlySpan<byte> bytes, int start, int limit)
        {
            if (start + HeaderSize > limit)
            {
                return null;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[start..]);
            int valueLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(start + 2)..]);
            var end = Math.Min(start + length, limit);
            var key = start + HeaderSize;
            for (var at = key; at + 2 <= end; at += 2)
            {
                if (bytes[at] == 0 && bytes[at + 1] == 0)
                {
                    return new VersionBlock(key, Align(Align(at + 2) + valueLength), end);
                }
            }

            return null;
        }

        public bool HasKey(ReadOnlySpan<byte> bytes, string key)
        {
            for (var i = 0; i < key.Length; i++)
            {
                var at = Key + (2 * i);
                if (at + 1 >= End || bytes[at] != key[i] || bytes[at + 1] != 0)
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>The blocks inside, to the first that makes no sense.</summary>
        public List<VersionBlock> Children(ReadOnlySpan<byte> bytes)
        {
            var children = new List<VersionBlock>();
            var at = ChildStart;
            while (children.Count < MaxStrings && Read(bytes, at, End) is { } child)
            {
                children.Add(child);
                at = Align(child.End);
            }

            return children;
        }

        private static int Align(int position) => (position + 3) & ~3;
    }
}
