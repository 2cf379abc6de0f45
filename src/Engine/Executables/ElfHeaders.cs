namespace Engine.Executables;

/// <summary>
/// Entry point and sections of an ELF file, 32 and 64 bits, both byte orders. Copies what makes the reference engine
/// use nothing of a file: no section table, more than 128 segments or 2,048 sections, entries of another size, tables
/// that leave the file, an entry point outside all segments.
/// </summary>
internal static class ElfHeaders
{
    private const int MaxSegments = 128;
    private const int MaxSections = 2048;

    /// <exception cref="IOException">The object could not be read.</exception>
    public static ExecutableLayout? Read(HeaderBytes bytes)
    {
        if (!bytes.TryRead(0, 52, out var header) || !header.StartsWith("\u007fELF"u8)
            || header[4] is not (1 or 2) || header[5] is not (1 or 2))
        {
            return null;
        }

        var order = new ByteOrder(IsBigEndian: header[5] == 2, Is64Bit: header[4] == 2);
        if (order.Is64Bit && !bytes.TryRead(0, 64, out header))
        {
            return null;
        }

        var word = order.Is64Bit ? 8 : 4;
        var counts = header[(24 + (3 * word) + 4)..];
        var entry = order.Word(header[24..]);
        var segmentTable = order.Word(header[(24 + word)..]);
        var sectionTable = order.Word(header[(24 + (2 * word))..]);
        var segments = new Table(segmentTable, order.UInt16(counts[4..]), order.UInt16(counts[2..]), order.Is64Bit ? 56 : 32);
        var sections = new Table(sectionTable, order.UInt16(counts[8..]), order.UInt16(counts[6..]), order.Is64Bit ? 64 : 40);
        if (EntryOffset(bytes, order, segments, entry) is not { } entryPoint
            || Sections(bytes, order, sections) is not { } found)
        {
            return null;
        }

        return new ExecutableLayout { EntryPoint = entryPoint, Sections = found };
    }

    private static long? EntryOffset(HeaderBytes bytes, ByteOrder order, Table segments, ulong entry)
    {
        if (segments.Count == 0)
        {
            return 0;
        }

        if (segments.Count > MaxSegments || !segments.TryRead(bytes, out var table))
        {
            return null;
        }

        if (entry == 0)
        {
            return 0;
        }

        for (var i = 0; i < segments.Count; i++)
        {
            var segment = table[(i * segments.EntrySize)..];
            var offset = order.Word(segment[(order.Is64Bit ? 8 : 4)..]);
            var address = order.Word(segment[(order.Is64Bit ? 16 : 8)..]);
            var size = order.Word(segment[(order.Is64Bit ? 40 : 20)..]);
            if (address <= entry && entry - address < size)
            {
                return ExecutableLayout.Cut(unchecked(offset + (entry - address)), 0, bytes.Length).Start;
            }
        }

        return null;
    }

    private static ExecutableSection[]? Sections(HeaderBytes bytes, ByteOrder order, Table sections)
    {
        if (sections.Count is 0 or > MaxSections || !sections.TryRead(bytes, out var table))
        {
            return null;
        }

        var found = new ExecutableSection[sections.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var section = table[(i * sections.EntrySize)..];
            var offset = order.Word(section[(order.Is64Bit ? 24 : 16)..]);
            var size = order.Word(section[(order.Is64Bit ? 32 : 20)..]);
            found[i] = ExecutableLayout.Cut(offset, size, bytes.Length);
        }

        return found;
    }

    /// <summary>A table of headers: where, how many, how large the file says an entry is, and how large it has to be.</summary>
    private readonly record struct Table(ulong Offset, int Count, int StatedSize, int EntrySize)
    {
        public bool TryRead(HeaderBytes bytes, out ReadOnlySpan<byte> table)
        {
            table = default;
            return StatedSize == EntrySize && Offset <= (ulong)bytes.Length
                && bytes.TryRead((long)Offset, Count * EntrySize, out table);
        }
    }
}
