using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Generation;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Subject;

namespace Engine.Benchmarks.Rows;

/// <summary>What rows share: options, corpora, sets, compiled images.</summary>
internal sealed class RowContext(RunOptions options)
{
    private const int MebiByte = 1 << 20;

    public RunOptions Options => options;

    public Corpus Corpus { get; } = new(options.Cache);

    /// <summary>The synthetic set of public shape.</summary>
    public GeneratedSet PublishedSet() => Set("published", DatabaseShape.Published.Scale(options.Scale));

    public GeneratedSet Set(string name, DatabaseShape shape)
    {
        Directory.CreateDirectory(options.Cache);
        return GeneratedSet.Get(options.Cache, name, shape, options.Seed);
    }

    /// <summary>An image of the files, compiled in this process and kept for this run only.</summary>
    public static EngineSet Compile(IReadOnlyList<string> files, string imagePath)
    {
        EngineSet.Compile(files, imagePath);
        return EngineSet.Open(imagePath);
    }

    /// <summary>The blob's path and bytes; null, with a note, when the machine has too few files of the kind.</summary>
    public (string Path, byte[] Bytes)? Blob(CorpusKind kind, int mebibytes, RowReport report)
    {
        if (Corpus.Blob(kind, mebibytes * MebiByte) is { } path)
        {
            return (path, File.ReadAllBytes(path));
        }

        report.Note($"{kind}: left out, this machine has less than {mebibytes} MiB of such files.");
        return null;
    }

    public RowReport Report(string title) => new(title, options);
}

/// <summary>A folder for one row's files, removed at its end.</summary>
internal sealed class RowFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("updater-benchmark-");

    public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
