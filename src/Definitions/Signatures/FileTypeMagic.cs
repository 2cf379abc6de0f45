namespace Definitions.Signatures;

/// <summary>How the bytes of a <see cref="FileTypeMagic"/> are looked for (clamav-formats.md §4.1). Numbers are those of the format.</summary>
public enum FileTypeMagicKind : byte
{
    /// <summary>Fixed bytes at one place of the first kilobyte.</summary>
    Fixed = 0,

    /// <summary>A pattern in the first kilobyte.</summary>
    Pattern = 1,

    /// <summary>Fixed bytes at one place of a partition.</summary>
    Partition = 4,
}

/// <summary>A line of a <c>.ftm</c> file: bytes that tell a file type.</summary>
public sealed class FileTypeMagic : Signature
{
    public required FileTypeMagicKind Kind { get; init; }

    /// <summary>Where the bytes lie; for fixed ones from the start, exactly.</summary>
    public required SignatureOffset Offset { get; init; }

    /// <summary>Fixed bytes, maybe none; empty for a pattern.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The pattern; null for fixed bytes.</summary>
    public HexPattern? Pattern { get; init; }

    /// <summary>The type that an object must have been taken for; <see cref="FileTypeName.Any"/> = any.</summary>
    public required FileTypeName Required { get; init; }

    /// <summary>What the object is.</summary>
    public required FileTypeName Type { get; init; }

    /// <summary>The line, so that an image can keep it.</summary>
    public required string Source { get; init; }
}
