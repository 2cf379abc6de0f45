using Engine.Objects;

namespace Engine;

/// <summary>One object to scan.</summary>
public sealed class ScanRequest
{
    /// <summary>Shown in node paths; a file name or <c>stream</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The bytes; the caller disposes it after the scan.</summary>
    public required ObjectContent Content { get; init; }

    public ScanProfile Profile { get; init; } = ScanProfile.Default;

    /// <summary>True: every signature that matches is reported; false: the first strong one ends the scan.</summary>
    public bool AllMatches { get; init; }
}
