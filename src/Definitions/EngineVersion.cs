namespace Definitions;

/// <summary>Versions that packages and images are checked against (M-018).</summary>
public static class EngineVersion
{
    /// <summary>The engine's own version; a manifest may ask for at least this.</summary>
    public static Version Current { get; } = new(1, 0, 0, 0);

    /// <summary>The decomposer's version, first line of the version text (csapi.md §8).</summary>
    public static Version Decomposer { get; } = new(1, 0, 0, 0);

    /// <summary>The ClamAV functionality level that signatures are filtered by (clamav-formats.md §3.3).</summary>
    public const int FunctionalityLevel = 216;
}
