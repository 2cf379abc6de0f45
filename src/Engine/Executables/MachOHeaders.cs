namespace Engine.Executables;

/// <summary>
/// Entry point and sections of a Mach-O file for one processor, 32 and 64 bits, both byte orders; the parts of a
/// universal file are objects of their own. The entry point comes from LC_MAIN, LC_UNIXTHREAD or LC_THREAD; the
/// reference engine knows it for PowerPC only.
/// </summary>
internal static class MachOHeaders
{
    private const int MaxCommands = 1024;
    private const int MaxSections = 2048;

    private const uint Segment = 0x01;
    private const uint Thread = 0x04;
    private const uint UnixThread = 0x05;
    private const uint Segment64 = 0x19;
    private const uint Main = 0x8000_0028;

    /// <exception cref="IOException">The object could not be read.</exception>
    public static ExecutableLayout? Read(HeaderBytes bytes)
    {
        if (!bytes.TryRead(0, 28, out var header) || OrderOf(header) is not { } order)
        {
            return null;
        }

        var processor = order.UInt32(header[4..]);
        var count = order.UInt32(header[16..]);
        if (count is 0 or > MaxCommands)
        {
            return null;
        }

        var sections = new List<(ulong Address, ExecutableSection Range)>();
        ulong? entryAddress = null;
        long? entryPoint = 0;
        long at = order.Is64Bit ? 32 : 28;
        for (var i = 0; i < count; i++)
        {
            if (!bytes.TryRead(at, 8, out var command))
            {
                return null;
            }

            var (kind, size) = (order.UInt32(command), order.UInt32(command[4..]));
            switch (kind)
            {
                case Segment or Segment64 when !TryAddSections(bytes, order with { Is64Bit = kind == Segment64 }, at, sections):
                    return null;
                case Thread or UnixThread:
                    entryAddress ??= ThreadEntry(bytes, order, processor, at + 8);
                    break;
                case Main when bytes.TryRead(at + 8, 8, out var main):
                    entryPoint = ExecutableLayout.Cut(order.UInt64(main), 0, bytes.Length).Start;
                    break;
            }

            // Too small a command would be read over and over.
            if (size < 8)
            {
                return null;
            }

            at += size;
        }

        return new ExecutableLayout
        {
            EntryPoint = entryAddress is { } address ? OffsetOf(sections, address) : entryPoint,
            Sections = sections.ConvertAll(s => s.Range),
        };
    }

    private static ByteOrder? OrderOf(ReadOnlySpan<byte> header) =>
        new ByteOrder(IsBigEndian: true, Is64Bit: false).UInt32(header) switch
        {
            0xFEEDFACE => new ByteOrder(IsBigEndian: true, Is64Bit: false),
            0xFEEDFACF => new ByteOrder(IsBigEndian: true, Is64Bit: true),
            0xCEFAEDFE => new ByteOrder(IsBigEndian: false, Is64Bit: false),
            0xCFFAEDFE => new ByteOrder(IsBigEndian: false, Is64Bit: true),
            _ => null,
        };

    private static bool TryAddSections(
        HeaderBytes bytes, ByteOrder order, long command, List<(ulong Address, ExecutableSection Range)> sections)
    {
        var headerSize = order.Is64Bit ? 72 : 56;
        var entrySize = order.Is64Bit ? 80 : 68;
        if (!bytes.TryRead(command, headerSize, out var segment))
        {
            return false;
        }

        var count = order.UInt32(segment[(headerSize - 8)..]);
        if (count > MaxSections - sections.Count
            || !bytes.TryRead(command + headerSize, (int)count * entrySize, out var table))
        {
            return false;
        }

        var word = order.Is64Bit ? 8 : 4;
        for (var i = 0; i < count; i++)
        {
            var entry = table[((i * entrySize) + 32)..];
            var size = order.Word(entry[word..]);
            var offset = order.UInt32(entry[(2 * word)..]);
            var alignment = 1UL << (int)(order.UInt32(entry[((2 * word) + 4)..]) & 31);
            var rounded = size > ulong.MaxValue - alignment ? size : (size + alignment - 1) / alignment * alignment;
            sections.Add((order.Word(entry), ExecutableLayout.Cut(offset, rounded, bytes.Length)));
        }

        return true;
    }

    /// <summary>The program counter in the state of a thread: flavour, length, then the registers.</summary>
    private static ulong? ThreadEntry(HeaderBytes bytes, ByteOrder order, uint processor, long state)
    {
        // Bytes from the first register to the program counter, and its width.
        (int Place, bool Is64Bit)? counter = processor switch
        {
            7 => (10 * 4, false),
            0x0100_0007 => (16 * 8, true),
            12 => (15 * 4, false),
            0x0100_000C => (32 * 8, true),
            18 => (0, false),
            0x0100_0012 => (0, true),
            _ => null,
        };
        return counter is { } found && bytes.TryRead(state + 8 + found.Place, found.Is64Bit ? 8 : 4, out var register)
            ? (order with { Is64Bit = found.Is64Bit }).Word(register)
            : null;
    }

    private static long? OffsetOf(List<(ulong Address, ExecutableSection Range)> sections, ulong address)
    {
        foreach (var (start, range) in sections)
        {
            if (start <= address && address - start < (ulong)range.Size)
            {
                return range.Start + (long)(address - start);
            }
        }

        return null;
    }
}
