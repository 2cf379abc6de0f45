using System.Globalization;
using Engine.Benchmarks.Corpora;

namespace Engine.Benchmarks.Generation;

/// <summary>A generated set on disk.</summary>
internal sealed class GeneratedSet
{
    public const string DatabaseName = "database";
    public const string PlantedName = "planted";
    public const string ManifestName = "planted.tsv";

    private GeneratedSet(string folder)
    {
        Folder = folder;
        Expected = File.ReadAllLines(Path.Combine(folder, ManifestName))
            .Select(line => line.Split('\t'))
            .ToDictionary(fields => Path.Combine(folder, PlantedName, fields[0]), fields => fields[1], StringComparer.Ordinal);
    }

    public string Folder { get; }

    public string Database => Path.Combine(Folder, DatabaseName);

    public IReadOnlyList<string> Files => [.. Directory.EnumerateFiles(Database).Order(StringComparer.Ordinal)];

    public string Planted => Path.Combine(Folder, PlantedName);

    /// <summary>Path of a planted file → name of the signature that must be found in it.</summary>
    public IReadOnlyDictionary<string, string> Expected { get; }

    /// <summary>Makes the set, or takes it from the cache folder where an earlier run made it.</summary>
    public static GeneratedSet Get(string cacheFolder, string name, DatabaseShape shape, int seed)
    {
        var folder = Path.Combine(cacheFolder, string.Create(CultureInfo.InvariantCulture, $"set-{name}-{shape.Total}-{seed}"));
        if (!Directory.Exists(folder))
        {
            var temporary = folder + ".tmp";
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            new DatabaseGenerator(shape, seed, new Corpus(cacheFolder)).Write(temporary);
            Directory.Move(temporary, folder);
        }

        return new GeneratedSet(folder);
    }

    /// <exception cref="InvalidOperationException">A planted signature was not found: the figures of the run mean nothing.</exception>
    public void RequireFound(string who, IReadOnlyDictionary<string, SortedSet<string>> namesByPath)
    {
        var missing = Expected
            .Where(planted => !namesByPath.TryGetValue(planted.Key, out var names)
                || !names.Any(name => name == planted.Value || name == planted.Value + ".UNOFFICIAL"))
            .Select(planted => $"{Path.GetFileName(planted.Key)} {planted.Value}")
            .ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"{who} missed {missing.Count} of {Expected.Count} planted signatures: {string.Join(", ", missing.Take(5))}.");
        }
    }
}
