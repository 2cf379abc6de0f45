using System.Security.Cryptography;
using Engine.Benchmarks.Corpora;
using Engine.Benchmarks.Measuring;
using Engine.Benchmarks.Subject;
using Engine.Objects;

namespace Engine.Benchmarks.Rows;

/// <summary>
/// MD5, SHA-1 and SHA-256 of many files: as <c>updater scan</c> computes them, beside one pass that feeds all three in
/// turn. Both read the files.
/// </summary>
internal static class HashingRow
{
    private const int Files = 500;
    private const int LargeMebibytes = 16;
    private const double Goal = 1.5;
    private const int Step = 65536;

    /// <summary>Files that are scanned at a time, as the program does.</summary>
    private const int BatchFiles = 16;

    public static Task<RowReport> RunAsync(RowContext context)
    {
        var report = context.Report("hashing: MD5, SHA-1 and SHA-256 of many files");
        using var folder = new RowFolder();
        var random = new Random(context.Options.Seed);
        var lines = new[] { 16, 20, 32 }.Select((size, i) => $"{Convert.ToHexStringLower(RandomBytes(random, size))}:*:Any.Size-{i}:73\n");
        using var engine = RowContext.Compile([folder.Write("any.hsb", string.Concat(lines))], folder.Path("any.image"));

        foreach (var kind in (CorpusKind[])[CorpusKind.Pe, CorpusKind.Elf, CorpusKind.Text])
        {
            var files = Directory.GetFiles(context.Corpus.SmallFiles(kind, Files));
            if (files.Length > 0)
            {
                Add($"{files.Length} small {kind} files", files, engine, context.Options.Rounds, report);
            }
        }

        if (context.Blob(CorpusKind.Elf, LargeMebibytes, report) is { } blob)
        {
            Add($"one file of {LargeMebibytes} MiB", [blob.Path], engine, context.Options.Rounds, report);
        }

        return Task.FromResult(report);
    }

    private static void Add(string what, string[] files, EngineSet engine, int rounds, RowReport report)
    {
        var matcher = engine.NewMatcher();
        using var serial = new SerialPass();
        var seconds = Timing.Interleaved(
            rounds,
            () => Array.ForEach([.. files.Chunk(BatchFiles)], batch => Digest(batch, engine, matcher)),
            () => Array.ForEach(files, file => serial.Digest(File.ReadAllBytes(file))));
        var bytes = files.Sum(file => (double)new FileInfo(file).Length);
        var isMany = files.Length > 1;
        report.Add(
            what, Figure.Speed(bytes, seconds[0]), Figure.Speed(bytes, seconds[1]), Figure.Times(seconds[1] / seconds[0]),
            isMany ? "1.5 ×" : "", isMany ? seconds[1] / seconds[0] >= Goal : null);
        Check(File.ReadAllBytes(files[0]), engine);
    }

    private static void Digest(string[] batch, EngineSet engine, EngineMatcher matcher)
    {
        var contents = Array.ConvertAll(batch, FileContent.Open);
        engine.HashAhead([.. contents.Where(content => content.TryReadAhead())]);
        foreach (var content in contents)
        {
            matcher.Digests(content);
            content.Dispose();
        }
    }

    /// <summary>The digests that were computed are the right ones: an engine that asks for them finds the object.</summary>
    private static void Check(byte[] content, EngineSet engine)
    {
        if (engine.NewMatcher().Digests(content) != 0)
        {
            throw new InvalidOperationException("A file of the machine has a random digest.");
        }

        using var folder = new RowFolder();
        byte[][] digests = [Generation.PlantedDigests.Md5(content), Sha1(content), SHA256.HashData(content)];
        var lines = digests.Select((digest, i) => $"{Convert.ToHexStringLower(digest)}:*:Found.Digest-{i}:73\n");
        using var own = RowContext.Compile([folder.Write("own.hsb", string.Concat(lines))], folder.Path("own.image"));
        if (own.NewMatcher().Digests(content) != digests.Length)
        {
            throw new InvalidOperationException("Not all three digests were computed.");
        }
    }

#pragma warning disable CA5350 // The format has SHA-1; nothing here trusts it.
    private static byte[] Sha1(byte[] content) => SHA1.HashData(content);
#pragma warning restore CA5350

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>One pass over the bytes in steps of 64 KiB that feeds the three states one after the other.</summary>
    private sealed class SerialPass : IDisposable
    {
        private readonly IncrementalHash[] _hashes =
        [
            IncrementalHash.CreateHash(HashAlgorithmName.MD5),
            IncrementalHash.CreateHash(HashAlgorithmName.SHA1),
            IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
        ];

        private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

        public void Digest(byte[] content)
        {
            for (var at = 0; at < content.Length; at += Step)
            {
                foreach (var hash in _hashes)
                {
                    hash.AppendData(content.AsSpan(at, Math.Min(Step, content.Length - at)));
                }
            }

            foreach (var hash in _hashes)
            {
                hash.GetHashAndReset(_digest);
            }
        }

        public void Dispose() => Array.ForEach(_hashes, hash => hash.Dispose());
    }
}
