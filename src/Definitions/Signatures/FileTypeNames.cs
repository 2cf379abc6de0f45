using System.Collections.Frozen;
using System.Text;

namespace Definitions.Signatures;

/// <summary>The spelling of <see cref="FileTypeName"/> in signature text (clamav-formats.md §4.3): upper case, exact.</summary>
public static class FileTypeNames
{
    private const string Prefix = "CL_TYPE_";

    /// <summary>Names without the prefix, by number.</summary>
    private static readonly string[] _names =
    [
        "ANY", "TEXT_ASCII", "TEXT_UTF8", "TEXT_UTF16LE", "TEXT_UTF16BE", "BINARY_DATA", "IGNORED", "MSEXE", "ELF",
        "MACHO", "MACHO_UNIBIN", "POSIX_TAR", "OLD_TAR", "CPIO_OLD", "CPIO_ODC", "CPIO_NEWC", "CPIO_CRC", "GZ", "ZIP",
        "BZ", "RAR", "ARJ", "MSSZDD", "MSOLE2", "MSCAB", "MSCHM", "SIS", "SCRENC", "GRAPHICS", "GIF", "PNG", "JPEG",
        "TIFF", "RIFF", "BINHEX", "TNEF", "CRYPTFF", "PDF", "UUENCODED", "HTML_UTF16", "SCRIPT", "RTF", "HTML", "MAIL",
        "SFX", "ZIPSFX", "RARSFX", "CABSFX", "ARJSFX", "NULSFT", "AUTOIT", "ISHIELD_MSI", "7Z", "7ZSFX", "SWF",
        "ISO9660", "JAVA", "DMG", "MBR", "GPT", "APM", "XAR", "PART_ANY", "PART_HFSPLUS", "XZ", "OOXML_WORD",
        "OOXML_PPT", "OOXML_XL", "INTERNAL", "XDP", "XML_WORD", "XML_XL", "HWP3", "XML_HWP", "HWPOLE2", "OOXML_HWP",
        "PS", "MHTML", "LNK", "EGG", "EGGSFX", "UDF", "ALZ", "ONENOTE", "PYTHON_COMPILED", "LHA_LZH",
    ];

    private static readonly FrozenDictionary<string, FileTypeName> _types = Enumerable.Range(0, _names.Length)
        .ToFrozenDictionary(number => Prefix + _names[number], number => (FileTypeName)number, StringComparer.Ordinal);

    /// <summary>Types that there are; their numbers are 0 to one less.</summary>
    public static int Count => _names.Length;

    /// <summary>The whole name, prefix included: <c>CL_TYPE_ZIP</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such type.</exception>
    public static string NameOf(FileTypeName type) => (int)type < _names.Length
        ? Prefix + _names[(int)type]
        : throw new ArgumentOutOfRangeException(nameof(type));

    /// <summary>False when there is no type of exactly this name.</summary>
    /// <param name="name">With its prefix, as it stands in signature text.</param>
    public static bool TryParse(ReadOnlySpan<byte> name, out FileTypeName type)
    {
        type = default;
        return name.StartsWith("CL_TYPE_"u8) && name.Length < 64 && Ascii.IsValid(name)
            && _types.TryGetValue(Encoding.ASCII.GetString(name), out type);
    }
}
