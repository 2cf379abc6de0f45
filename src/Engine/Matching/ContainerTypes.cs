using Definitions.Signatures;
using Engine.Decomposition;
using Engine.FileTypes;
using Engine.Objects;

namespace Engine.Matching;

/// <summary>The names that signatures give to the types of containers.</summary>
internal static class ContainerTypes
{
    /// <summary>Whether what the layer was opened as goes by this name.</summary>
    /// <exception cref="IOException">The layer could not be read.</exception>
    public static bool IsOf(ILayer layer, FileTypeName type) =>
        layer.OpenedName is { } name ? type == name : TypeNames.ToObject(type) == layer.OpenedAs;

    /// <summary>Whether something is taken out of objects of the type here.</summary>
    public static bool IsOpened(FileTypeName type) =>
        IsOffice(type) || (TypeNames.ToObject(type) is { } opened && Containers.IsContainer(opened));

    /// <summary>Whether the containers of the type tell of their members: not those around a single stream, nor programs.</summary>
    public static bool AreMembersTold(FileTypeName type) => IsOpened(type)
        && !(TypeNames.ToObject(type) is { } opened && (Containers.IsWrapper(opened) || opened == ObjectType.MachOUniversal));

    private static bool IsOffice(FileTypeName type) =>
        type is FileTypeName.OoxmlWord or FileTypeName.OoxmlXl or FileTypeName.OoxmlPpt or FileTypeName.OoxmlHwp;

    /// <summary>
    /// The only name that a container goes by, where its type here has several: old tar files and those of POSIX have
    /// a name each, and so have office documents among the ZIP files, but not behind a script or program. Null: any name
    /// of the type.
    /// </summary>
    /// <exception cref="IOException">The container could not be read.</exception>
    public static FileTypeName? NameOf(ObjectType openedAs, long openedFrom, ObjectContent content) => openedAs switch
    {
        ObjectType.Zip => (openedFrom == 0 ? OfficeTest.Find(content) : null) ?? FileTypeName.Zip,
        ObjectType.Tar => content.Peek(257, 5).SequenceEqual("ustar"u8) ? FileTypeName.PosixTar : FileTypeName.OldTar,
        _ => null,
    };
}
