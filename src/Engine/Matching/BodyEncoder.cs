using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>Writes body records (see <see cref="BodyRecord"/>) and picks each body's anchor.</summary>
internal sealed class BodyEncoder(AnchorModel model)
{
    /// <summary>Bytes of a part's search key: enough to be rare, short enough to search fast.</summary>
    private const int MaxKeyLength = 12;

    private readonly ByteBuffer _bodies = new();
    private readonly ByteBuffer _index = new();
    private readonly ByteBuffer _code = new();
    private readonly List<FixedRun> _runs = [];
    private readonly List<LongAnchor> _longAnchors = [];

    public ByteBuffer Bodies => _bodies;

    public ByteBuffer Index => _index;

    public int Count => _index.Length / 4;

    /// <summary>Appends the record.</summary>
    /// <returns>The anchor of at most 5 bytes, or null when the body can never match in this engine.</returns>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public Anchor? Add(BodySignature signature, uint signatureId) => Add(signature, signatureId, flags: 0);

    /// <summary>Appends a body that counts for logical signatures; <see cref="SetUsers"/> completes it.</summary>
    /// <exception cref="PatternTooWideException">The image cannot hold the pattern; nothing was added.</exception>
    public Anchor? AddLogical(BodySignature signature) => Add(signature, uint.MaxValue, BodyRecord.LogicalFlag);

    /// <summary>Where the users of a logical body stand.</summary>
    public void SetUsers(uint body, uint start)
    {
        var record = BinaryPrimitives.ReadUInt32LittleEndian(_index.Room((int)body * 4, 4));
        _bodies.SetUInt32((int)record + BodyRecord.UsersAt, start);
    }

    /// <summary>
    /// Decides, all bodies being there, which are looked for by windows of 15 bytes, and notes it in their records.
    /// </summary>
    /// <param name="anchors">What the bodies were given when they were added, in that order.</param>
    public List<Anchor> FinishAnchors(List<Anchor> anchors)
    {
        var rule = new LongWindowRule(_longAnchors, anchors.Count);
        var next = 0;
        var finished = new List<Anchor>(anchors.Count);
        foreach (var anchor in anchors)
        {
            while (next < _longAnchors.Count && _longAnchors[next].Anchor.Body < anchor.Body)
            {
                next++;
            }

            if (next == _longAnchors.Count || _longAnchors[next].Anchor.Body != anchor.Body || !rule.Takes(_longAnchors[next]))
            {
                finished.Add(anchor);
                continue;
            }

            var chosen = _longAnchors[next];
            var record = (int)BinaryPrimitives.ReadUInt32LittleEndian(_index.Room((int)anchor.Body * 4, 4));
            BodyRecord.SetAnchor(_bodies.Room(record, BodyRecord.HeaderSize), chosen.Part, chosen.Min, chosen.Max);
            finished.Add(chosen.Anchor);
        }

        return finished;
    }

    /// <summary>Estimated rarity of the last body's anchor, in bits.</summary>
    public float LastBits { get; private set; }

    private Anchor? Add(BodySignature signature, uint signatureId, ushort flags)
    {
        var start = _bodies.Length;
        try
        {
            var anchor = Encode(signature, signatureId, flags, start);
            _index.AddUInt32((uint)start);
            return anchor;
        }
        catch (PatternTooWideException)
        {
            _bodies.Truncate(start);
            throw;
        }
    }

    /// <summary>True when no bytes can make the signature match: its offset is never reached, or a gap is empty.</summary>
    public static bool IsDormant(BodySignature signature) =>
        signature.Offset.Base is OffsetBase.MacroGroup or OffsetBase.Never
        || signature.Pattern.Parts.Skip(1).Any(p => p.Gap.Maximum < p.Gap.Minimum);

