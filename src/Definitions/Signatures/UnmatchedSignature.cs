namespace Definitions.Signatures;

/// <summary>What a line is that is checked and counted, and does not match anything in this engine.</summary>
public enum UnmatchedKind
{
    /// <summary><c>.idb</c>: the similarity score of icons is not known (clamav-formats.md §3.10).</summary>
    Icon = 0,

    /// <summary><c>.crb</c>: certificates of signed programs; their chains are not followed.</summary>
    Certificate = 1,

    /// <summary><c>.cfg</c>: switches for parsers of the reference engine.</summary>
    Switch = 2,
}

/// <summary>A well-formed line of a kind that has no effect here.</summary>
public sealed class UnmatchedSignature : Signature
{
    public required UnmatchedKind Kind { get; init; }
}
