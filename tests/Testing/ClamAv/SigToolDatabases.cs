using System.Diagnostics;

namespace Testing.ClamAv;

/// <summary>The reference engine's tool for databases, run as a process, where it is installed.</summary>
public sealed class SigToolDatabases
{
    public const string MissingReason = "sigtool is not installed (Debian package clamav)";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly string _program;

    private SigToolDatabases(string program) => _program = program;

    /// <summary>Null when no folder of PATH holds it.</summary>
    public static SigToolDatabases? Find()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "sigtool.exe" : "sigtool"))
            .FirstOrDefault(File.Exists);
        return path is null ? null : new SigToolDatabases(path);
    }

    /// <summary>Runs in a folder, as a builder named <c>tester</c>.</summary>
    /// <returns>Exit status, and both outputs one behind the other.</returns>
    public (int ExitCode, string Output) Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(_program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["SIGNDUSER"] = "tester";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_program} ran longer than {_timeout}.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }
}
