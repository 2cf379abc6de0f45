namespace Definitions.Signatures;

/// <summary>
/// The target description block of logical signatures and passwords (clamav-formats.md §3.7): which objects a line
/// applies to. Functionality levels are decided by the parser and not kept.
/// </summary>
public sealed class TargetDescription
{
    /// <summary>0 to 14 (§3.6).</summary>
    public required int Target { get; init; }

    /// <summary>False when the block named no target and 0 was assumed (<c>.pwdb</c> only).</summary>
    public bool HasTarget { get; init; } = true;

    /// <summary>Length of the object in bytes; null = any.</summary>
    public NumberRange? FileSize { get; init; }

    /// <summary>File offset of the entry point; null = not asked. Targets 1, 6 and 9 only.</summary>
    public NumberRange? EntryPoint { get; init; }

    /// <summary>Sections of the executable; null = not asked. Targets 1, 6 and 9 only.</summary>
    public NumberRange? NumberOfSections { get; init; }

    /// <summary>Type of the layer that contains the object; <see cref="FileTypeName.Any"/> = none does; null = not asked.</summary>
    public FileTypeName? Container { get; init; }

    /// <summary>
    /// Types of the layers around the object, the last one directly around it; <see cref="FileTypeName.Any"/> = a layer of
    /// any type. Empty = not asked; 16 at most.
    /// </summary>
    public IReadOnlyList<FileTypeName> Intermediates { get; init; } = [];

    /// <summary>Groups of icons that one of the object's icons has to belong to; null = not asked. Target 1 only.</summary>
    public string? IconGroup1 { get; init; }

    public string? IconGroup2 { get; init; }

    /// <summary>
    /// A type that the object is scanned as once more when the signature is the first of those with a handler that is true of
    /// it; that one is reported only when it is true again, all others at once. Null = nothing of the kind.
    /// </summary>
    public FileTypeName? HandlerType { get; init; }
}

/// <summary>An inclusive range; a maximum below the minimum holds nothing.</summary>
/// <param name="Minimum">0 to 4294967295.</param>
/// <param name="Maximum">0 to 4294967295.</param>
public readonly record struct NumberRange(long Minimum, long Maximum)
{
    public bool Contains(long number) => number >= Minimum && number <= Maximum;
}
