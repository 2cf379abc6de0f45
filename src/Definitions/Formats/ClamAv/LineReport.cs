using System.Security.Cryptography;
using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>What became of one line.</summary>
internal enum LineOutcome
{
    Accepted = 0,

    /// <summary>Well formed as far as it was read, and not for this engine.</summary>
    Skipped = 1,

    /// <summary>A diagnostic says why.</summary>
    Malformed = 2,
}

/// <summary>Where the findings of one file go, with the line they belong to. Builds messages only when there is one.</summary>
internal sealed class LineReport(SignatureFile file, Action<Diagnostic> report, bool computeLineMd5)
{
    /// <summary>1-based; 0 before the first line.</summary>
    public int Line { get; set; }

    /// <param name="column">1-based byte of the line; 0 = the whole line.</param>
    public LineOutcome Error(string code, int column, string message)
    {
        Add(code, DiagnosticSeverity.Error, message, Line, column);
        return LineOutcome.Malformed;
    }

    public void Warn(string code, int column, string message) =>
        Add(code, DiagnosticSeverity.Warning, message, Line, column);

    /// <summary>The line is left out and the rest loads; told only where somebody asked for such lines.</summary>
    public LineOutcome SkipSilently(string code, int column, string message)
    {
        if (file.TellsSkippedLines)
        {
            Add(code, DiagnosticSeverity.Skipped, message, Line, column);
        }

        return LineOutcome.Skipped;
    }

    /// <summary>The line is left out and the rest loads.</summary>
    public LineOutcome Skip(string code, int column, string message)
    {
        Add(code, DiagnosticSeverity.Skipped, message, Line, column);
        return LineOutcome.Skipped;
    }

    public void FileSkipped(string code, string message) => Add(code, DiagnosticSeverity.Skipped, message, 0, 0);

    public void FileWarning(string code, string message) => Add(code, DiagnosticSeverity.Warning, message, 0, 0);

    public void FileError(string code, string message) => Add(code, DiagnosticSeverity.Error, message, 0, 0);

    /// <summary>Tells what is wrong with a file as a whole before it is read as text.</summary>
    /// <param name="start">What it begins with.</param>
    /// <returns>True: it is no text; there is one finding about all of it.</returns>
    public bool IsPacked(ReadOnlySpan<byte> start)
    {
        if (PackedContent.Describe(start) is { } packed)
        {
            FileError(SignatureCodes.PackedFile, $"The file is no text but {packed}.");
            return true;
        }

        if (start.StartsWith("\uFEFF"u8))
        {
            Add(SignatureCodes.ByteOrderMark, DiagnosticSeverity.Warning, "The file begins with a byte order mark, which is part of the first line.", 1, 1);
        }

        return false;
    }

    /// <summary>MD5 of the complete line without its line end, or null when nobody asked for it.</summary>
#pragma warning disable CA5351 // The ignore list format is defined on MD5 (clamav-formats.md §3.5).
    public ReadOnlyMemory<byte>? Md5Of(ReadOnlySpan<byte> line) => computeLineMd5 ? MD5.HashData(line) : null;
#pragma warning restore CA5351

    private void Add(string code, DiagnosticSeverity severity, string message, int line, int column) =>
        report(new Diagnostic(code, severity, message, file.Name, line, column));
}
