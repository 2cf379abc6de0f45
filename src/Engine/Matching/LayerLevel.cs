using Definitions.Signatures;
using Engine.FileTypes;

namespace Engine.Matching;

/// <summary>
/// A level around an object, as conditions on containers count them. An archive behind a script or program is a level
/// of its own, between its members and what carries it; so is the ZIP that the members of an office document behind the
/// first are seen in once more (<see cref="ILayer.HasZipAround"/>).
/// </summary>
internal readonly struct LayerLevel
{
    private readonly ILayer? _layer;
    private readonly Kind _kind;

    private LayerLevel(ILayer? layer, Kind kind) => (_layer, _kind) = (layer, kind);

    private enum Kind
    {
        Opened = 0,
        Carrier,
        ZipInside,
    }

    public bool Exists => _layer is not null;

    public static LayerLevel Above(ILayer? layer) => new(layer?.Container, Kind.Opened);

    /// <summary>The ZIP of a member that has one around it besides its container.</summary>
    public static LayerLevel ZipAround(ILayer member) => new(member.Container, Kind.ZipInside);

    /// <exception cref="IOException">The layer could not be read.</exception>
    public bool Is(FileTypeName type) => _layer is not null && _kind switch
    {
        Kind.Opened => ContainerTypes.IsOf(_layer, type),
        Kind.Carrier => TypeNames.ToObject(type) == _layer.Type,
        Kind.ZipInside => type == FileTypeName.Zip,
    };

    /// <summary>The next level; of one that does not exist, one that does not exist.</summary>
    public LayerLevel Up() => _kind switch
    {
        Kind.ZipInside => new LayerLevel(_layer, Kind.Opened),
        Kind.Opened when HasCarrier => new LayerLevel(_layer, Kind.Carrier),
        Kind.Opened or Kind.Carrier => Above(_layer),
    };

    /// <summary>The next level on the longer of two ways up; null when there is one way.</summary>
    public LayerLevel? Other() =>
        _kind == Kind.ZipInside || (_kind == Kind.Opened && HasCarrier) || _layer is not { HasZipAround: true } ? null : ZipAround(_layer);

    private bool HasCarrier => _layer is not null && _layer.OpenedAs != _layer.Type;
}