    private Anchor? Encode(BodySignature signature, uint signatureId, ushort flags, int start)
    {
        var pattern = signature.Pattern;
        var parts = pattern.Parts;
        if (parts.Count is 0 or > ushort.MaxValue)
        {
            throw new PatternTooWideException("a pattern has 1 to 65,535 parts");
        }

        _runs.Clear();
        _bodies.Take(BodyRecord.HeaderSize + (parts.Count * BodyRecord.PartSize));
        for (var i = 0; i < parts.Count; i++)
        {
            var left = i == 0 ? pattern.Left : parts[i].Left;
            var right = i == parts.Count - 1 ? pattern.Right : parts[i].Right;
            EncodePart(parts[i], i, left, right, start);
        }

        var choice = model.Choose(_runs);
        LastBits = choice.Bits;
        var header = new ByteBuffer();
        header.AddUInt32(signatureId);
        header.AddUInt16((ushort)(1 << signature.Target));
        header.AddByte((byte)signature.Offset.Base);
        header.AddByte((byte)signature.Offset.Index);
        header.AddInt64(signature.Offset.Distance);
        header.AddInt64(signature.Offset.MaxShift);
        header.AddUInt16((ushort)Math.Min(signature.Offset.Index, ushort.MaxValue));
        header.AddUInt16((ushort)parts.Count);
        header.AddUInt16(0);
        header.AddUInt16(flags);
        header.AddInt64(0);
        header.AddUInt32((uint)(_bodies.Length - start));
        header.AddUInt32(0);
        Overwrite(start, header.Written.Span);
        BodyRecord.SetAnchor(_bodies.Room(start, BodyRecord.HeaderSize), choice.Part, choice.Min, choice.Max);
        if (IsDormant(signature))
        {
            return null;
        }

        if (model.ChooseLong(_runs) is { } found)
        {
            var anchor = model.Use(found, (uint)Count, signature.Target);
            _longAnchors.Add(new LongAnchor(anchor, found.Part, found.Min, found.Max, found.Bits, choice.Bits));
        }

        return model.Use(choice, (uint)Count, signature.Target);
    }

    private void EncodePart(PatternPart part, int index, PatternBoundary? left, PatternBoundary? right, int start)
    {
        var items = part.Items.ToArray();
        var hasLead = items.Length > 2 && items[1] is ShortGapItem;
        var hasTrail = items.Length > 2 && items[^2] is ShortGapItem;
        var core = items.AsSpan((hasLead ? 2 : 0)..(items.Length - (hasTrail ? 2 : 0)));
        var firstRun = _runs.Count;
        _code.Truncate(0);
        var encoder = new PartEncoder(_code, _runs.Add, index);
        encoder.Encode(core);
        var key = AnchorModel.ChooseKey(_runs, firstRun, MaxKeyLength)
            ?? throw new PatternTooWideException("a part has no two fixed bytes in a row");

        var record = new byte[BodyRecord.PartSize];
        var codeOffset = _bodies.Length - start;
        _bodies.Add(_code.Written.Span);
        var keyOffset = _bodies.Length - start;
        _bodies.Add(key.Bytes.Span);
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)part.Gap.Minimum);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), part.Gap.Maximum is { } max ? (uint)max : PartRecord.Unbounded);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), (uint)encoder.MinLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), (uint)encoder.MaxLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(16), (uint)codeOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(20), (uint)_code.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(24), (uint)key.Min);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(28), (uint)key.Max);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(32), (uint)keyOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(36), (ushort)((uint)key.Bytes.Length | (key.Folded.Span.Contains((byte)1) ? PartRecord.FoldedKey : 0)));
        record[38] = BoundarySets.Encode(left);
        record[39] = BoundarySets.Encode(right);
        record[40] = record[42] = 1;
        if (hasLead || hasTrail)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(44), (uint)(_bodies.Length - start));
            AddSide(hasLead ? items[0] : null, hasLead ? (ShortGapItem)items[1] : null, record.AsSpan(40, 2));
            AddSide(hasTrail ? items[^1] : null, hasTrail ? (ShortGapItem)items[^2] : null, record.AsSpan(42, 2));
        }

        Overwrite(start + BodyRecord.HeaderSize + (index * BodyRecord.PartSize), record);
    }

    /// <summary>Writes the set of a set-off byte and its range of distances; an empty set and range 1 to 0 for none.</summary>
    private void AddSide(PatternItem? item, ShortGapItem? gap, Span<byte> range)
    {
        Span<byte> set = stackalloc byte[PartRecord.SetSize];
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

        _bodies.Add(set);
    }

    private void Overwrite(int position, ReadOnlySpan<byte> bytes) => bytes.CopyTo(_bodies.Room(position, bytes.Length));
}
