using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// Turns patterns into body records. Nothing here depends on other patterns, so several encoders may work at once; one
/// is used by one thread.
/// </summary>
internal sealed class PatternEncoder
{
    /// <summary>Bytes of a part's search key: enough to be rare, short enough to search fast.</summary>
    private const int MaxKeyLength = 12;

    private readonly ByteArena _arena = new();
    private readonly ByteBuffer _record = new();
    private readonly ByteBuffer _code = new();
    private readonly RunRarity _rarity = new();
    private readonly FixedRuns _runs;
    private readonly PartEncoder _parts;

    public PatternEncoder()
    {
        _runs = new FixedRuns(_arena);
        _parts = new PartEncoder(_code, _runs);
    }

    /// <exception cref="PatternTooWideException">The image cannot hold the pattern.</exception>
    public EncodedPattern Encode(HexPattern pattern, SignatureOffset offset, int target)
    {
        var parts = pattern.Parts;
        if (parts.Count is 0 or > ushort.MaxValue)
        {
            throw new PatternTooWideException("a pattern has 1 to 65,535 parts");
        }

        _runs.Clear();
        _record.Truncate(0);
        _record.Take(BodyRecord.HeaderSize + (parts.Count * BodyRecord.PartSize));
        for (var i = 0; i < parts.Count; i++)
        {
            var left = i == 0 ? pattern.Left : parts[i].Left;
            var right = i == parts.Count - 1 ? pattern.Right : parts[i].Right;
            EncodePart(parts[i], i, left, right);
        }

        WriteHead(offset, (ushort)(1 << target), parts.Count);
        return new EncodedPattern(_arena.Copy(_record.Written.Span), [.. _runs.Found], target, offset, IsDormant(offset, parts));
    }

    /// <summary>True when no bytes can make the pattern match: its offset is never reached, or a gap is empty.</summary>
    private static bool IsDormant(SignatureOffset offset, IReadOnlyList<PatternPart> parts)
    {
        var isDormant = offset.Base is OffsetBase.MacroGroup or OffsetBase.Never;
        for (var i = 1; i < parts.Count; i++)
        {
            isDormant |= parts[i].Gap.Maximum < parts[i].Gap.Minimum;
        }

        return isDormant;
    }

    private void WriteHead(SignatureOffset offset, ushort targetMask, int parts)
    {
        var head = _record.Room(0, BodyRecord.HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], targetMask);
        (head[6], head[7]) = ((byte)offset.Base, (byte)offset.Index);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], offset.Distance);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], offset.MaxShift);
        BinaryPrimitives.WriteUInt16LittleEndian(head[24..], (ushort)Math.Min(offset.Index, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(head[26..], (ushort)parts);
        BinaryPrimitives.WriteUInt32LittleEndian(head[40..], (uint)_record.Length);
    }

    private void EncodePart(PatternPart part, int index, PatternBoundary? left, PatternBoundary? right)
    {
        var items = ItemsOf(part);
        var hasLead = items.Length > 2 && items[1] is ShortGapItem;
        var hasTrail = items.Length > 2 && items[^2] is ShortGapItem;
        var core = items[(hasLead ? 2 : 0)..(items.Length - (hasTrail ? 2 : 0))];
        var firstRun = _runs.Found.Count;
        _code.Truncate(0);
        _parts.Encode(core, index);
        var key = AnchorModel.ChooseKey(_rarity, _runs.Found, firstRun, MaxKeyLength)
            ?? throw new PatternTooWideException("a part has no two fixed bytes in a row");

        Span<byte> record = stackalloc byte[BodyRecord.PartSize];
        record.Clear();
        var codeOffset = _record.Length;
        _record.Add(_code.Written.Span);
        var keyOffset = _record.Length;
        _record.Add(key.Bytes.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)part.Gap.Minimum);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], part.Gap.Maximum is { } max ? (uint)max : PartRecord.Unbounded);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)_parts.MinLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)_parts.MaxLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[16..], (uint)codeOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(record[20..], (uint)_code.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[24..], (uint)key.Min);
        BinaryPrimitives.WriteUInt32LittleEndian(record[28..], (uint)key.Max);
        BinaryPrimitives.WriteUInt32LittleEndian(record[32..], (uint)keyOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(
            record[36..], (ushort)((uint)key.Bytes.Length | (key.Folded.Span.Contains((byte)1) ? PartRecord.FoldedKey : 0)));
        record[38] = BoundarySets.Encode(left);
        record[39] = BoundarySets.Encode(right);
        record[40] = record[42] = 1;
        if (hasLead || hasTrail)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record[44..], (uint)_record.Length);
            AddSide(hasLead ? items[0] : null, hasLead ? (ShortGapItem)items[1] : null, record.Slice(40, 2));
            AddSide(hasTrail ? items[^1] : null, hasTrail ? (ShortGapItem)items[^2] : null, record.Slice(42, 2));
        }

        record.CopyTo(_record.Room(BodyRecord.HeaderSize + (index * BodyRecord.PartSize), BodyRecord.PartSize));
    }

    private static ReadOnlySpan<PatternItem> ItemsOf(PatternPart part) => part.Items switch
    {
        List<PatternItem> list => CollectionsMarshal.AsSpan(list),
        PatternItem[] array => array,
        var other => other.ToArray(),
    };

    /// <summary>Writes the set of a set-off byte and its range of distances; an empty set and range 1 to 0 for none.</summary>
    private void AddSide(PatternItem? item, ShortGapItem? gap, Span<byte> range)
    {
        Span<byte> set = stackalloc byte[PartRecord.SetSize];
        set.Clear();
        if (item is not null && !PartEncoder.TryEncodeSet(item, set))
        {
            throw new PatternTooWideException("the byte beside a short gap is not a single byte");
        }

        if (gap is not null)
        {
            if (gap.Minimum < 0 || gap.Minimum > gap.Maximum || gap.Maximum > PartMatcher.Context - 2)
            {
                throw new PatternTooWideException("a short gap has 0 to 32 bytes");
            }

            (range[0], range[1]) = ((byte)gap.Minimum, (byte)gap.Maximum);
        }

        _record.Add(set);
    }
}
