namespace Definitions.Formats.ClamAv;

/// <summary>
/// The fields of a logical signature between semicolons. From the fourth on, a semicolon between two slashes (each not
/// behind a backslash) belongs to a regular expression (clamav-formats.md §3.7).
/// </summary>
internal static class LogicalFields
{
    /// <summary>Name, description and expression stand before the subsignatures.</summary>
    public const int Heads = 3;

    /// <summary>Writes where each field starts and returns how many there are; stops when there is no more room.</summary>
    public static int Split(ReadOnlySpan<byte> line, Span<int> starts)
    {
        var count = 1;
        starts[0] = 0;
        var isInRegex = false;
        for (var i = 0; i < line.Length && count < starts.Length; i++)
        {
            if (line[i] == ';' && !isInRegex)
            {
                starts[count++] = i + 1;
            }
            else if (line[i] == '/' && count > Heads && line[i - 1] != '\\')
            {
                isInRegex = !isInRegex;
            }
        }

        return count;
    }
}
