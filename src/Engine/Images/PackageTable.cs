using System.Buffers.Binary;
using System.Text;
using Definitions;

namespace Engine.Images;

/// <summary>Section <see cref="SectionKind.Packages"/>: u32 count, then per package a length byte and <c>name version</c>.</summary>
internal static class PackageTable
{
    public static void Write(ByteBuffer section, IReadOnlyList<PackageId> packages)
    {
        section.AddUInt32((uint)packages.Count);
        foreach (var package in packages)
        {
            var text = Encoding.ASCII.GetBytes($"{package.Name} {package.Version}");
            section.AddByte((byte)text.Length);
            section.Add(text);
        }
    }

    /// <exception cref="ImageException">The table is damaged.</exception>
    public static IReadOnlyList<PackageId> Read(ReadOnlySpan<byte> section)
    {
        if (section.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(section) > ImageFormat.MaxPackages)
        {
            throw ImageException.Damaged("the package table is missing or too long");
        }

        var packages = new PackageId[BinaryPrimitives.ReadUInt32LittleEndian(section)];
        section = section[4..];
        for (var i = 0; i < packages.Length; i++)
        {
            if (section.IsEmpty || section.Length <= section[0])
            {
                throw ImageException.Damaged("the package table ends early");
            }

            packages[i] = Parse(Encoding.ASCII.GetString(section.Slice(1, section[0])));
            section = section[(1 + section[0])..];
        }

        return packages;
    }

    private static PackageId Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0
            && PackageId.IsValidName(text.AsSpan(0, space))
            && DefinitionsVersion.TryParse(text.AsSpan(space + 1), out var version)
            ? new PackageId(text[..space], version)
            : throw ImageException.Damaged("a package has no valid name");
    }
}
