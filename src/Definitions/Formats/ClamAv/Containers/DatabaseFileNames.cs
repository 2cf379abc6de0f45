using System.Collections.Frozen;

namespace Definitions.Formats.ClamAv.Containers;

/// <summary>Which files are databases: the extensions that the loader knows (clamav-formats.md §1.9, §3.2).</summary>
public static class DatabaseFileNames
{
    private static readonly FrozenSet<string> Signatures = FrozenSet.ToFrozenSet(
        [
            "cat", "cbc", "cdb", "cfg", "crb", "db", "fp", "ftm", "gdb", "hdb", "hdu", "hsb", "hsu", "idb", "ign", "ign2", "imp",
            "ioc", "ldb", "ldu", "mdb", "mdu", "msb", "msu", "ndb", "ndu", "pdb", "pwdb", "rmd", "sdb", "sfp", "wdb", "yar", "yara",
            "zmd",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Counted = FrozenSet.ToFrozenSet(
        [
            "db", "hdb", "hdu", "hsb", "hsu", "mdb", "mdu", "msb", "msu", "ndb", "ndu", "ldb", "ldu", "sdb", "zmd", "rmd", "fp",
            "gdb", "pdb", "crb", "cdb", "imp",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>True for signature files and containers, by their extension in either case.</summary>
    public static bool IsKnown(ReadOnlySpan<char> name) => IsSignatureFile(name) || ContainerKinds.TryOfFileName(name, out _);

    /// <summary>True for files of signatures and settings, containers and their index left out.</summary>
    public static bool IsSignatureFile(ReadOnlySpan<char> name) => Has(Signatures, name);

    /// <summary>True for the files whose lines the header's signature count sums up (clamav-formats.md §1.5).</summary>
    public static bool IsCounted(ReadOnlySpan<char> name) => Has(Counted, name);

    private static bool Has(FrozenSet<string> extensions, ReadOnlySpan<char> name)
    {
        var dot = name.LastIndexOf('.');
        return dot >= 0 && extensions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name[(dot + 1)..]);
    }
}
