using System.Buffers.Binary;
using Definitions.Signatures;

namespace Engine.Images;

/// <summary>A password to try on members of archives.</summary>
/// <param name="Container">Null = any.</param>
internal sealed record ArchivePassword(FileTypeName? Container, ReadOnlyMemory<byte> Bytes);

/// <summary>Section <see cref="SectionKind.Passwords"/>: per password type (255 = any), u16 length, bytes; in the order of the input.</summary>
internal static class PasswordTable
{
    private const byte AnyType = byte.MaxValue;

    public static void Write(ByteBuffer section, PasswordSignature signature)
    {
        section.AddByte((byte?)signature.Container ?? AnyType);
        section.AddUInt16((ushort)signature.Password.Length);
        section.Add(signature.Password.Span);
    }

    /// <exception cref="ImageException">The section is damaged.</exception>
    public static IReadOnlyList<ArchivePassword> Read(Image image)
    {
        var section = image.Bytes(image.Tables.Passwords);
        var passwords = new List<ArchivePassword>();
        long at = 0;
        while (at < section.Length)
        {
            var head = Checked.Slice(section, at, 3);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(head[1..]);
            if (head[0] != AnyType && head[0] >= FileTypeNames.Count)
            {
                throw ImageException.Damaged("a password is for no type of container");
            }

            passwords.Add(new ArchivePassword(
                head[0] == AnyType ? null : (FileTypeName)head[0], Checked.Slice(section, at + 3, length).ToArray()));
            at += 3 + length;
        }

        return passwords;
    }
}
