using System.Security.Cryptography;
using Definitions;
using Engine.Images;
using Engine.Objects;
using Engine.Tests.Images;
using Testing;

#pragma warning disable CA5351 // The signature formats are defined on these digests.
namespace Engine.Tests.Scanning;

/// <summary>A submitted object is read once for its type, the search, every digest of a table and the digest of the result.</summary>
public sealed class OneReadTests : IDisposable
{
    /// <summary>A look for an archive behind the end, and what windows overlap.</summary>
    private const int TailBytes = 65_600;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(3_000_000)]
    public void Reads_an_object_once_and_names_its_digest(int length)
    {
        var bytes = Noise(length);
        using var image = Set(bytes);
        using var content = new CountingContent(bytes);
        var result = Scan(image, content);
        Assert.Equal(Digest.Of(bytes), result.Sha256);
        Assert.Equal(length > 5 ? "Digest.Md5" : null, result.Threat);
        Assert.InRange(content.WindowBytes, length, length + TailBytes);
    }

    [Fact]
    public void Names_the_digest_of_all_bytes_when_the_first_match_ends_the_search()
    {
        var bytes = Noise(2_500_000);
        "MARKER-IN-FRONT"u8.CopyTo(bytes.AsSpan(100));
        using var image = Set(bytes);
        using var content = new CountingContent(bytes);
        var result = Scan(image, content);
        Assert.Equal("Body.Marker", result.Threat);
        Assert.Equal(Digest.Of(bytes), result.Sha256);
    }

    [Fact]
    public void Names_the_digest_when_the_time_is_over_while_it_matches()
    {
        var bytes = Noise(5_000_000);
        using var image = Set(bytes);
        using var content = new CountingContent(bytes);
        var result = Scan(image, content, new SteppingClock(TimeSpan.FromMilliseconds(100)), ScanProfile.Default with { MaxExtractTime = TimeSpan.FromSeconds(2) });
        Assert.Equal(ScanCode.DecMaximumExtractTimeExceeded, result.Code);
        Assert.Equal(Digest.Of(bytes), result.Sha256);
    }

    [Fact]
    public void Has_no_digest_for_bytes_that_cannot_be_read_and_says_so_once()
    {
        using var image = Set([]);
        using var content = new FailingContent(3_000_000, failAt: 2_000_000);
        var result = Scan(image, content);
        Assert.Null(result.Sha256);
        Assert.Equal((ScanCode.AvsScanfileFailure, 1), (Assert.Single(result.Codes).Code, result.Codes[0].Count));
    }

    [Fact]
    public void An_allow_list_needs_no_second_reading()
    {
        var bytes = Noise(1_500_000);
        using var image = Set(bytes, ("z.sfp", $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}:{bytes.Length}:Known\n"));
        using var content = new CountingContent(bytes);
        var result = Scan(image, content);
        Assert.Equal(ScanStatus.Clean, result.Status);
        Assert.InRange(content.WindowBytes, bytes.Length, bytes.Length + TailBytes);
    }

    private ScanResult Scan(CompiledImage image, ObjectContent content, TimeProvider? time = null, ScanProfile? profile = null)
    {
        using var active = new ActiveImage();
        active.Swap(new GenerationId(1, default), new ImageSet(Image.Open(image.Path)));
        var engine = new ScanEngine(active, time ?? TimeProvider.System, _folder.Path("scratch"));
        return engine.Scan(
            new ScanRequest { Name = "x", Content = content, Profile = profile ?? ScanProfile.Default }, CancellationToken.None);
    }

    private static CompiledImage Set(byte[] bytes, params (string, string)[] more) => new(
    [
        ("a.ndb", $"Body.Marker:0:*:{Convert.ToHexStringLower("MARKER-IN-FRONT"u8)}\n"),
        ("b.hdb", $"{Convert.ToHexStringLower(MD5.HashData(bytes))}:{Math.Max(1, bytes.Length)}:Digest.Md5\n"),
        .. more,
    ]);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Counts what is read in windows; looks elsewhere are small and not counted.</summary>
    private sealed class CountingContent(byte[] bytes) : ObjectContent
    {
        public long WindowBytes { get; private set; }

        public override long Length => bytes.Length;

        public override ReadOnlySpan<byte> Window(long offset, int count)
        {
            var window = Peek(offset, count);
            WindowBytes += window.Length;
            return window;
        }

        public override ReadOnlySpan<byte> Peek(long offset, int count) =>
            offset >= bytes.Length ? default : bytes.AsSpan((int)offset, (int)Math.Min(count, bytes.Length - offset));
    }
}
