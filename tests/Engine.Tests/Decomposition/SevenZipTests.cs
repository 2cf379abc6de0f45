using System.Buffers.Binary;
using SharpCompress.Compressors.LZMA;
using Testing;

namespace Engine.Tests.Decomposition;

public sealed class SevenZipTests
{
    private static readonly byte[] Payload = Archive.Join(Archive.Noise(20_000), Eicar.Content, new byte[30_000]);

    [Theory]
    [InlineData("LZMA")]
    [InlineData("LZMA2")]
    [InlineData("PPMd")]
    [InlineData("BZip2")]
    [InlineData("Deflate")]
    [InlineData("Copy")]
    public void Opens_the_common_methods(string method)
    {
        var seen = Decomposed.Of(Make($"-m0={method}", ("a", [1, 2, 3]), ("b", Payload)), "s");
        Assert.Equal("s,s!a,s!b", seen.Paths);
        Assert.Equal(Payload, seen.Nodes[2].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-147")]
    public void Reports_encrypted_members()
    {
        var seen = Decomposed.Of(Make("-psecret", ("a", Payload)), "s");
        Assert.True(seen.Has(ScanCode.DecEncryptedContainerChildDetected, "s!a"));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact, Trait("req", "M-116")]
    public void Reports_encrypted_headers()
    {
        var seen = Decomposed.Of(Make("-psecret -mhe=on", ("a", Payload)), "s");
        Assert.True(seen.Has(ScanCode.DecEncryptedContainerDetected, "s"));
    }

    [Fact, Trait("req", "M-122")]
    public void Reports_a_damaged_solid_stream()
    {
        var archive = Make("-ms=on -m0=LZMA2", ("a", Archive.Noise(9000)), ("b", Archive.Noise(9000, 2)));
        archive[5000] ^= 0xFF;
        var seen = Decomposed.Of(archive, "s");
        Assert.True(seen.Has(ScanCode.DecContainerExtractFailed));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact, Trait("req", "M-123")]
    public void Reports_a_signature_with_garbage()
    {
        byte[] garbage = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, .. Archive.Noise(500)];
        Assert.Equal(ScanStatus.Unscannable, Decomposed.Of(garbage).Status);
    }

    [Fact]
    public void Never_takes_a_cut_archive_for_clean()
    {
        var archive = Make("", ("a", Payload));
        foreach (var cut in new[] { 1, 40, 5000, archive.Length - 40 })
        {
            Assert.True(Decomposed.Of(archive[..^cut]).Status == ScanStatus.Unscannable, $"cut by {cut}");
        }
    }

    [Fact, Trait("req", "M-144")]
    public void Refuses_a_model_that_would_fill_the_memory()
    {
        var plain = Make("-m0=PPMd -mhc=off", ("a", Payload));
        BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(plain.AsSpan().IndexOf<byte>([0x03, 0x04, 0x01, 0x05]) + 5), 100 << 20);
        Assert.True(Decomposed.Of(plain).Has(ScanCode.DecContainerUnknownAlgorithm));
        Assert.True(Decomposed.Of(WithPackedHeader(plain)).Has(ScanCode.DecContainerUnknownAlgorithm));
    }

    // The header of an archive goes into an LZMA stream of its own, as 7-Zip does by default.
    private static byte[] WithPackedHeader(byte[] plain)
    {
        var offset = 32 + (int)BinaryPrimitives.ReadInt64LittleEndian(plain.AsSpan(12));
        var header = plain[offset..];
        var packed = new MemoryStream();
        byte[] properties;
        using (var encoder = LzmaStream.Create(new LzmaEncoderProperties(false), false, packed))
        {
            encoder.Write(header);
            properties = encoder.Properties;
        }

        byte[] descriptor =
        [
            0x17, 0x06, .. Number(offset - 32), 0x01, 0x09, .. Number((int)packed.Length), 0x00,
            0x07, 0x0B, 0x01, 0x00, 0x01, 0x23, 0x03, 0x01, 0x01, 0x05, .. properties, 0x0C, .. Number(header.Length), 0x00, 0x00,
        ];
        var archive = Archive.Join(plain[..offset], packed.ToArray(), descriptor);
        BinaryPrimitives.WriteInt64LittleEndian(archive.AsSpan(12), archive.Length - descriptor.Length - 32);
        BinaryPrimitives.WriteInt64LittleEndian(archive.AsSpan(20), descriptor.Length);
        return archive;
    }

    private static byte[] Number(int value) => [0xF0, .. BitConverter.GetBytes(value)];

    [Fact]
    public void Opens_many_small_members_of_a_solid_archive()
    {
        var files = Enumerable.Range(0, 500).Select(i => ($"f{i:000}", Archive.Noise(100, i))).ToArray();
        var seen = Decomposed.Of(Make("-ms=on", files));
        Assert.Equal(501, seen.Nodes.Count);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-025")]
    public void Cuts_a_member_over_the_limit_and_goes_on()
    {
        var profile = ScanProfile.Default with { MaxExtractSize = 1000 };
        var seen = Decomposed.Of(Make("-ms=on", ("a", new byte[1_000_000]), ("b", Eicar.Content)), "s", profile);
        Assert.True(seen.Has(ScanCode.DecMaximumExtractSizeExceeded, "s!a"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    private static byte[] Make(string options, params (string, byte[])[] files) =>
        Archive.WithTool("7z", $"a {options} out.7z {string.Join(' ', files.Select(f => f.Item1))}", "out.7z", files);
}
