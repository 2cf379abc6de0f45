using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Benchmarks.Corpora;

namespace Engine.Benchmarks.Generation;

/// <summary>
/// Writes a synthetic signature set and files that it must find. For one seed and one machine the bytes are always the
/// same; on another machine the patterns differ, because they are drawn from its own files.
/// </summary>
/// <remarks>
/// Below the output folder: <c>database/</c> with <c>set.hdb .hsb .mdb .ndb .ldb</c>, <c>planted/</c> with files, and
/// <c>planted.tsv</c> with a line <c>FILE TAB SIGNATURE</c> for each of them.
/// </remarks>
internal sealed class DatabaseGenerator(DatabaseShape shape, int seed, Corpus corpus)
{
    /// <summary>Planted files a kind; fewer when the set has fewer lines.</summary>
    private const int PlantedPerKind = 40;

    public void Write(string folder)
    {
        var database = Directory.CreateDirectory(Path.Combine(folder, GeneratedSet.DatabaseName)).FullName;
        var planted = Directory.CreateDirectory(Path.Combine(folder, GeneratedSet.PlantedName)).FullName;
        using var manifest = new PlantedWriter(planted, Path.Combine(folder, GeneratedSet.ManifestName));
        var random = new Random(seed);
        var names = new SignatureNames(random);
        WriteKind(database, "mdb", shape.SectionDigests, mustPlant => SectionLine(names, random, mustPlant, manifest));
        WriteKind(database, "hdb", shape.Md5Digests, mustPlant => FileLine(names, random, 16, mustPlant, manifest));
        WriteKind(database, "hsb", shape.Sha256Digests, mustPlant => FileLine(names, random, 32, mustPlant, manifest));
        if (shape.Bodies + shape.Logical > 0)
        {
            var fragments = new FragmentPool(corpus);
            var bodies = new BodyGenerator(fragments, names, random);
            var logical = new LogicalGenerator(fragments, names, random);
            WriteKind(database, "ndb", shape.Bodies, mustPlant => manifest.Take(bodies.Next(mustPlant, out var plant), plant));
            WriteKind(database, "ldb", shape.Logical, mustPlant => manifest.Take(logical.Next(mustPlant, out var plant), plant));
        }
    }

    private static void WriteKind(string folder, string extension, int count, Func<bool, string> line)
    {
        if (count == 0)
        {
            return;
        }

        using var writer = new StreamWriter(Path.Combine(folder, $"set.{extension}"), append: false, Encoding.ASCII, 1 << 20);
        var step = Math.Max(1, count / PlantedPerKind);
        for (var i = 0; i < count; i++)
        {
            writer.Write(line(i % step == 0));
            writer.Write('\n');
        }
    }

    private static string FileLine(SignatureNames names, Random random, int digestBytes, bool mustPlant, PlantedWriter manifest)
    {
        Span<byte> digest = stackalloc byte[digestBytes];
        var size = Math.Clamp((int)BodyGenerator.LogNormal(random, median: 140_000, sigma: 1.35), 64, 200_000_000);
        var name = names.Next(1);
        if (mustPlant)
        {
            var file = PlantedDigests.File(random);
            (digestBytes == 16 ? PlantedDigests.Md5(file) : SHA256.HashData(file)).CopyTo(digest);
            size = file.Length;
            manifest.Add(name, file);
        }
        else
        {
            random.NextBytes(digest);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(digest)}:{size}:{name}");
    }

    private static string SectionLine(SignatureNames names, Random random, bool mustPlant, PlantedWriter manifest)
    {
        const int FileAlignment = 512;
        Span<byte> digest = stackalloc byte[16];
        var size = Math.Clamp((int)BodyGenerator.LogNormal(random, median: 40_000, sigma: 1.4) / FileAlignment, 1, 100_000) * FileAlignment;
        var name = names.Next(1);
        if (mustPlant)
        {
            var (file, section) = PlantedDigests.Program(random);
            PlantedDigests.Md5(section).CopyTo(digest);
            size = section.Length;
            manifest.Add(name, file);
        }
        else
        {
            random.NextBytes(digest);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size}:{Convert.ToHexStringLower(digest)}:{name}");
    }
}

/// <summary>Writes planted files and the list of what each holds.</summary>
internal sealed class PlantedWriter(string folder, string manifest) : IDisposable
{
    private readonly StreamWriter _manifest = new(manifest);
    private int _count;

    public void Dispose() => _manifest.Dispose();

    public void Add(string signature, byte[] content)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"{_count++:D4}.bin");
        File.WriteAllBytes(Path.Combine(folder, file), content);
        _manifest.Write($"{file}\t{signature}\n");
    }

    /// <returns>The line.</returns>
    public string Take(string line, PlantedBody? plant)
    {
        if (plant is not null)
        {
            Add(plant.Signature, plant.ToFile());
        }

        return line;
    }
}
