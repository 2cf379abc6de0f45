namespace Engine.Executables;

/// <summary>
/// Where the parts of a parsed executable lie in its file: what offsets such as <c>EP+n</c> and <c>Sx+n</c>
/// (clamav-formats.md §3.6) and the conditions of logical signatures (§3.7) are measured by. Immutable.
/// </summary>
public sealed class ExecutableLayout
{
    /// <summary>File offset of the entry point; null = none, or it lies in no section.</summary>
    public required long? EntryPoint { get; init; }

    /// <summary>In the order of the section table; only those that the file's headers can be believed about.</summary>
    public required IReadOnlyList<ExecutableSection> Sections { get; init; }

    /// <summary>Ranges of the file that hold the names and values of the version information; PE only, else empty.</summary>
    public IReadOnlyList<ExecutableSection> VersionInformation { get; init; } = [];
}

/// <summary>A range of the file.</summary>
/// <param name="Start">File offset of the first byte, after the rounding that loaders do.</param>
/// <param name="Size">Bytes, cut at the end of the file; 0 or more.</param>
public readonly record struct ExecutableSection(long Start, long Size);
