using System.Buffers.Binary;
using System.Text;
using Definitions.Signatures;
using Engine.Images;

namespace Engine.Matching;

/// <summary>
/// A regular expression in section <see cref="SectionKind.LogicalCode"/>: modes u32, offset base u32, index u32, distance
/// i64, shift i64, length of the trigger u32, the trigger, the expression in UTF-8.
/// </summary>
internal readonly ref struct RegexBlob
{
    private const int HeadSize = 32;

    private readonly ReadOnlySpan<byte> _text;

    /// <exception cref="ImageException">The blob is damaged.</exception>
    public RegexBlob(ReadOnlySpan<byte> blob)
    {
        var head = Checked.Slice(blob, 0, HeadSize);
        Modes = (RegexModes)BinaryPrimitives.ReadUInt32LittleEndian(head);
        Offset = new SignatureOffset(
            (OffsetBase)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[20..]),
            BinaryPrimitives.ReadInt32LittleEndian(head[8..]));
        if (Offset.Base is < OffsetBase.Any or > OffsetBase.Never)
        {
            throw ImageException.Damaged("an offset is of no kind");
        }

        Trigger = Checked.Slice(blob, HeadSize, BinaryPrimitives.ReadUInt32LittleEndian(head[28..]));
        _text = blob[(HeadSize + Trigger.Length)..];
    }

    public RegexModes Modes { get; }

    public SignatureOffset Offset { get; }

    public ReadOnlySpan<byte> Trigger { get; }

    /// <summary>Made anew each time.</summary>
    public string Expression() => Encoding.UTF8.GetString(_text);
}
