using Engine;

namespace Updater.Listeners.Http;

/// <summary>One scanned object as JSON (cli.md, "Output of scan"); field names in snake case, all always present.</summary>
internal sealed record ScanAnswer
{
    public required string Path { get; init; }

    /// <summary>A name of csapi.md §3.</summary>
    public required string Status { get; init; }

    public string? Threat { get; init; }

    public string? DetectedBy { get; init; }

    public string? Code { get; init; }

    public IReadOnlyList<ScanAnswerCode> Codes { get; init; } = [];

    public IReadOnlyList<ScanAnswerMatch> Matches { get; init; } = [];

    public string? Generation { get; init; }

    public string? Sha256 { get; init; }

    public long Bytes { get; init; }

    public int Nodes { get; init; }

    public double ElapsedMs { get; init; }

    public bool Degraded { get; init; }

    public static ScanAnswer From(string path, ScanResult result) => new()
    {
        Path = path,
        Status = result.Status.ToName(),
        Threat = result.Threat,
        DetectedBy = result.DetectedBy,
        Code = result.Code?.ToName(),
        Codes = [.. result.Codes.Select(c => new ScanAnswerCode(c.Code.ToName(), c.Node, c.Count))],
        Matches = [.. result.Matches.Select(m => new ScanAnswerMatch(
            m.Signature, m.Package.Name, m.Package.Version.ToString(), m.Node, m.Offset))],
        Generation = result.Generation?.ToString(),
        Sha256 = result.Sha256?.ToString(),
        Bytes = result.Bytes,
        Nodes = result.Nodes,
        ElapsedMs = Math.Round(result.Elapsed.TotalMilliseconds, 3),
        Degraded = result.IsDegraded,
    };

    /// <summary>There was nothing to scan with: an error with its code, never clean.</summary>
    public static ScanAnswer Unscanned(string path, ScanCode code) => new()
    {
        Path = path,
        Status = ScanStatus.Error.ToName(),
        Code = code.ToName(),
        Codes = [new ScanAnswerCode(code.ToName(), "", 1)],
    };

    /// <summary>A path that could not be opened: an error with its text, never clean.</summary>
    public static ScanAnswer Unopened(string path, string reason) => new()
    {
        Path = path,
        Status = ScanStatus.Error.ToName(),
        Threat = reason,
    };
}

/// <param name="Node">Path inside containers, joined with <c>!</c>.</param>
internal sealed record ScanAnswerCode(string Code, string Node, int Count);

internal sealed record ScanAnswerMatch(string Signature, string Package, string Version, string Node, long? Offset);
