namespace Definitions.Formats.ClamAv;

/// <summary>Options that change what the text of an expression means.</summary>
[Flags]
internal enum PcreOptions
{
    None = 0,

    /// <summary><c>x</c>: white space and comments are left out.</summary>
    Extended = 1,

    /// <summary><c>E</c>: <c>$</c> matches at the very end alone.</summary>
    DollarEndOnly = 2,

    /// <summary><c>U</c>: repetitions take as little as they can, and as much with a <c>?</c>.</summary>
    Ungreedy = 4,

    /// <summary><c>m</c>: <c>$</c> matches at line ends, whatever <see cref="DollarEndOnly"/> says.</summary>
    Multiline = 8,

    /// <summary><c>i</c>: some classes mean more.</summary>
    IgnoreCase = 16,
}

/// <summary>Why an expression was not translated.</summary>
/// <param name="What">What is wrong, or which construction is not supported.</param>
/// <param name="Position">0-based byte of the expression.</param>
/// <param name="IsUnsupported">True: PCRE would take it.</param>
internal sealed record PcreFault(string What, int Position, bool IsUnsupported);

/// <param name="Expression">For the framework, over the characters of <c>RegexText</c>; empty with a fault.</param>
/// <param name="NeedsBacktracking">It holds what the linear-time engine cannot do.</param>
internal sealed record PcreTranslation(string Expression, bool NeedsBacktracking, PcreFault? Fault);

/// <summary>Ends a translation; never leaves <see cref="PcreTranslator"/>.</summary>
internal sealed class PcreException(string what, int position, bool isUnsupported) : Exception(what)
{
    public int Position { get; } = position;

    public bool IsUnsupported { get; } = isUnsupported;
}
