using Definitions.Signatures;
using Engine.Executables;
using Engine.FileTypes;
using Engine.Images;
using Engine.Objects;
using Engine.Pictures;

namespace Engine.Matching;

/// <summary>One buffer to be matched: a node's raw bytes, or a normalised copy of them.</summary>
public readonly struct MatchSubject
{
    public required ObjectContent Content { get; init; }

    /// <summary>The signature target that applies besides 0: 0 to 14; 0 = none (clamav-formats.md §3.6).</summary>
    public required int Target { get; init; }

    /// <summary>The node that the buffer belongs to, with its ancestors; null = an object without a context.</summary>
    public ILayer? Layer { get; init; }

    /// <summary>
    /// For targets 1, 6 and 9 when the headers could be read and the image asks for them
    /// (<see cref="ImageFeatures"/>); else null.
    /// </summary>
    public ExecutableLayout? Executable { get; init; }

    /// <summary>True for a normalised copy: digests of whole objects are of raw bytes only (§3.4).</summary>
    public bool IsNormalised { get; init; }

    /// <summary>True for raw bytes that only digests are looked up for: those of an HTML document (§3.12).</summary>
    public bool IsDigestsOnly { get; init; }

    /// <summary>For a copy, the bytes of the object that it was made from, which conditions on its size mean; null = the content's.</summary>
    public long? ObjectLength { get; init; }

    /// <summary>
    /// For the copy of a text, the text: sizes and numbers that rules ask for are those of the text, places and strings those
    /// of the copy (measured). Null = the content's own, as for the copies of HTML.
    /// </summary>
    public ObjectContent? Original { get; init; }

    /// <summary>What sizes and numbers are taken from.</summary>
    internal ObjectContent Numbers => Original ?? Content;

    /// <summary>
    /// True for bytes that are scanned because of a <c>HandlerType</c>, and for copies: signatures that have one are reported
    /// like others (measured).
    /// </summary>
    public bool IsHandled { get; init; }

    /// <summary>
    /// Perceptual hash of a graphics layer, when it could be decoded and the image asks for it
    /// (<see cref="ImageFeatures.FuzzyHash"/>); else null (§3.7, image fuzzy hash).
    /// </summary>
    public ulong? FuzzyHash { get; init; }

    /// <summary>
    /// Digests of the object that somebody else wants too, begun for its length: the pass that matches feeds them. Null = the
    /// matcher's own.
    /// </summary>
    internal ObjectDigests? Digests { get; init; }

    /// <summary>The raw bytes of an object, with what signatures ask of it.</summary>
    /// <exception cref="IOException">The object could not be read.</exception>
    public static MatchSubject Raw(ImageFeatures features, ObjectContent content, ObjectType type, ILayer? layer = null)
    {
        return new()
        {
            Content = content,
            Target = SignatureTargets.Of(type),
            Layer = layer,
            Executable = features.NeedsLayout(type)
                ? ExecutableParser.Parse(content, type, features.HasFlag(ImageFeatures.VersionInformation))
                : null,
            FuzzyHash = type == ObjectType.Graphics && features.HasFlag(ImageFeatures.FuzzyHash)
                ? ImageFuzzyHash.TryCompute(content, PictureLimits.Default)
                : null,
        };
    }

    /// <summary>The raw bytes of an object without ancestors, of which nothing else is known.</summary>
    public static MatchSubject Raw(ObjectContent content, ObjectType type) =>
        new() { Content = content, Target = SignatureTargets.Of(type) };
}

/// <summary>What signatures may ask of the object that they are matched on.</summary>
public interface ILayer
{
    ObjectType Type { get; }

    /// <summary>What it was opened as: its type, but an archive's for one behind a script or program.</summary>
    ObjectType OpenedAs { get; }

    /// <summary>The only name of <see cref="OpenedAs"/> in signatures that it goes by; null = any name of the type.</summary>
    /// <exception cref="IOException">Its bytes, which tell the name, could not be read.</exception>
    FileTypeName? OpenedName { get; }

    /// <summary>
    /// True for a member of an office document behind its first: the reference engine sees those once more, in a ZIP of
    /// their own inside the document (measured).
    /// </summary>
    /// <exception cref="IOException">The container could not be read.</exception>
    bool HasZipAround { get; }

    /// <summary>The layer that contains it; null for the submitted object.</summary>
    ILayer? Container { get; }
}
