namespace Engine.Benchmarks.Peers;

/// <summary>Another program that is measured beside ours, where it is installed.</summary>
internal static class Tool
{
    /// <summary>Full path, or null when it is not installed or left out by the command line.</summary>
    public static string? Find(string name, RunOptions options) => options.Without.Contains(name, StringComparer.Ordinal)
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(["/usr/sbin", "/usr/local/sbin"])
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Why a peer has no figures.</summary>
    public static string Missing(string name) => $"{name} is not installed or was left out: no figures of it.";
}
