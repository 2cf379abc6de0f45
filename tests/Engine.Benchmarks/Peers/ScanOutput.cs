namespace Engine.Benchmarks.Peers;

/// <summary>Reads lines <c>PATH: NAME FOUND</c> and <c>PATH: OK</c>, which clamscan, clamd and our program all write.</summary>
internal static class ScanOutput
{
    private const string Found = " FOUND";

    /// <summary>Path → names, empty for a clean file.</summary>
    public static Dictionary<string, SortedSet<string>> NamesByPath(string output)
    {
        var names = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var line in output.Split(['\n', '\0'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.EndsWith(": OK", StringComparison.Ordinal))
            {
                Of(line[..^4]);
            }
            else if (line.EndsWith(Found, StringComparison.Ordinal))
            {
                var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
                Of(line[..colon]).Add(line[(colon + 2)..^Found.Length]);
            }
        }

        return names;

        SortedSet<string> Of(string path) =>
            names.TryGetValue(path, out var found) ? found : names[path] = new SortedSet<string>(StringComparer.Ordinal);
    }
}
