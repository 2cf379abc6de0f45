namespace Definitions.Formats.ClamAv;

/// <summary>The names of file types that signatures may mention (clamav-formats.md §4.3), without <c>CL_TYPE_</c>.</summary>
internal static class TypeNames
{
    private const string Names =
        "TEXT_ASCII TEXT_UTF8 TEXT_UTF16LE TEXT_UTF16BE BINARY_DATA IGNORED ANY MSEXE ELF MACHO MACHO_UNIBIN POSIX_TAR OLD_TAR "
        + "CPIO_OLD CPIO_ODC CPIO_NEWC CPIO_CRC GZ ZIP BZ RAR ARJ MSSZDD MSOLE2 MSCAB MSCHM SIS SCRENC GRAPHICS GIF PNG JPEG TIFF "
        + "RIFF BINHEX TNEF CRYPTFF PDF UUENCODED HTML_UTF16 SCRIPT RTF HTML MAIL SFX ZIPSFX RARSFX CABSFX ARJSFX NULSFT AUTOIT "
        + "ISHIELD_MSI 7Z 7ZSFX SWF ISO9660 JAVA DMG MBR GPT APM XAR PART_ANY PART_HFSPLUS XZ OOXML_WORD OOXML_PPT OOXML_XL "
        + "INTERNAL XDP XML_WORD XML_XL HWP3 XML_HWP HWPOLE2 OOXML_HWP PS MHTML LNK EGG EGGSFX UDF ALZ ONENOTE PYTHON_COMPILED LHA_LZH";

    private static readonly HashSet<string> _names = new(Names.Split(' '), StringComparer.Ordinal);

    /// <summary>The name without its prefix; null when there is no such type.</summary>
    public static string? Find(ReadOnlySpan<byte> text) =>
        text.StartsWith("CL_TYPE_"u8) && _names.TryGetValue(NameField.Decode(text["CL_TYPE_"u8.Length..]), out var name) ? name : null;
}
