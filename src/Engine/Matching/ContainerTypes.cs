using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>The names that signatures give to the types of containers whose members are told of.</summary>
internal static class ContainerTypes
{
    public static bool IsOf(Node container, FileTypeName type) => container.Type switch
    {
        ObjectType.Zip => type == FileTypeName.Zip,
        ObjectType.Rar => type == FileTypeName.Rar,
        ObjectType.SevenZip => type == FileTypeName.SevenZip,
        ObjectType.Mail => type == FileTypeName.Mail,
        ObjectType.Tar => type == (IsPosixTar(container) ? FileTypeName.PosixTar : FileTypeName.OldTar),
        _ => false,
    };

    private static bool IsPosixTar(Node container) =>
        container.Content.Peek(257, 5).SequenceEqual("ustar"u8);
}
