using Definitions.Signatures;

namespace Engine.FileTypes;

/// <summary>What the names of file types in signature text are here (clamav-formats.md §4.3).</summary>
internal static class TypeNames
{
    /// <summary>Null for the names of types that are not told apart from binary data or text here.</summary>
    public static ObjectType? ToObject(FileTypeName name) => name switch
    {
        FileTypeName.TextAscii or FileTypeName.Script => ObjectType.TextAscii,
        FileTypeName.TextUtf8 => ObjectType.TextUtf8,
        FileTypeName.TextUtf16Le or FileTypeName.TextUtf16Be => ObjectType.TextUtf16,
        FileTypeName.BinaryData => ObjectType.Binary,
        FileTypeName.Ignored => ObjectType.Ignored,
        FileTypeName.MsExe => ObjectType.Pe,
        FileTypeName.Elf => ObjectType.Elf,
        FileTypeName.MachO => ObjectType.MachO,
        FileTypeName.MachOUniversal => ObjectType.MachOUniversal,
        FileTypeName.PosixTar or FileTypeName.OldTar => ObjectType.Tar,
        FileTypeName.Gz => ObjectType.Gzip,
        FileTypeName.Zip => ObjectType.Zip,
        FileTypeName.Bz => ObjectType.Bzip2,
        FileTypeName.Xz => ObjectType.Xz,
        FileTypeName.Rar => ObjectType.Rar,
        FileTypeName.SevenZip => ObjectType.SevenZip,
        FileTypeName.MsOle2 => ObjectType.Ole2,
        FileTypeName.Graphics or FileTypeName.Gif or FileTypeName.Png or FileTypeName.Jpeg or FileTypeName.Tiff => ObjectType.Graphics,
        FileTypeName.Pdf => ObjectType.Pdf,
        FileTypeName.Rtf => ObjectType.Rtf,
        FileTypeName.Html or FileTypeName.HtmlUtf16 => ObjectType.Html,
        FileTypeName.Mail => ObjectType.Mail,
        FileTypeName.Swf => ObjectType.Flash,
        FileTypeName.Java => ObjectType.JavaClass,
        FileTypeName.PythonCompiled => ObjectType.PythonCompiled,
        _ => null,
    };

    /// <summary>
    /// What a <c>HandlerType</c> makes of an object: <c>CL_TYPE_ANY</c> leaves it what it is; types that are not told apart
    /// here become one that has neither a target nor members.
    /// </summary>
    public static ObjectType ToSeen(FileTypeName handler, ObjectType own) =>
        handler == FileTypeName.Any ? own : ToObject(handler) ?? ObjectType.Rtf;

    /// <summary>The name of what <see cref="TextTest"/> says.</summary>
    public static FileTypeName OfText(ObjectType type, ReadOnlySpan<byte> head) => type switch
    {
        ObjectType.TextAscii => FileTypeName.TextAscii,
        ObjectType.TextUtf8 => FileTypeName.TextUtf8,
        ObjectType.TextUtf16 => head.StartsWith<byte>([0xFF, 0xFE]) ? FileTypeName.TextUtf16Le : FileTypeName.TextUtf16Be,
        _ => FileTypeName.BinaryData,
    };
}
