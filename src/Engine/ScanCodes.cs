using System.Collections.Frozen;
using Engine.Verdicts;

namespace Engine;

/// <summary>Names, classes and ranks of the scan codes (csapi.md §4).</summary>
public static class ScanCodes
{
    private static readonly FrozenDictionary<ScanCode, ScanCodeRow> ByCode =
        ScanCodeTable.Rows.ToFrozenDictionary(row => row.Code);

    private static readonly FrozenDictionary<string, ScanCode> ByName =
        ScanCodeTable.Rows.ToFrozenDictionary(row => row.Name, row => row.Code, StringComparer.Ordinal);

    /// <summary>All 66, in table order.</summary>
    public static IReadOnlyList<ScanCode> All { get; } = [.. ScanCodeTable.Rows.Select(row => row.Code)];

    /// <summary>The original's name, such as <c>DEC_RESULT_MAXIMUM_DEPTH_REACHED</c>.</summary>
    public static string ToName(this ScanCode code) => ByCode[code].Name;

    public static bool TryParse(string name, out ScanCode code) => ByName.TryGetValue(name, out code);

    /// <summary>What the code alone makes of the status.</summary>
    public static ScanCodeClass Class(this ScanCode code) => ByCode[code].Class;

    /// <summary>0 to 8: the lowest of several is the primary one.</summary>
    public static int Rank(this ScanCode code) => ByCode[code].Rank;

    /// <summary>The component that the code's prefix names (M-173).</summary>
    public static ScanCodeCategory Category(this ScanCode code) => (ScanCodeCategory)((int)code >> 8);

    /// <summary>Zero-based position in the table of the prefix (M-174).</summary>
    public static int Position(this ScanCode code) => (int)code & 0xFF;
}

/// <summary>What a code means for the status when nothing outranks it (csapi.md §4.1).</summary>
public enum ScanCodeClass
{
    /// <summary>Virus found: INFECTED.</summary>
    Detection = 0,

    /// <summary>F: ERROR.</summary>
    Fatal,

    /// <summary>L: UNSCANNABLE.</summary>
    Limit,

    /// <summary>C: UNSCANNABLE; a policy may allow it.</summary>
    Content,

    /// <summary>M: CLEAN, the object was changed.</summary>
    Modification,

    /// <summary>I: CLEAN.</summary>
    Information,
}

/// <summary>The four prefixes.</summary>
public enum ScanCodeCategory
{
    /// <summary><c>AVS_</c></summary>
    Matcher = 0,

    /// <summary><c>DEC_</c></summary>
    Decomposer,

    /// <summary><c>GEN_</c></summary>
    Generic,

    /// <summary><c>LIC_</c></summary>
    Licence,
}
