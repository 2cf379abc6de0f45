using Definitions;

namespace Engine;

/// <summary>The answer of a scan: the original's four values and what they lacked (csapi.md §2). Names one generation.</summary>
public sealed class ScanResult
{
    public required ScanStatus Status { get; init; }

    /// <summary>The reported name when infected, the error text on failure, else null.</summary>
    public string? Threat { get; init; }

    /// <summary>The engine that detected; null when nothing was detected.</summary>
    public string? DetectedBy { get; init; }

    /// <summary>The primary scan code by rank; null when no code occurred.</summary>
    public ScanCode? Code { get; init; }

    /// <summary>All codes in rank order, with node path and count.</summary>
    public required IReadOnlyList<NodeCode> Codes { get; init; }

    public required IReadOnlyList<NodeMatch> Matches { get; init; }

    /// <summary>The generation that all matches come from; null when there were no definitions.</summary>
    public GenerationId? Generation { get; init; }

    /// <summary>Of the submitted object; null when it could not be read.</summary>
    public Digest? Sha256 { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Objects looked at, the submitted one included.</summary>
    public required int Nodes { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>True when the status is clean although something was not looked at (<c>fail_open</c>).</summary>
    public bool IsDegraded { get; init; }
}

/// <summary>A code, where it occurred, and how often there.</summary>
/// <param name="Node">Path inside containers, joined with <c>!</c>.</param>
public sealed record NodeCode(ScanCode Code, string Node, int Count);

/// <summary>A match, its provenance and its place.</summary>
public sealed record NodeMatch(string Signature, PackageId Package, string Node, long? Offset);
