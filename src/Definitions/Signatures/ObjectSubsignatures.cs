namespace Definitions.Signatures;

/// <summary>The length of the buffer lies in a range. Counts 1.</summary>
public sealed class FileSizeSubsignature : Subsignature
{
    /// <summary>Bytes; 0 to 4611686018427387904.</summary>
    public required NumberRange Size { get; init; }
}

/// <summary>
/// The binary number at a place of the buffer passes a test. Counts 1; never holds where the buffer ends before the
/// number does.
/// </summary>
public sealed class NumberAtSubsignature : Subsignature
{
    /// <summary>Bytes from the start of the buffer, 0 or more.</summary>
    public required long Offset { get; init; }

    /// <summary>1, 2 or 4 bytes, low byte first.</summary>
    public required int Width { get; init; }

    public required bool IsSigned { get; init; }

    public required NumberTest Test { get; init; }
}

/// <summary>A formula over the buffer and the subsignatures before it holds. Counts 1.</summary>
public sealed class FormulaSubsignature : Subsignature
{
    /// <summary>Names ids below its own only, and none of another formula; without loops around.</summary>
    public required Formula Formula { get; init; }
}
