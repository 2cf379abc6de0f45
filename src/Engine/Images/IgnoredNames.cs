using System.Buffers.Binary;
using System.Text;
using Definitions.Signatures;

namespace Engine.Images;

/// <summary>
/// Names that ignore lists take out, asked when a signature is about to be reported. A list works on the packages beside
/// its own too (clamav-formats.md §3.5); looking when something matched, not when it is compiled, lets one package's
/// list change without compiling the others again. Immutable.
/// </summary>
/// <remarks>
/// Section <see cref="SectionKind.Ignored"/>: per name u16 length and bytes of UTF-8. Entries with the digest of a line
/// are not in it: they need the line's text, so the compiler applies them.
/// </remarks>
internal sealed class IgnoredNames
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private IgnoredNames()
    {
    }

    public int Count => _names.Count;

    /// <exception cref="ImageException">A section is damaged.</exception>
    public static IgnoredNames Of(IReadOnlyList<Image> images)
    {
        var ignored = new IgnoredNames();
        if (images.Count > 1)
        {
            foreach (var image in images)
            {
                ignored.Add(image.Bytes(image.Directory.Find(SectionKind.Ignored)));
            }
        }

        return ignored;
    }

    /// <exception cref="ImageException">The section is damaged.</exception>
    public static void Check(Image image) => new IgnoredNames().Add(image.Bytes(image.Directory.Find(SectionKind.Ignored)));

    public static void Write(ByteBuffer section, string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        section.AddUInt16(checked((ushort)bytes.Length));
        section.Add(bytes);
    }

    /// <exception cref="ImageException">The table of names is damaged.</exception>
    public bool Covers(Image image, uint signature, SignatureEntry entry)
    {
        if (_names.Count == 0)
        {
            return false;
        }

        var name = NameTable.Read(image, signature);
        return _names.Contains(IgnoreList.ComparedName(
            entry.Flags.HasFlag(SignatureFlags.Rule) ? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] : name));
    }

    private void Add(ReadOnlySpan<byte> section)
    {
        for (long at = 0; at < section.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(Checked.Slice(section, at, 2));
            _names.Add(Encoding.UTF8.GetString(Checked.Slice(section, at + 2, length)));
            at += 2 + length;
        }
    }
}
