using Engine.Matching;

namespace Engine.Images;

/// <summary>A body of a logical signature.</summary>
/// <param name="Key">Equal exactly when the records are: half a SHA-256, since publishers do not trust each other.</param>
/// <param name="Cap">Occurrences that are counted: see <see cref="CountCaps"/>.</param>
internal readonly record struct LogicalPattern(EncodedPattern Pattern, UInt128 Key, uint Cap);

/// <summary>A logical signature in its packed form, before its bodies have numbers.</summary>
internal sealed class EncodedLogical
{
    public required int Target { get; init; }

    /// <summary>The blobs of subsignatures, then head and expression: <see cref="LogicalRecord"/>.</summary>
    public required ReadOnlyMemory<byte> Code { get; init; }

    /// <summary>Where the head starts in <see cref="Code"/>.</summary>
    public required int HeadStart { get; init; }

    /// <summary>
    /// One for each subsignature. Bodies are indices into <see cref="Patterns"/>, blobs start from the start of
    /// <see cref="Code"/>.
    /// </summary>
    public required SubsignatureRecord[] Subsignatures { get; init; }

    public required LogicalPattern[] Patterns { get; init; }

    public required ImageFeatures Features { get; init; }

    /// <summary>It asks for a group of icons, so it never matches.</summary>
    public required bool IsDormant { get; init; }
}
