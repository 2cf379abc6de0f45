namespace Definitions.Signatures;

/// <summary>Picks the format by the file name's extension and streams what it finds. Never throws for content.</summary>
public static class SignatureParser
{
    /// <summary>True when a file with this name is read; others are no signature files.</summary>
    public static bool IsSignatureFile(string fileName) => throw new NotImplementedException();

    /// <summary>
    /// Reads the stream line by line in bounded memory. Signatures outside the engine's functionality level are
    /// skipped silently; malformed lines are reported as <see cref="DiagnosticSeverity.Error"/> and parsing goes on.
    /// </summary>
    public static SignatureParseSummary Parse(
        Stream content, SignatureFile file, Action<Signature> accept, Action<Diagnostic> report) =>
        throw new NotImplementedException();
}

/// <summary>Counts of one parsed file.</summary>
/// <param name="Signatures">Lines accepted (skipped ones excluded).</param>
/// <param name="Skipped">Lines outside the functionality level or of a target this engine does not have.</param>
/// <param name="Errors">Malformed lines.</param>
public sealed record SignatureParseSummary(long Signatures, long Skipped, long Errors);
