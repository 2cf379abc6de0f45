using Definitions.Signatures;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>Types of objects by the names that signatures use (clamav-formats.md §4.3).</summary>
internal static class LayerTypes
{
    /// <summary>The signature target of a type (§3.6); 0 for types without one.</summary>
    public static int TargetOf(FileTypeName name)
    {
        foreach (var type in Enum.GetValues<ObjectType>())
        {
            if (Is(type, name))
            {
                return SignatureTargets.Of(type);
            }
        }

        return 0;
    }

    /// <summary>True when an object of the type is one of the name.</summary>
    public static bool Is(ObjectType type, FileTypeName name) => type switch
    {
        ObjectType.Binary => name == FileTypeName.BinaryData,
        ObjectType.TextAscii => name == FileTypeName.TextAscii,
        ObjectType.TextUtf8 => name == FileTypeName.TextUtf8,
        ObjectType.TextUtf16 => name is FileTypeName.TextUtf16Le or FileTypeName.TextUtf16Be,
        ObjectType.Html => name is FileTypeName.Html or FileTypeName.HtmlUtf16,
        ObjectType.Mail => name == FileTypeName.Mail,
        ObjectType.Zip => name == FileTypeName.Zip,
        ObjectType.Gzip => name == FileTypeName.Gz,
        ObjectType.Bzip2 => name == FileTypeName.Bz,
        ObjectType.Xz => name == FileTypeName.Xz,
        ObjectType.Zstandard => false,
        ObjectType.Tar => name is FileTypeName.PosixTar or FileTypeName.OldTar,
        ObjectType.SevenZip => name == FileTypeName.SevenZip,
        ObjectType.Rar => name == FileTypeName.Rar,
        ObjectType.Pe => name == FileTypeName.MsExe,
        ObjectType.Elf => name == FileTypeName.Elf,
        ObjectType.MachO => name is FileTypeName.MachO or FileTypeName.MachOUniversal,
        ObjectType.JavaClass => name == FileTypeName.Java,
        ObjectType.Pdf => name == FileTypeName.Pdf,
        ObjectType.Ole2 => name == FileTypeName.MsOle2,
        ObjectType.Rtf => name == FileTypeName.Rtf,
        ObjectType.Flash => name == FileTypeName.Swf,
        ObjectType.Graphics => name is FileTypeName.Graphics or FileTypeName.Gif or FileTypeName.Png
            or FileTypeName.Jpeg or FileTypeName.Tiff,
        ObjectType.PythonCompiled => name == FileTypeName.PythonCompiled,
    };
}
