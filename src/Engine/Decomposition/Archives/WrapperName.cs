namespace Engine.Decomposition.Archives;

/// <summary>The name of what a compressed file holds, from the file's own: <c>a.tar.gz</c> holds <c>a.tar</c>.</summary>
internal static class WrapperName
{
    private static readonly (string Suffix, string Replacement)[] Suffixes =
    [
        (".tgz", ".tar"), (".tbz2", ".tar"), (".tbz", ".tar"), (".txz", ".tar"), (".tzst", ".tar"),
        (".gz", ""), (".gzip", ""), (".bz2", ""), (".xz", ""), (".zst", ""), (".z", ""),
    ];

    public static string Of(string outerName)
    {
        foreach (var (suffix, replacement) in Suffixes)
        {
            if (outerName.Length > suffix.Length && outerName.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return outerName[..^suffix.Length] + replacement;
            }
        }

        return "content";
    }
}
