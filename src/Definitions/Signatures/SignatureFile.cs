namespace Definitions.Signatures;

/// <summary>A signature file to be parsed.</summary>
/// <param name="Name">File name; its extension picks the format.</param>
/// <param name="Package">The package it belongs to.</param>
/// <param name="IsOfficial">
/// False for files that no publisher signed: their names are reported with <c>.UNOFFICIAL</c> (clamav-formats.md §3.1).
/// </param>
public sealed record SignatureFile(string Name, PackageId Package, bool IsOfficial)
{
    /// <summary>Which lines of the sets of potentially unwanted programs load.</summary>
    public UnwantedPolicy Unwanted { get; init; } = UnwantedPolicy.NotLoaded;

    /// <summary>
    /// True: lines for other functionality levels, other targets or categories that are not wanted are findings too.
    /// For a person who looks at one file; a large database has thousands of them.
    /// </summary>
    public bool TellsSkippedLines { get; init; }
}
