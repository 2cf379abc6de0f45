using System.Diagnostics;

namespace Testing;

/// <summary>The program <c>yara</c>, where it is installed.</summary>
public sealed class YaraProgram
{
    public const string MissingReason = "yara is not installed (Debian package yara)";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private YaraProgram()
    {
    }

    /// <summary>Null when it cannot be started.</summary>
    public static YaraProgram? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "yara")))
            ? new YaraProgram()
            : null;

    /// <summary>Names of the rules that match a file, in ordinal order.</summary>
    /// <exception cref="InvalidOperationException">It refuses a rule.</exception>
    public IReadOnlyList<string> Match(string rules, string file)
    {
        var start = new ProcessStartInfo("yara") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["--no-warnings", rules, file])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("yara did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"yara ran longer than {_timeout}.");
        }

        return process.ExitCode == 0
            ? [.. output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal)]
            : throw new InvalidOperationException(errors.GetAwaiter().GetResult());
    }
}
