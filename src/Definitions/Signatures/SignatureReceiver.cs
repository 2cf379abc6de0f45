namespace Definitions.Signatures;

/// <summary>Takes what <see cref="SignatureParser.ParseBlock"/> finds, in the order of the lines.</summary>
public abstract class SignatureReceiver
{
    public abstract void Accept(Signature signature);

    public abstract void Report(Diagnostic diagnostic);

    /// <summary>Takes a digest without an object for it; false: the line is read again and comes as a <see cref="Signature"/>.</summary>
    /// <param name="entry">Valid during the call.</param>
    public virtual bool TryAccept(in HashEntry entry) => false;
}

/// <summary>A line of digests that is like nearly all of them: as <see cref="HashSignature"/>, without an object.</summary>
public readonly ref struct HashEntry
{
    public required HashKind Kind { get; init; }

    public required HashPurpose Purpose { get; init; }

    /// <summary>16, 20 or 32 bytes, by <see cref="Kind"/>.</summary>
    public required ReadOnlySpan<byte> Value { get; init; }

    /// <summary>1 to 4294967294; 0 = any length.</summary>
    public required uint Size { get; init; }

    /// <summary>ASCII, never empty, without a trailing <c> (Clam)</c>.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }
}
