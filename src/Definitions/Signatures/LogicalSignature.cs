namespace Definitions.Signatures;

/// <summary>
/// An expression over subsignatures that are counted in one buffer (clamav-formats.md §3.7): a line of <c>.ldb</c>, or a
/// rule of another format that comes down to the same.
/// </summary>
public sealed class LogicalSignature : Signature
{
    /// <summary>A signature has at most so many subsignatures; ids are 0 to one less.</summary>
    public const int MaxSubsignatures = 64;

    public required TargetDescription Description { get; init; }

    /// <summary>Its ids are indices into <see cref="Subsignatures"/>.</summary>
    public required LogicalExpression Expression { get; init; }

    /// <summary>1 to 64.</summary>
    public required IReadOnlyList<Subsignature> Subsignatures { get; init; }
}

/// <summary>Something that is looked for in a buffer and counted.</summary>
public abstract class Subsignature;

/// <summary>Byte patterns; an occurrence of any of them counts.</summary>
public sealed class BodySubsignature : Subsignature
{
    public required SignatureOffset Offset { get; init; }

    /// <summary>
    /// One, or two for <c>::wa</c>: the pattern as it stands in the object. Options are already applied to it: letters of
    /// either case are bytes with mask DF, wide patterns hold their zero bytes, full words their boundaries.
    /// </summary>
    public required IReadOnlyList<HexPattern> Forms { get; init; }
}

/// <summary>A regular expression, tried when its trigger is true: <c>trigger/regex/flags</c>.</summary>
public sealed class RegexSubsignature : Subsignature
{
    public required SignatureOffset Offset { get; init; }

    /// <summary>Over the ids of earlier subsignatures only.</summary>
    public required LogicalExpression Trigger { get; init; }

    /// <summary>For <c>System.Text.RegularExpressions</c>, over the characters of <see cref="RegexText"/>.</summary>
    public required string Expression { get; init; }

    public required RegexModes Modes { get; init; }

    /// <summary>The text between the slashes, one character a byte.</summary>
    public required string Source { get; init; }
}

/// <summary>How a regular expression is applied. Numbers are part of the image format.</summary>
[Flags]
public enum RegexModes
{
    None = 0,

    /// <summary><c>g</c>: every match counts; else one is enough.</summary>
    Global = 1,

    /// <summary><c>r</c>: searched from the offset on; else the match has to begin at it, or inside its shift.</summary>
    Rolling = 2,

    /// <summary><c>e</c>: only the bytes from the offset to its shift are visible.</summary>
    Encompass = 4,

    /// <summary><c>i</c>: letters match in either case.</summary>
    IgnoreCase = 8,

    /// <summary><c>s</c>: the dot matches line ends too.</summary>
    DotAll = 16,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> match at line ends too.</summary>
    Multiline = 32,

    /// <summary><c>A</c>: the match has to begin where the search does.</summary>
    Anchored = 64,

    /// <summary>The linear-time engine of the framework cannot run it: look-around, back reference, atomic group.</summary>
    Backtracking = 128,
}

/// <summary>
/// <c>ref(offset#options#comparison)</c>: reads a number at a distance from the last match of another subsignature and
/// compares it.
/// </summary>
public sealed class ByteCompareSubsignature : Subsignature
{
    /// <summary>The subsignature whose last match is measured from; never counted when that has none.</summary>
    public required int Reference { get; init; }

    /// <summary>From the start of that match; negative = before it.</summary>
    public required long Offset { get; init; }

    public required ByteCompareType Type { get; init; }

    /// <summary>Null when the text named none: decimal numbers then read as big-endian, others never match.</summary>
    public required bool? IsLittleEndian { get; init; }

    /// <summary>Every byte has to be part of the number.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Bytes read: 1, 2, 4 or 8 for binary numbers.</summary>
    public required int Length { get; init; }

    /// <summary>One or two; all have to hold.</summary>
    public required IReadOnlyList<NumberTest> Tests { get; init; }
}

/// <summary>How bytes are a number. Numbers are part of the image format.</summary>
public enum ByteCompareType : byte
{
    /// <summary>Text in hexadecimal digits.</summary>
    HexText = 0,

    /// <summary>Text in decimal digits.</summary>
    DecimalText = 1,

    /// <summary>Text, hexadecimal when it starts with <c>0x</c>, else decimal.</summary>
    AutoText = 2,

    /// <summary>Binary.</summary>
    Binary = 3,
}

/// <summary>
/// <c>${min-max}g$</c>: a member of a macro group starts a distance after the start of a match of the subsignature before.
/// </summary>
public sealed class MacroSubsignature : Subsignature
{
    /// <summary>0 to 31: bodies with an offset of <see cref="OffsetBase.MacroGroup"/> and this index.</summary>
    public required int Group { get; init; }

    /// <summary>Bytes from start to start; a maximum below the minimum never matches.</summary>
    public required NumberRange Distance { get; init; }
}

/// <summary><c>fuzzy_img#hash</c>: the fuzzy hash of an image is exactly this one. Counts 1.</summary>
public sealed class FuzzyImageSubsignature : Subsignature
{
    /// <summary>The 16 hexadecimal digits, first digit highest.</summary>
    public required ulong Hash { get; init; }
}
