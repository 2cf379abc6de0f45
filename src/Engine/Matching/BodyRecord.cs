using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// A view of one body in section <see cref="SectionKind.Bodies"/>: a header of 48 bytes, a table of parts of 48 bytes
/// each, then their programs, keys and sets. Offsets inside are from the record's start.
/// </summary>
internal readonly ref struct BodyRecord
{
    public const int HeaderSize = 48;
    public const int PartSize = 48;

    /// <summary>In the flags at 24.</summary>
    public const ushort LogicalFlag = 1;

    /// <summary>Place of <see cref="Users"/>.</summary>
    public const int UsersAt = 44;

    private readonly ReadOnlySpan<byte> _record;

    /// <exception cref="ImageException">The record leaves its section.</exception>
    public BodyRecord(ReadOnlySpan<byte> section, uint start)
    {
        var header = Checked.Slice(section, start, HeaderSize);
        _record = Checked.Slice(section, start, BinaryPrimitives.ReadUInt32LittleEndian(header[40..]));
        Checked.Slice(_record, 0, HeaderSize);
        Checked.Slice(_record, HeaderSize, (long)PartCount * PartSize);
        if (AnchorPart >= PartCount || AnchorMax < AnchorMin || AnchorMax - AnchorMin > PartCode.MaxSpread)
        {
            throw ImageException.Damaged("a body's anchor lies in no part");
        }
    }

    /// <summary>It counts for logical signatures and is not reported itself.</summary>
    public bool IsLogical => (_record[30] & LogicalFlag) != 0;

    /// <summary>Of a logical body: where its list in <see cref="SectionKind.BodyUsers"/> starts.</summary>
    public uint Users => BinaryPrimitives.ReadUInt32LittleEndian(_record[44..]);

    /// <summary>Of a body that is not logical.</summary>
    public uint Signature => BinaryPrimitives.ReadUInt32LittleEndian(_record);

    public ushort TargetMask => BinaryPrimitives.ReadUInt16LittleEndian(_record[4..]);

    public OffsetBase OffsetBase => (OffsetBase)_record[6];

    public long Distance => BinaryPrimitives.ReadInt64LittleEndian(_record[8..]);

    public long MaxShift => BinaryPrimitives.ReadInt64LittleEndian(_record[16..]);

    /// <summary>The section's number for the offsets that name one.</summary>
    public int SectionIndex => BinaryPrimitives.ReadUInt16LittleEndian(_record[24..]);

    public int PartCount => BinaryPrimitives.ReadUInt16LittleEndian(_record[26..]);

    public int AnchorPart => BinaryPrimitives.ReadUInt16LittleEndian(_record[28..]);

    /// <summary>Least and most bytes from the start of the anchor's part to the anchor.</summary>
    public uint AnchorMin => BinaryPrimitives.ReadUInt32LittleEndian(_record[32..]);

    public uint AnchorMax => BinaryPrimitives.ReadUInt32LittleEndian(_record[36..]);

    /// <exception cref="ImageException">The part's blobs leave the record.</exception>
    public PartRecord Part(int index) => new(_record, Checked.Slice(_record, HeaderSize + ((long)index * PartSize), PartSize));

    /// <summary>
    /// First and last start that the offset allows, last below first when none is. Between them all are allowed but
    /// for <see cref="OffsetBase.VersionInformation"/>: see <see cref="ExecutableOffsets.IsStart"/>.
    /// </summary>
    public (long First, long Last) StartRange(in ContentView view)
    {
        var length = view.Length;
        switch (OffsetBase)
        {
            case OffsetBase.Any:
                return (0, length);
            case OffsetBase.Start:
                return (Distance, Saturate(Distance, MaxShift, length));
            case OffsetBase.End when length >= Distance:
                return (length - Distance, Saturate(length - Distance, MaxShift, length));
            default:
                return ExecutableOffsets.StartRange(this, view);
        }
    }

    private static long Saturate(long start, long shift, long length) => shift >= length ? length : Math.Min(start + shift, length);
}

