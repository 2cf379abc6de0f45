using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>Signature targets of object types (clamav-formats.md §3.6, Target types).</summary>
internal static class SignatureTargets
{
    /// <summary>Of binary data, whose raw bytes meet target 0 before they meet this one and 0 again (measured).</summary>
    public const int BinaryData = 14;

    /// <summary>The target that applies besides 0; 0 = none. Container formats have none of their own.</summary>
    public static int Of(ObjectType type) => type switch
    {
        ObjectType.Pe => 1,
        ObjectType.Ole2 => 2,
        ObjectType.Html => 3,
        ObjectType.Mail => 4,
        ObjectType.Graphics => 5,
        ObjectType.Elf => 6,
        ObjectType.TextAscii or ObjectType.TextUtf8 or ObjectType.TextUtf16 => 7,
        ObjectType.MachO or ObjectType.MachOUniversal => 9,
        ObjectType.Pdf => 10,
        ObjectType.Flash => 11,
        ObjectType.JavaClass => 12,
        ObjectType.Binary or ObjectType.PythonCompiled => BinaryData,
        ObjectType.Zip or ObjectType.Gzip or ObjectType.Bzip2 or ObjectType.Xz or ObjectType.Zstandard
            or ObjectType.Tar or ObjectType.SevenZip or ObjectType.Rar or ObjectType.Rtf
            or ObjectType.Ignored => 0,
    };
}
