using System.Diagnostics;

namespace Testing;

/// <summary>The reference engine's own scanner, run as a process, where it is installed.</summary>
public sealed class ClamScan
{
    public const string MissingReason = "clamscan is not installed (Debian package clamav)";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly string _program;

    private ClamScan(string program) => _program = program;

    /// <summary>Null when no folder of PATH holds it.</summary>
    public static ClamScan? Find()
    {
        var name = OperatingSystem.IsWindows() ? "clamscan.exe" : "clamscan";
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return path is null ? null : new ClamScan(path);
    }

    /// <summary>Scans files or folders in all-match mode.</summary>
    /// <param name="database">A signature file or a folder of them.</param>
    public Report Scan(string database, params string[] paths) => Run(["--allmatch"], database, paths);

    /// <summary>As <see cref="Scan"/>, without the normalised copies that rules meet there too.</summary>
    public Report ScanRaw(string database, params string[] paths) => Run(["--allmatch", "--normalize=no"], database, paths);

    /// <summary>Scans files or folders for the first match of each.</summary>
    /// <param name="database">A signature file or a folder of them.</param>
    public Report ScanFirst(string database, params string[] paths) => Run([], database, paths);

    private Report Run(string[] options, string database, string[] paths)
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments = ["--no-summary", .. options, "--recursive", "--stdout", $"--database={database}", .. paths];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_program} ran longer than {_timeout}.");
        }

        return new Report(process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }

    /// <summary>What a run said.</summary>
    public sealed class Report
    {
        private readonly Dictionary<string, SortedSet<string>> _names = new(StringComparer.Ordinal);

        internal Report(int exitCode, string output)
        {
            ExitCode = exitCode;
            Output = output;
            foreach (var line in output.Split('\n'))
            {
                const string found = " FOUND";
                if (line.EndsWith(" OK", StringComparison.Ordinal))
                {
                    Names(line[..line.LastIndexOf(':')]);
                }
                else if (line.EndsWith(found, StringComparison.Ordinal))
                {
                    var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
                    Names(line[..colon]).Add(line[(colon + 2)..^found.Length]);
                }
            }
        }

        /// <summary>0 clean, 1 found, 2 error.</summary>
        public int ExitCode { get; }

        public string Output { get; }

        /// <summary>True when the database did not load.</summary>
        public bool IsMalformed => ExitCode == 2 && Output.Contains("Malformed database", StringComparison.Ordinal);

        /// <summary>Path → all names reported for it, with <c>.UNOFFICIAL</c>; empty for a clean file.</summary>
        public IReadOnlyDictionary<string, SortedSet<string>> NamesByPath => _names;

        private SortedSet<string> Names(string path)
        {
            if (!_names.TryGetValue(path, out var names))
            {
                _names[path] = names = new SortedSet<string>(StringComparer.Ordinal);
            }

            return names;
        }
    }
}
