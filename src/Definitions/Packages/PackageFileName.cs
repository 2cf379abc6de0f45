using System.Buffers;

namespace Definitions.Packages;

/// <summary>Names that files in packages may have.</summary>
public static class PackageFileName
{
    /// <summary>The name field of a ustar header has 100 bytes, and the prefix field would bring in folders.</summary>
    public const int MaxLength = 100;

    /// <summary>The archive's first entry; no file of the package may have this name in any spelling.</summary>
    public const string Manifest = "manifest.json";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-");

    /// <summary>
    /// 1 to 100 characters of <c>A-Z a-z 0-9 . _ + -</c>, the first no dot and no hyphen: no folder, no parent folder,
    /// no hidden file, nothing a shell or a tool takes for an option, and nothing that needs escaping.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength
        && name[0] is not ('.' or '-')
        && !name.ContainsAnyExcept(Allowed)
        && !name.Equals(Manifest, StringComparison.OrdinalIgnoreCase);
}
