using System.Security.Cryptography;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;

namespace Engine.Benchmarks.Subject;

/// <summary>The built <c>updater</c>, and what it made of a set: an image and a data folder, kept in the cache folder.</summary>
internal sealed class BuiltProgram(string path, RunOptions options)
{
    /// <summary>What <c>--updater</c> names, else the published or built program of this repository, the newest.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static BuiltProgram Find(RunOptions options)
    {
        var found = options.Updater ?? Candidates().Where(File.Exists).MaxBy(File.GetLastWriteTimeUtc);
        return found is not null && File.Exists(found)
            ? new BuiltProgram(Path.GetFullPath(found), options)
            : throw new InvalidOperationException("The program is not built: dotnet publish src/Updater -c Release, or name it with --updater.");
    }

    public string FileName => path;

    public CommandRun Run(IEnumerable<string> arguments, bool isWatched = false) => CommandRun.Of(path, arguments, isWatched);

    /// <summary>The set as one image, compiled by the program itself.</summary>
    public string ImageOf(GeneratedSet set)
    {
        var image = Path.Combine(options.Cache, $"{Path.GetFileName(set.Folder)}-{Fingerprint()}.image");
        if (!File.Exists(image))
        {
            RowReport.Progress($"compiling {image}");
            Run(["compile", set.Database, "--output", image]).Require(0);
        }

        return image;
    }

    /// <summary>A data folder in which the set is the active generation, installed as the operator's own files.</summary>
    public ServiceFolder DataOf(GeneratedSet set)
    {
        var folder = new ServiceFolder(Path.Combine(options.Cache, $"data-{Path.GetFileName(set.Folder)}-{Fingerprint()}"));
        if (!File.Exists(folder.ReadyFile))
        {
            RowReport.Progress($"installing the set in {folder.Data}");
            folder.Create(set.Files);
            Run(["update", "--config", folder.ConfigFile, "--timeout", "30m"]).Require(0);
            File.WriteAllText(folder.ReadyFile, "");
        }

        return folder;
    }

    private static IEnumerable<string> Candidates()
    {
        // artifacts/bin/Engine.Benchmarks/release/ → artifacts/
        var artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));
        var name = OperatingSystem.IsWindows() ? "updater.exe" : "updater";
        return new[] { "publish", "bin" }
            .Select(kind => Path.Combine(artifacts, kind, "Updater"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(folder => Path.GetFileName(folder).StartsWith("release", StringComparison.OrdinalIgnoreCase))
            .Select(folder => Path.Combine(folder, name));
    }

    /// <summary>Images are of one build's format: another build makes its own.</summary>
    private string Fingerprint()
    {
        var engine = Path.Combine(Path.GetDirectoryName(path)!, "Engine.dll");
        using var file = File.OpenRead(File.Exists(engine) ? engine : path);
        return Convert.ToHexStringLower(SHA256.HashData(file))[..8];
    }
}

/// <summary>A data folder with its configuration: no sources, loopback listeners, the operator's own files.</summary>
internal sealed class ServiceFolder(string root)
{
    public string Data => Path.Combine(root, "d");

    public string ConfigFile => Path.Combine(root, "updater.json");

    public string ReadyFile => Path.Combine(root, "ready");

    public string Local => Path.Combine(Data, "local");

    public string Socket => Path.Combine(Data, "clamd.sock");

    /// <summary>The port of the HTTP listener is written into the configuration by <see cref="Configure"/>.</summary>
    public void Create(IReadOnlyList<string> files)
    {
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        Directory.CreateDirectory(Local);
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(Local, Path.GetFileName(file)));
        }

        Configure(httpPort: 0);
    }

    public void Configure(int httpPort) => File.WriteAllText(ConfigFile, $$"""
        {
          "dataDirectory": "{{Data}}",
          "sources": [],
          "updates": { "interval": "00:00:00", "minFreeBytes": 1 },
          "listeners": {
            "clamd": { "tcp": [], "unix": "clamd.sock" },
            "http": { "addresses": ["127.0.0.1:{{httpPort}}"] }
          }
        }
        """);
}