/// <summary>One part of a body: items that follow each other without a splitting gap.</summary>
internal readonly ref struct PartRecord
{
    /// <summary>A gap without an upper end.</summary>
    public const uint Unbounded = uint.MaxValue;

    /// <summary>Set in the key's length when letters of the key, all in lower case, stand for either case.</summary>
    public const uint FoldedKey = 0x8000;

    /// <summary>Bytes in a 256-bit set.</summary>
    public const int SetSize = 32;

    private readonly ReadOnlySpan<byte> _part;

    public PartRecord(ReadOnlySpan<byte> record, ReadOnlySpan<byte> part)
    {
        _part = part;
        Code = Checked.Slice(
            record, BinaryPrimitives.ReadUInt32LittleEndian(part[16..]), BinaryPrimitives.ReadUInt32LittleEndian(part[20..]));
        Key = Checked.Slice(
            record, BinaryPrimitives.ReadUInt32LittleEndian(part[32..]), (uint)BinaryPrimitives.ReadUInt16LittleEndian(part[36..]) & ~FoldedKey);
        if (Key.Length < 2 || KeyMax < KeyMin || KeyMax - KeyMin > PartCode.MaxSpread)
        {
            throw ImageException.Damaged("a part has no key");
        }

        if (MinLength < 2 || MinLength > MaxLength || MaxLength > PartCode.MaxLength)
        {
            throw ImageException.Damaged("a part has an impossible length");
        }

        var sets = BinaryPrimitives.ReadUInt32LittleEndian(part[44..]);
        if (HasLead || HasTrail)
        {
            LeadSet = Checked.Slice(record, sets, SetSize);
            TrailSet = Checked.Slice(record, (long)sets + SetSize, SetSize);
        }
    }

    public uint GapMin => BinaryPrimitives.ReadUInt32LittleEndian(_part);

    public uint GapMax => BinaryPrimitives.ReadUInt32LittleEndian(_part[4..]);

    /// <summary>Bytes of the shortest and longest core.</summary>
    public uint MinLength => BinaryPrimitives.ReadUInt32LittleEndian(_part[8..]);

    public uint MaxLength => BinaryPrimitives.ReadUInt32LittleEndian(_part[12..]);

    /// <summary>The core's program: see <see cref="PartCode"/>.</summary>
    public ReadOnlySpan<byte> Code { get; }

    /// <summary>Literal bytes that every match of the part holds, for searching it.</summary>
    public ReadOnlySpan<byte> Key { get; }

    public bool IsKeyFolded => (_part[37] & 0x80) != 0;

    /// <summary>Least and most bytes from the part's start to <see cref="Key"/>.</summary>
    public uint KeyMin => BinaryPrimitives.ReadUInt32LittleEndian(_part[24..]);

    public uint KeyMax => BinaryPrimitives.ReadUInt32LittleEndian(_part[28..]);

    /// <summary>Boundary code before and after the core: 0 none, else see <see cref="BoundarySets"/>.</summary>
    public byte Left => _part[38];

    public byte Right => _part[39];

    /// <summary>A set-off single byte before the core: least and most bytes between.</summary>
    public byte LeadMin => _part[40];

    public byte LeadMax => _part[41];

    public byte TrailMin => _part[42];

    public byte TrailMax => _part[43];

    public bool HasLead => LeadMin <= LeadMax;

    public bool HasTrail => TrailMin <= TrailMax;

    public ReadOnlySpan<byte> LeadSet { get; }

    public ReadOnlySpan<byte> TrailSet { get; }

    /// <summary>Whether a set of <see cref="SetSize"/> bytes has the bit of a value.</summary>
    public static bool IsIn(ReadOnlySpan<byte> set, byte value) => (set[value >> 3] & (1 << (value & 7))) != 0;
}
