using System.Diagnostics;

namespace Testing;

/// <summary>The reference engine's signature tool, run as a process, where it is installed.</summary>
public sealed class SigTool
{
    public const string MissingReason = "sigtool is not installed (Debian package clamav)";

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(60);

    private readonly string _program;

    private SigTool(string program) => _program = program;

    /// <summary>Null when no folder of PATH holds it.</summary>
    public static SigTool? Find()
    {
        var name = OperatingSystem.IsWindows() ? "sigtool.exe" : "sigtool";
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        return path is null ? null : new SigTool(path);
    }

    /// <summary>The perceptual hash of a picture, 16 hex digits; null when it has none.</summary>
    public string? FuzzyHash(string picture)
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("--fuzzy-img");
        start.ArgumentList.Add(picture);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_program} ran longer than {_timeout}.");
        }

        errors.GetAwaiter().GetResult();
        var word = output.GetAwaiter().GetResult().Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return word is { Length: 16 } && word.All(char.IsAsciiHexDigit) ? word : null;
    }

    /// <summary>The copy of a text.</summary>
    public byte[] NormaliseText(byte[] text)
    {
        using var folder = Run(text, "--ascii-normalise=in");
        return File.ReadAllBytes(folder.Path("normalised_text"));
    }

    /// <summary>The copies of an HTML document; without a script the last one is empty.</summary>
    public (byte[] NoComment, byte[] NoTags, byte[] Scripts) NormaliseHtml(byte[] html)
    {
        using var folder = Run(html, "--html-normalise=in");
        var scripts = folder.Path("javascript");
        return (
            File.ReadAllBytes(folder.Path("nocomment.html")),
            File.ReadAllBytes(folder.Path("notags.html")),
            File.Exists(scripts) ? File.ReadAllBytes(scripts) : []);
    }

    private TempFolder Run(byte[] content, string argument)
    {
        var folder = new TempFolder();
        folder.Write("in", content);
        var start = new ProcessStartInfo(_program, argument)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(folder.Path("in")),
        };

        // It writes the copies and then crashes while it cleans up, so its exit code says nothing.
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(_timeout))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_program} ran longer than {_timeout}.");
        }

        Task.WaitAll(errors, output);
        return folder;
    }
}
