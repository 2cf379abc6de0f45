namespace Updater.Publishing;

/// <summary>Counts signatures by file extension for the manifest: one a line, comments left out (clamav-formats.md §3.1).</summary>
internal static class SignatureCounter
{
    /// <summary>Formats with one signature a line (clamav-formats.md §3.2); other files are packed and not counted.</summary>
    private static readonly HashSet<string> LineFormats = new(StringComparer.Ordinal)
    {
        "hdb", "hsb", "hdu", "hsu", "mdb", "msb", "mdu", "msu", "imp", "fp", "sfp", "ndb", "ndu", "db", "sdb", "zmd", "rmd",
        "ldb", "ldu", "cdb", "ign", "ign2", "idb", "crb", "pdb", "wdb", "gdb", "ftm", "pwdb",
    };

    /// <param name="paths">Files of one package.</param>
    /// <returns>By extension without the dot; formats without a file are left out.</returns>
    public static IReadOnlyDictionary<string, long> Count(IEnumerable<string> paths)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var extension = Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
            if (LineFormats.Contains(extension))
            {
                counts[extension] = counts.GetValueOrDefault(extension) + CountLines(path);
            }
        }

        return counts;
    }

    private static long CountLines(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[64 * 1024];
        long count = 0;
        var isLineStart = true;
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            foreach (var b in buffer.AsSpan(0, read))
            {
                if (isLineStart && b is not ((byte)'#' or (byte)'\n' or (byte)'\r'))
                {
                    count++;
                }

                isLineStart = b == (byte)'\n';
            }
        }

        return count;
    }
}
