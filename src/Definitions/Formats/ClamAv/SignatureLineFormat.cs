using Definitions.Signatures;

namespace Definitions.Formats.ClamAv;

/// <summary>One kind of signature line. Stateless: the same instance reads every file of its kind.</summary>
internal abstract class SignatureLineFormat
{
    /// <summary>True when a file with no line at all loads.</summary>
    public virtual bool AllowsEmptyFile => false;

    /// <summary>True when blank lines are passed over instead of refused.</summary>
    public virtual bool AllowsBlankLines => false;

    /// <summary>Reads one line that is neither blank nor a comment.</summary>
    /// <param name="line">Without its line end and without NUL bytes.</param>
    /// <param name="signature">Not null exactly when the outcome is <see cref="LineOutcome.Accepted"/>.</param>
    public abstract LineOutcome Read(ReadOnlySpan<byte> line, LineReport report, out Signature? signature);
}
