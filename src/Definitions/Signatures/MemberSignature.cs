namespace Definitions.Signatures;

/// <summary>
/// What the headers of a container say of a member, from <c>.cdb</c> and the legacy <c>.zmd .rmd</c>
/// (clamav-formats.md §3.8). Everything that is not null must hold.
/// </summary>
public sealed class MemberSignature : Signature
{
    /// <summary>The container's type; null = any.</summary>
    public required FileTypeName? ContainerType { get; init; }

    /// <summary>Length of the container in bytes.</summary>
    public required NumberRange? ContainerSize { get; init; }

    /// <summary>A regular expression for the member's name in .NET's form, for the non-backtracking engine; null = any name.</summary>
    public required string? NamePattern { get; init; }

    public required NumberRange? CompressedSize { get; init; }

    public required NumberRange? RealSize { get; init; }

    public required bool? IsEncrypted { get; init; }

    /// <summary>Position in the container, the first member is 1.</summary>
    public required NumberRange? Position { get; init; }

    /// <summary>
    /// CRC-32 of the member, from <c>.zmd .rmd</c> only: the reference engine never evaluates that of a <c>.cdb</c> (§9.1).
    /// </summary>
    public required uint? Crc { get; init; }
}
