using System.Globalization;
using System.IO.Compression;

namespace Engine.Benchmarks.Corpora;

/// <summary>
/// Blobs of benign files with a fixed size, and folders of small ones, made at run time below the cache folder. A blob of
/// programs begins with a program, so its type is the kind's.
/// </summary>
internal sealed class Corpus(string cacheFolder)
{
    /// <summary>Longest of the small files.</summary>
    public const int SmallFileBytes = 32_768;

    public static IReadOnlyList<CorpusKind> Kinds { get; } = [CorpusKind.Pe, CorpusKind.Elf, CorpusKind.Text, CorpusKind.Compressed];

    /// <summary>Path of a blob of exactly <paramref name="bytes"/>; null when the machine has too few files of the kind.</summary>
    public string? Blob(CorpusKind kind, int bytes, CorpusHalf half = CorpusHalf.Scanned)
    {
        Directory.CreateDirectory(cacheFolder);
        var path = Path.Combine(cacheFolder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{half}-{bytes}.blob"));
        if (!File.Exists(path))
        {
            var content = new byte[bytes];
            if (Fill(kind, half, content) < bytes)
            {
                return null;
            }

            File.WriteAllBytes(path + ".tmp", content);
            File.Move(path + ".tmp", path, overwrite: true);
        }

        return path;
    }

    /// <summary>A folder with at most <paramref name="count"/> whole files of at most <see cref="SmallFileBytes"/>.</summary>
    public string SmallFiles(CorpusKind kind, int count)
    {
        var folder = Path.Combine(cacheFolder, string.Create(CultureInfo.InvariantCulture, $"{kind}-small-{count}"));
        if (!Directory.Exists(folder))
        {
            var temporary = Directory.CreateDirectory(folder + ".tmp").FullName;
            var files = BenignFiles.Of(kind, CorpusHalf.Scanned).Where(path => new FileInfo(path).Length <= SmallFileBytes).Take(count);
            foreach (var (path, index) in files.Select((path, index) => (path, index)))
            {
                File.Copy(path, Path.Combine(temporary, index.ToString("D5", CultureInfo.InvariantCulture)), overwrite: true);
            }

            Directory.Move(temporary, folder);
        }

        return folder;
    }

    /// <returns>Bytes filled.</returns>
    private int Fill(CorpusKind kind, CorpusHalf half, byte[] content)
    {
        if (kind == CorpusKind.Compressed)
        {
            return Compress(half, content);
        }

        var filled = 0;
        foreach (var path in BenignFiles.Of(kind, half))
        {
            using var file = File.OpenRead(path);
            filled += file.ReadAtLeast(content.AsSpan(filled), content.Length - filled, throwOnEndOfStream: false);
            if (filled == content.Length)
            {
                break;
            }
        }

        return filled;
    }

    /// <summary>Raw deflate: nothing in it looks like the start of an archive.</summary>
    private int Compress(CorpusHalf half, byte[] content)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var path in BenignFiles.Of(CorpusKind.Elf, half))
            {
                deflate.Write(File.ReadAllBytes(path));
                deflate.Flush();
                if (output.Length > content.Length)
                {
                    break;
                }
            }
        }

        var filled = (int)Math.Min(output.Length, content.Length);
        output.GetBuffer().AsSpan(0, filled).CopyTo(content);
        return filled;
    }
}
