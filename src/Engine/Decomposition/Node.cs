using Definitions.Signatures;
using Engine.FileTypes;
using Engine.Matching;
using Engine.Objects;

namespace Engine.Decomposition;

/// <summary>One object of the tree: the submitted one, or a member of its parent.</summary>
internal sealed class Node : ILayer
{
    private FileTypeName? _openedName;

    private Node(string path, Node? parent, int level, int decoders, ObjectType type, ObjectContent content)
    {
        Path = path;
        Parent = parent;
        Level = level;
        Decoders = decoders;
        Type = type;
        OpenedAs = type;
        Content = content;
    }

    /// <summary>Names from the submitted object down, joined with <c>!</c>; printable and bounded.</summary>
    public string Path { get; }

    public Node? Parent { get; }

    ILayer? ILayer.Container => Parent;

    /// <summary>Set when it is opened; until then its type.</summary>
    public ObjectType OpenedAs { get; set; }

    /// <summary>Found out when it is first asked for; to be asked only once it is opened.</summary>
    public FileTypeName? OpenedName => _openedName ??= ContainerTypes.NameOf(OpenedAs, OpenedFrom, Content);

    /// <summary>What a signature with a <c>HandlerType</c> asks to see it as, once more; null = nothing.</summary>
    public ObjectType? HandledAs { get; set; }

    /// <summary>True for a node that is its parent's bytes seen as another type.</summary>
    public bool IsHandled { get; private init; }

    /// <summary>True for a member of a ZIP that a reader of local headers finds behind another.</summary>
    public bool IsBehindAnother { get; init; }

    public bool HasZipAround => IsBehindAnother && Parent?.OpenedName is { } name && name != FileTypeName.Zip;

    /// <summary>Offset of the first byte of what it was opened as; not 0 for an archive behind a script or program.</summary>
    public long OpenedFrom { get; set; }

    /// <summary>Containers above it; wrappers such as gzip do not count (decomposer.md §3).</summary>
    public int Level { get; }

    /// <summary>Readers above it, wrappers included.</summary>
    public int Decoders { get; }

    public ObjectType Type { get; }

    /// <summary>Alive as long as the node or one of its members is visited.</summary>
    public ObjectContent Content { get; }

    /// <summary>Whether an allow list covers it; null until somebody asked.</summary>
    public bool? IsAllowed { get; set; }

    /// <summary>The submitted object; the caller keeps the content.</summary>
    public static Node Root(string name, ObjectType type, ObjectContent content) =>
        new(NodeName.Clean(name, NodeName.MaxRootLength), parent: null, level: 0, decoders: 0, type, content);

    /// <summary>A member of this node.</summary>
    public Node Child(string path, ObjectType type, ObjectContent content, bool isBehindAnother = false) =>
        new(path, this, Level + (Containers.IsWrapper(Type) ? 0 : 1), Decoders + 1, type, content) { IsBehindAnother = isBehindAnother };

    /// <summary>The same bytes as another type; the container that they lie in is this node (measured).</summary>
    public Node SeenAs(ObjectType type) => new(Path, this, Level + 1, Decoders + 1, type, Content) { IsHandled = true };

    /// <summary>The path that a member of this name has.</summary>
    public string PathOf(string memberName) => $"{Path}!{NodeName.Clean(memberName, NodeName.MaxLength)}";
}
