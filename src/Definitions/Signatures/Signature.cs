namespace Definitions.Signatures;

/// <summary>
/// One signature line in the neutral model: what every format is parsed into and what the image compiler reads.
/// </summary>
public abstract class Signature
{
    /// <summary>The name without <c>.UNOFFICIAL</c> and without a trailing <c> (Clam)</c>; never empty.</summary>
    public required string Name { get; init; }

    /// <summary>1-based line in its file.</summary>
    public required int Line { get; init; }

    /// <summary>
    /// MD5 of the complete line without its line end, 16 bytes, for <see cref="IgnoreList"/>; null unless the parser
    /// was asked for it.
    /// </summary>
    public ReadOnlyMemory<byte>? SourceMd5 { get; init; }
}

/// <summary>Which digest a <see cref="HashSignature"/> holds; the digest's length decides (clamav-formats.md §3.4).</summary>
public enum HashKind
{
    Md5 = 0,
    Sha1 = 1,
    Sha256 = 2,
}

/// <summary>What a digest match means.</summary>
public enum HashPurpose
{
    /// <summary>The object is reported.</summary>
    Detect = 0,

    /// <summary>A detection on the object or inside it is withdrawn (<c>.fp</c>, <c>.sfp</c>; §3.5).</summary>
    Allow = 1,

    /// <summary>The object is reported for one section of a PE (<c>.mdb</c>, <c>.msb</c>; §3.4).</summary>
    PeSection = 2,

    /// <summary>The object is reported for the import table of a PE (<c>.imp</c>; §3.4).</summary>
    PeImports = 3,
}

/// <summary>The digest of a whole object, from <c>.hdb .hsb .fp .sfp</c>, or of a part of a PE, from <c>.mdb .msb .imp</c>.</summary>
public sealed class HashSignature : Signature
{
    public required HashKind Kind { get; init; }

    public required HashPurpose Purpose { get; init; }

    /// <summary>16, 20 or 32 bytes, by <see cref="Kind"/>.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>
    /// Length in bytes of the object, of the section's data or of the import string, 1 to 4294967294; null = any length.
    /// </summary>
    public required long? Size { get; init; }
}

/// <summary>A byte pattern from <c>.ndb</c>.</summary>
public sealed class BodySignature : Signature
{
    /// <summary>0 to 14 (§3.6); <c>*</c> is 0.</summary>
    public required int Target { get; init; }

    public required SignatureOffset Offset { get; init; }

    public required HexPattern Pattern { get; init; }
}

/// <summary>
/// An entry of an ignore list (<c>.ign2</c>, <c>.ign</c>): the named signature is left out when a generation is
/// compiled. See <see cref="IgnoreList"/>.
/// </summary>
public sealed class IgnoreSignature : Signature
{
    /// <summary>MD5 of the complete signature line; null = the name alone decides.</summary>
    public required ReadOnlyMemory<byte>? LineMd5 { get; init; }
}
