using System.Buffers.Binary;
using System.Text;
using Definitions.Signatures;

namespace Engine.Images;

/// <summary>
/// Section <see cref="SectionKind.Members"/>: signatures about members of containers, one record after the other in the
/// order of the input. A record is u32 signature, type (255 = any), encrypted (0, 1, 2 = either), a bit for each range
/// that is asked and for the CRC, a zero; four pairs of i64; u32 CRC; u32 length and the name's expression in UTF-8.
/// </summary>
internal static class MemberTable
{
    private const byte AnyType = byte.MaxValue;
    private const byte Either = 2;
    private const int HasCrc = 16;
    private const int HasPattern = 32;
    private const int HeadBytes = 8 + (4 * 16) + 4 + 4;

    public static void Write(ByteBuffer section, MemberSignature signature, uint id)
    {
        NumberRange?[] ranges = [signature.ContainerSize, signature.CompressedSize, signature.RealSize, signature.Position];
        var present = (signature.Crc is null ? 0 : HasCrc) | (signature.NamePattern is null ? 0 : HasPattern);
        for (var i = 0; i < ranges.Length; i++)
        {
            present |= ranges[i] is null ? 0 : 1 << i;
        }

        section.AddUInt32(id);
        section.AddByte((byte?)signature.ContainerType ?? AnyType);
        section.AddByte(signature.IsEncrypted is { } isEncrypted ? (byte)(isEncrypted ? 1 : 0) : Either);
        section.AddByte((byte)present);
        section.AddByte(0);
        foreach (var range in ranges)
        {
            section.AddInt64(range?.Minimum ?? 0);
            section.AddInt64(range?.Maximum ?? 0);
        }

        var pattern = Encoding.UTF8.GetBytes(signature.NamePattern ?? "");
        section.AddUInt32(signature.Crc ?? 0);
        section.AddUInt32((uint)pattern.Length);
        section.Add(pattern);
    }

    /// <exception cref="ImageException">The section is damaged.</exception>
    public static IReadOnlyList<MemberRule> Read(Image image)
    {
        var section = image.Bytes(image.Tables.Members);
        var rules = new List<MemberRule>();
        var room = new NameRoom();
        long at = 0;
        while (at < section.Length)
        {
            var head = Checked.Slice(section, at, HeadBytes);
            at += HeadBytes;
            long length = BinaryPrimitives.ReadUInt32LittleEndian(head[(HeadBytes - 4)..]);
            rules.Add(ReadRule(image, head, Checked.Slice(section, at, length), room));
            at += length;
        }

        return rules;
    }

    private static MemberRule ReadRule(Image image, ReadOnlySpan<byte> head, ReadOnlySpan<byte> pattern, NameRoom room)
    {
        var signature = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var type = head[4];
        var present = head[6];
        if (signature >= image.Tables.Signatures.Count || (type != AnyType && type >= FileTypeNames.Count) || head[5] > Either)
        {
            throw ImageException.Damaged("a signature about members is of no kind");
        }

        return new MemberRule(signature)
        {
            ContainerType = type == AnyType ? null : (FileTypeName)type,
            IsEncrypted = head[5] == Either ? null : head[5] == 1,
            ContainerSize = Range(head, present, 0),
            CompressedSize = Range(head, present, 1),
            RealSize = Range(head, present, 2),
            Position = Range(head, present, 3),
            Crc = (present & HasCrc) == 0 ? null : BinaryPrimitives.ReadUInt32LittleEndian(head[(HeadBytes - 8)..]),
            Name = (present & HasPattern) == 0 ? null : new MemberName(Encoding.UTF8.GetString(pattern), room),
        };
    }

    private static NumberRange? Range(ReadOnlySpan<byte> head, byte present, int index)
    {
        var at = 8 + (index * 16);
        return (present & (1 << index)) == 0
            ? null
            : new NumberRange(BinaryPrimitives.ReadInt64LittleEndian(head[at..]), BinaryPrimitives.ReadInt64LittleEndian(head[(at + 8)..]));
    }
}
