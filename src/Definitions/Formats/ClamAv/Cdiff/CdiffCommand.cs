namespace Definitions.Formats.ClamAv.Cdiff;

/// <summary>The commands of a script (clamav-formats.md §2.2).</summary>
internal enum CdiffVerb
{
    Comment = 0,
    Open = 1,
    Add = 2,
    Delete = 3,
    Exchange = 4,
    Close = 5,
    Move = 6,
    Unlink = 7,
}

/// <summary>One line of a script; its spans are parts of that line.</summary>
internal readonly ref struct CdiffCommand
{
    public CdiffVerb Verb { get; init; }

    /// <summary>The file of OPEN and UNLINK, the source of MOVE: a safe file name.</summary>
    public string Name { get; init; }

    /// <summary>The file that MOVE appends to: a safe file name.</summary>
    public string Target { get; init; }

    /// <summary>The 1-based line of DEL and XCHG, the first of MOVE.</summary>
    public long Line { get; init; }

    /// <summary>What that line must start with; at most <see cref="CdiffParser.MaxPrefixBytes"/>.</summary>
    public ReadOnlySpan<byte> Prefix { get; init; }

    /// <summary>The last line of MOVE, not before the first.</summary>
    public long LastLine { get; init; }

    public ReadOnlySpan<byte> LastPrefix { get; init; }

    /// <summary>The line that ADD and XCHG write, without line end.</summary>
    public ReadOnlySpan<byte> Text { get; init; }
}
