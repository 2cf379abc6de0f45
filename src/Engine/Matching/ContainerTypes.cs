using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>The names that signatures give to the types of containers whose members are told of.</summary>
internal static class ContainerTypes
{
    /// <summary>As <see cref="TypeNames"/>; old and POSIX tar files are told apart here.</summary>
    public static bool IsOf(Node container, FileTypeName type) =>
        TypeNames.ToObject(type) == container.OpenedAs
        && (container.OpenedAs != ObjectType.Tar || type == (IsPosixTar(container) ? FileTypeName.PosixTar : FileTypeName.OldTar));

    private static bool IsPosixTar(Node container) => container.Content.Peek(257, 5).SequenceEqual("ustar"u8);
}
