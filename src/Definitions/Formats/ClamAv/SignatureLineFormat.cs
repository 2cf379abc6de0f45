using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>One kind of signature line. Stateless: the same instance reads every file of its kind.</summary>
internal abstract class SignatureLineFormat
{
    /// <summary>True when a file with no line at all loads.</summary>
    public virtual bool AllowsEmptyFile => false;

    /// <summary>True when a line without a character is passed over instead of being malformed.</summary>
    public virtual bool AllowsBlankLines => false;

    /// <summary>What accepted lines are when they match nothing in this engine, and why; null when they do.</summary>
    public virtual string? UnmatchedNote => null;

    /// <summary>Longest line, its line end included (clamav-formats.md §3.1).</summary>
    public virtual int MaxLineBytes => SignatureLineReader.MaxLineBytes;

    /// <summary>What the digests of the format mean; null when its lines hold none.</summary>
    public virtual HashPurpose? Digests => null;

    /// <summary>Reads one line that is neither blank nor a comment.</summary>
    /// <param name="line">Without its line end and without NUL bytes.</param>
    /// <param name="signature">Not null exactly when the outcome is <see cref="LineOutcome.Accepted"/>.</param>
    public abstract LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature);
}
