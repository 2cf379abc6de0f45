using System.Buffers.Binary;
using Definitions;

namespace Engine.Images;

/// <summary>What is known of a signature besides what it matches.</summary>
internal readonly record struct SignatureEntry(ushort Package, SignatureFlags Flags);

/// <summary>Section <see cref="SectionKind.Signatures"/>: u16 package index and u16 flags per signature.</summary>
internal static class SignatureTable
{
    private const string UnofficialSuffix = ".UNOFFICIAL";

    /// <param name="name">UTF-8.</param>
    public static SignatureFlags FlagsFor(ReadOnlySpan<byte> name, bool isOfficial)
    {
        var isWeak = name.StartsWith("PUA."u8) || name.StartsWith("Heuristics."u8) || name.StartsWith("BC.Heuristics."u8);
        return (isWeak ? SignatureFlags.Weak : SignatureFlags.None)
            | (isOfficial ? SignatureFlags.None : SignatureFlags.Unofficial);
    }

    /// <exception cref="ImageException">No such signature.</exception>
    public static SignatureEntry Read(Image image, uint signature)
    {
        var entry = Checked.Slice(image.Bytes(image.Tables.Signatures), 4L * signature, 4);
        return new SignatureEntry(
            BinaryPrimitives.ReadUInt16LittleEndian(entry),
            (SignatureFlags)BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]));
    }

    /// <summary>The name as it is reported.</summary>
    /// <exception cref="ImageException">The table is damaged.</exception>
    public static string ReportedName(Image image, uint signature, SignatureEntry entry)
    {
        var name = NameTable.Read(image, signature);
        return entry.Flags.HasFlag(SignatureFlags.Unofficial) ? name + UnofficialSuffix : name;
    }

    /// <exception cref="ImageException">The package does not exist.</exception>
    public static PackageId Package(Image image, SignatureEntry entry) =>
        entry.Package < image.Packages.Count
            ? image.Packages[entry.Package]
            : throw ImageException.Damaged("a signature names no package");
}
