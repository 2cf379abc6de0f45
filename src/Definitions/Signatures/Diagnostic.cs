using Definitions.Formats.ClamAv;

namespace Definitions.Signatures;

public enum DiagnosticSeverity
{
    /// <summary>The line is left out and the rest loads, as the reference engine does.</summary>
    Skipped = 0,

    /// <summary>It loads; a person should look at it.</summary>
    Warning = 1,

    /// <summary>The line is malformed: a strict load refuses the set, a lenient one leaves the line out.</summary>
    Error = 2,
}

/// <summary>One finding about signature text: what, where, and what was expected.</summary>
/// <param name="Code">Stable, such as <c>SIG012</c>; listed in docs/diagnostics.md.</param>
/// <param name="Line">1-based; 0 = the whole file.</param>
/// <param name="Column">1-based in bytes; 0 = the whole line.</param>
public sealed record Diagnostic(
    string Code, DiagnosticSeverity Severity, string Message, string File, int Line, int Column)
{
    /// <summary>What to do about it; null where the message says all there is.</summary>
    public string? Hint { get; init; } = SignatureHints.Find(Code);

    public override string ToString() => $"{File}:{Line}:{Column}: {Code}: {Message}";
}
