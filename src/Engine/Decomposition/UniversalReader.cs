using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Engine.Executables;
using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>
/// The parts of a universal Mach-O file, one for each processor, in the order of their places; members are views.
/// Parts that overlap the header or each other are damage: they would multiply what there is to scan.
/// </summary>
internal sealed class UniversalReader : IContainerReader
{
    /// <summary>More parts than there are processors; the reference engine has a limit of this kind too.</summary>
    private const int MaxParts = 32;

    private const int HeaderSize = 8;
    private const int EntrySize = 20;

    private readonly ReaderContext _context;
    private readonly Queue<(uint Processor, ExecutableSection Place)> _parts = new();

    public UniversalReader(ReaderContext context)
    {
        _context = context;
        var header = context.Content.Peek(0, HeaderSize);
        var count = header.Length < HeaderSize ? 0 : BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        var table = context.Content.Peek(HeaderSize, (int)Math.Min(count, MaxParts) * EntrySize);
        var found = new List<(uint Processor, ExecutableSection Place)>();
        for (; table.Length >= EntrySize; table = table[EntrySize..])
        {
            found.Add((
                BinaryPrimitives.ReadUInt32BigEndian(table),
                new ExecutableSection(BinaryPrimitives.ReadUInt32BigEndian(table[8..]), BinaryPrimitives.ReadUInt32BigEndian(table[12..]))));
        }

        var isDamaged = found.Count != count;
        var end = HeaderSize + ((long)found.Count * EntrySize);
        foreach (var part in found.OrderBy(p => p.Place.Start))
        {
            var isSound = part.Place.Start >= end && part.Place.Start + part.Place.Size <= context.Content.Length;
            isDamaged |= !isSound;
            if (isSound)
            {
                _parts.Enqueue(part);
                end = part.Place.Start + part.Place.Size;
            }
        }

        if (isDamaged)
        {
            context.Report(ScanCode.DecMalformedContainerDetected);
        }
    }

    public bool TryReadNext([NotNullWhen(true)] out Member? member)
    {
        _context.Budget.Check();
        member = null;
        if (!_parts.TryDequeue(out var part))
        {
            return false;
        }

        member = new Member
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"cpu-{part.Processor:x}"),
            View = new SliceContent(_context.Content, part.Place.Start, part.Place.Size),
        };
        return true;
    }

    public void Dispose()
    {
        // Nothing is held: members are views.
    }
}
