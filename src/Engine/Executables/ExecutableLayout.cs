namespace Engine.Executables;

/// <summary>
/// Where the parts of a parsed executable lie in its file: what offsets such as <c>EP+n</c> and <c>Sx+n</c>
/// (clamav-formats.md §3.6) and the conditions of logical signatures (§3.7) are measured by. Immutable.
/// </summary>
public sealed class ExecutableLayout
{
    /// <summary>
    /// File offset of the entry point; 0 when the headers name none, which is what the reference engine counts from
    /// then; null = the headers name one that lies in no section.
    /// </summary>
    public required long? EntryPoint { get; init; }

    /// <summary>In the order of the section table, all of them.</summary>
    public required IReadOnlyList<ExecutableSection> Sections { get; init; }

    /// <summary>
    /// One range for each string of the version information, from the first byte of its name to the end of its value,
    /// ascending and without repetition; PE only, else empty. A signature at <c>VI</c> starts where a range starts.
    /// Empty too unless it was asked for.
    /// </summary>
    public IReadOnlyList<ExecutableSection> VersionInformation { get; init; } = [];

    /// <summary>The size of a range of the file, cut to what the file holds.</summary>
    internal static ExecutableSection Cut(ulong start, ulong size, long fileLength)
    {
        // Offsets that no file reaches are all the same; the sum of two must not overflow.
        const long max = long.MaxValue / 4;
        var from = (long)Math.Min(start, max);
        return new ExecutableSection(from, (long)Math.Min(size, (ulong)Math.Max(0, fileLength - from)));
    }
}

/// <summary>A range of the file.</summary>
/// <param name="Start">File offset of the first byte, after the rounding that loaders do; may lie behind the file.</param>
/// <param name="Size">Bytes, cut at the end of the file; 0 or more.</param>
public readonly record struct ExecutableSection(long Start, long Size);
