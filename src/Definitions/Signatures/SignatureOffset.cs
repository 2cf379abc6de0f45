namespace Definitions.Signatures;

/// <summary>What the start of a match is measured from (clamav-formats.md §3.6, Offsets).</summary>
public enum OffsetBase
{
    /// <summary><c>*</c>: anywhere.</summary>
    Any = 0,

    /// <summary><c>n</c>: from the start of the object.</summary>
    Start = 1,

    /// <summary><c>EOF-n</c>: back from the end of the object.</summary>
    End = 2,

    /// <summary><c>EP±n</c>: the entry point's file offset.</summary>
    EntryPoint = 3,

    /// <summary><c>Sx+n</c>: the raw start of section x.</summary>
    Section = 4,

    /// <summary><c>SL+n</c>: the raw start of the last section.</summary>
    LastSection = 5,

    /// <summary><c>SEx</c>: anywhere inside section x, its end position included.</summary>
    WholeSection = 6,

    /// <summary><c>VI</c>: inside the version-information resource.</summary>
    VersionInformation = 7,

    /// <summary><c>$g$</c>: member of macro group g, never reported itself.</summary>
    MacroGroup = 8,

    /// <summary>An empty offset: loads and never matches.</summary>
    Never = 9,
}

/// <summary>Where a body may start.</summary>
/// <param name="Base">What <paramref name="Distance"/> is measured from.</param>
/// <param name="Distance">Bytes from the base; for <see cref="OffsetBase.End"/> counted backwards.</param>
/// <param name="MaxShift">The start may lie up to this many bytes later; 0 = exactly there.</param>
/// <param name="Index">The section or macro group number; else 0.</param>
public readonly record struct SignatureOffset(OffsetBase Base, long Distance = 0, long MaxShift = 0, int Index = 0)
{
    public static SignatureOffset Anywhere => new(OffsetBase.Any);

    /// <summary>True for the offsets that need a parsed executable.</summary>
    public bool NeedsExecutable => Base is OffsetBase.EntryPoint or OffsetBase.Section or OffsetBase.LastSection
        or OffsetBase.WholeSection or OffsetBase.VersionInformation;
}
