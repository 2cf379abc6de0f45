using System.Buffers.Binary;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// A view of one logical signature in section <see cref="SectionKind.Logical"/>: 16 bytes — signature u32, first
/// subsignature u32, blob start u32, blob length u32 — and its blob in <see cref="SectionKind.LogicalCode"/>: target and
/// conditions, then the expression.
/// </summary>
internal readonly ref struct LogicalRecord
{
    public const int Size = 16;

    /// <summary>Container that is not asked for.</summary>
    public const byte NoType = 0xFF;

    /// <summary>Bytes of the fixed head of a blob.</summary>
    public const int HeadSize = 56;

    private readonly ReadOnlySpan<byte> _head;

    /// <exception cref="ImageException">The record leads out of its sections.</exception>
    public LogicalRecord(Image image, uint index)
    {
        var record = Checked.Slice(image.Bytes(image.Tables.Logical.Records), (long)index * Size, Size);
        Signature = BinaryPrimitives.ReadUInt32LittleEndian(record);
        FirstSubsignature = BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);
        var blob = Checked.Slice(
            image.Bytes(image.Tables.Logical.Code),
            BinaryPrimitives.ReadUInt32LittleEndian(record[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[12..]));
        _head = Checked.Slice(blob, 0, HeadSize);
        Intermediates = Checked.Slice(blob, HeadSize, _head[4]);
        Expression = blob[(HeadSize + Intermediates.Length)..];
    }

    public uint Signature { get; }

    /// <summary>Index in <see cref="SectionKind.Subsignatures"/>.</summary>
    public uint FirstSubsignature { get; }

    public int Target => _head[0];

    /// <summary>1 to 64.</summary>
    public int SubsignatureCount => _head[1];

    /// <summary>A <see cref="FileTypeName"/> or <see cref="NoType"/>.</summary>
    public byte Container => _head[2];

    /// <summary>As <see cref="Container"/>.</summary>
    public byte Handler => _head[3];

    /// <summary>Icon groups are asked for: never true.</summary>
    public bool NeedsIcon => (_head[5] & 1) != 0;

    /// <summary>All ranges are there; those not asked for hold everything.</summary>
    public NumberRange FileSize => Range(8);

    /// <summary>A minimum of -1: not asked for.</summary>
    public NumberRange EntryPoint => Range(24);

    /// <summary>A minimum of -1: not asked for.</summary>
    public NumberRange NumberOfSections => Range(40);

    /// <summary>A <see cref="FileTypeName"/> each, outermost first.</summary>
    public ReadOnlySpan<byte> Intermediates { get; }

    /// <summary>See <see cref="ExpressionCode"/>.</summary>
    public ReadOnlySpan<byte> Expression { get; }

    private NumberRange Range(int at) => new(
        BinaryPrimitives.ReadInt64LittleEndian(_head[at..]), BinaryPrimitives.ReadInt64LittleEndian(_head[(at + 8)..]));
}

/// <summary>What a subsignature is. Numbers are part of the image format.</summary>
internal enum SubsignatureKind : byte
{
    /// <summary>First and second word: the bodies; the second <see cref="SubsignatureRecord.None"/> when there is one.</summary>
    Body = 1,

    /// <summary>First word: start of a blob in <see cref="SectionKind.LogicalCode"/>, second: its length.</summary>
    Regex = 2,
    ByteCompare = 3,
    Macro = 4,

    /// <summary>Both words: the hash, low half first.</summary>
    FuzzyImage = 5,

    /// <summary>Blobs as above: see <see cref="ObjectTests"/>.</summary>
    FileSize = 6,
    NumberAt = 7,

    /// <summary>A blob as above: see <see cref="FormulaCode"/>.</summary>
    Formula = 8,
}

/// <summary>One entry of section <see cref="SectionKind.Subsignatures"/>: kind u32 and two words.</summary>
internal readonly record struct SubsignatureRecord(SubsignatureKind Kind, uint First, uint Second)
{
    public const int Size = 12;
    public const uint None = uint.MaxValue;

    /// <exception cref="ImageException">There is no such entry.</exception>
    public static SubsignatureRecord Read(Image image, long index)
    {
        var entry = Checked.Slice(image.Bytes(image.Tables.Logical.Subsignatures), index * Size, Size);
        return new SubsignatureRecord(
            (SubsignatureKind)entry[0],
            BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
    }

    /// <summary>The blob of a regex, byte comparison or macro.</summary>
    public ReadOnlySpan<byte> Blob(Image image) =>
        Checked.Slice(image.Bytes(image.Tables.Logical.Code), First, Second);
}
