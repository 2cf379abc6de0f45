using System.Security.Cryptography;
using Definitions;
using Engine.Images;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

#pragma warning disable CA5351 // The signature formats are defined on these digests.
namespace Engine.Tests.Scanning;

/// <summary>Files that were read and hashed ahead are scanned with the same results.</summary>
public sealed class HashAheadTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finds_the_same_in_files_of_every_size()
    {
        var files = Enumerable.Range(0, 60).Select(i => Noise((i % 20) switch { 0 => 0, 1 => 3, 2 => FileContent.WholeBytes, 3 => FileContent.WholeBytes + 1, _ => i * 997 })).ToList();
        using var image = new CompiledImage(
            ("a.hdb", string.Concat(files.Where((bytes, i) => bytes.Length > 5 && i % 2 == 0).Select(
                (bytes, i) => $"{Convert.ToHexStringLower(MD5.HashData(bytes))}:{bytes.Length}:Digest-{i}\n"))),
            ("b.fp", $"{Convert.ToHexStringLower(MD5.HashData(files[^2]))}:{files[^2].Length}:Known\n"));
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), new ImageSet(Image.Open(image.Path)));
        var engine = new ScanEngine(active, TimeProvider.System, _folder.Path("scratch"));
        var paths = files.Select((bytes, i) => _folder.Write($"f{i}", bytes)).ToList();

        var plain = paths.ConvertAll(path => Scan(engine, path, FileContent.Open(path)));
        var opened = paths.ConvertAll(FileContent.Open);
        var ahead = opened.Where(content => content.TryReadAhead()).ToList();
        engine.HashAhead(ahead);
        Assert.True(ahead.Count(content => content.Md5 is not null) > 20);
        var hashed = paths.Select((path, i) => Scan(engine, path, opened[i])).ToList();

        Assert.Equal(plain, hashed);
        Assert.True(plain.Count(result => result.Threat is not null) > 20);
        Assert.Equal(files.Select(bytes => (Digest?)Digest.Of(bytes)), hashed.Select(result => result.Sha256));
    }

    [Fact]
    public void Leaves_files_that_cannot_be_read_to_the_scan()
    {
        var path = _folder.Write("f", Noise(10_000));
        using var content = FileContent.Open(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(10);
        }

        Assert.False(content.TryReadAhead());
        Assert.Throws<IOException>(() => content.Window(0, 100).Length);
    }

    private static (string? Threat, Digest? Sha256) Scan(ScanEngine engine, string path, FileContent content)
    {
        using (content)
        {
            var result = engine.Scan(new ScanRequest { Name = Path.GetFileName(path), Content = content }, CancellationToken.None);
            return (result.Threat, result.Sha256);
        }
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length + 1).NextBytes(bytes);
        return bytes;
    }
}
