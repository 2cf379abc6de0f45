using System.Diagnostics;
using System.Reflection;

namespace Conformance;

/// <summary>The built program, run as a process: what it printed and how it ended.</summary>
internal static class UpdaterProgram
{
    /// <summary>The executable that the build made in the same configuration as these tests.</summary>
    public static string FileName { get; } = Built("UpdaterProgram");

    /// <summary>The fuzz entry points, which replay their corpus.</summary>
    public static string Fuzz { get; } = Built("FuzzProgram");

    /// <summary><c>Debug</c> or <c>Release</c>: that of these tests, which is that of the program.</summary>
    public static string Configuration { get; } =
        typeof(UpdaterProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string Built(string key) => System.IO.Path.GetFullPath(
        typeof(UpdaterProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!);

    /// <summary>Runs to the end; a run that outlives the limit is killed and fails the test.</summary>
    public static async Task<CommandOutcome> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        ReadOnlyMemory<byte> standardInput = default,
        string? workingDirectory = null,
        TimeSpan? limit = null)
    {
        using var process = Start(arguments, environment, workingDirectory);
        return await FinishAsync(process, standardInput, limit);
    }

    /// <summary>Feeds the input, reads everything, waits for the end.</summary>
    public static async Task<CommandOutcome> FinishAsync(
        Process process, ReadOnlyMemory<byte> standardInput = default, TimeSpan? limit = null)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(standardInput, timeout.Token);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input, which many commands rightly do.
        }

        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} did not end.\n{await output}\n{await errors}", e);
        }

        return new CommandOutcome(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts with all three streams redirected and no configuration from the outside.</summary>
    public static Process Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null) =>
        StartProgram(FileName, arguments, environment, workingDirectory);

    /// <summary>The same for another program, such as the SDK's <c>dotnet</c> or a shell.</summary>
    public static Process StartProgram(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? System.IO.Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("UPDATER_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}

/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record CommandOutcome(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit {ExitCode}\n--- output\n{Output}\n--- errors\n{Errors}";
}
