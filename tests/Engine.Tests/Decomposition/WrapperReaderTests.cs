using System.Buffers.Binary;
using Testing;

namespace Engine.Tests.Decomposition;

public sealed class WrapperReaderTests
{
    private static readonly byte[] Payload = Archive.Join(Archive.Noise(5000), Eicar.Content, new byte[70_000]);

    public static TheoryData<string> Kinds => ["gzip", "bzip2", "xz", "zstd"];

    [Theory, MemberData(nameof(Kinds))]
    public void Opens_the_content(string kind)
    {
        var seen = Decomposed.Of(Compress(kind, Payload), "a");
        Assert.Equal(2, seen.Nodes.Count);
        Assert.Equal(Payload, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Opens_an_empty_content(string kind)
    {
        var seen = Decomposed.Of(Compress(kind, []), "a");
        Assert.Equal(0, seen.Nodes[1].Length);
        Assert.Empty(seen.Codes);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Joins_streams_that_follow_each_other(string kind)
    {
        var seen = Decomposed.Of(Archive.Join(Compress(kind, Payload[..5030]), Compress(kind, []), Compress(kind, Payload[5030..])));
        Assert.Equal(Payload, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Never_takes_a_cut_stream_for_clean(string kind)
    {
        var whole = Compress(kind, Payload);
        foreach (var cut in new[] { 1, 3, 7, 12, 40, 1000 })
        {
            var seen = Decomposed.Of(whole[..^cut]);
            Assert.True(seen.Status == ScanStatus.Unscannable, $"{kind} cut by {cut}: {seen.Status}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Never_takes_junk_behind_the_end_for_clean_and_keeps_the_content(string kind)
    {
        foreach (var junk in new[] { "x", "some more junk behind the end" })
        {
            var seen = Decomposed.Of(Archive.Join(Compress(kind, Payload), Archive.Text(junk)));
            Assert.True(seen.Status == ScanStatus.Unscannable, $"{kind}: {seen.Status}");
            Assert.True(seen.Shows(Eicar.Content));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Opens_a_stream_behind_junk(string kind)
    {
        var seen = Decomposed.Of(Archive.Join(Compress(kind, Archive.Text("first")), Archive.Text("junk"), Compress(kind, Payload)));
        Assert.True(seen.Shows(Eicar.Content));
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Never_takes_a_damaged_stream_for_clean(string kind)
    {
        var whole = Compress(kind, Payload);
        foreach (var at in new[] { whole.Length / 3, whole.Length / 2 })
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x41;
            var seen = Decomposed.Of(damaged);
            Assert.True(seen.Status == ScanStatus.Unscannable, $"{kind} at {at}: {seen.Status}");
        }
    }

    [Fact]
    public void Hands_out_the_prefix_of_a_cut_gzip()
    {
        var whole = Archive.Gzip(Archive.Join(Eicar.Content, Archive.Noise(50_000)));
        Assert.True(Decomposed.Of(whole[..20_000]).Shows(Eicar.Content));
    }

    [Fact]
    public void Takes_zeros_behind_a_gzip_for_padding() =>
        Assert.Empty(Decomposed.Of(Archive.Join(Archive.Gzip(Payload), new byte[512])).Codes);

    [Fact]
    public void Names_the_content_by_the_header_or_by_the_outer_name()
    {
        Assert.Equal("a.tar.gz,a.tar.gz!a.tar", Decomposed.Of(Archive.Gzip([1]), "a.tar.gz").Paths);
        Assert.Equal("a.tgz,a.tgz!a.tar", Decomposed.Of(Archive.Gzip([1]), "a.tgz").Paths);
        var named = Archive.Gzip(Eicar.Content);
        named[3] |= 8;
        named = Archive.Join(named[..10], Archive.Text("inside.txt\0"), named[10..]);
        var seen = Decomposed.Of(named, "x");
        Assert.Equal("x,x!inside.txt", seen.Paths);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-144")]
    public void Refuses_a_dictionary_that_would_fill_the_memory()
    {
        var xz = Compress("xz", Payload);
        var property = xz.AsSpan().IndexOf<byte>([0x21, 0x01]) + 2;
        xz[property] = 40;
        var seen = Decomposed.Of(xz);
        Assert.Equal(ScanCode.DecContainerUnknownAlgorithm, Assert.Single(seen.Codes).Code);

        // A window of 2 GiB: descriptor 21 << 3 on a frame that has no single segment.
        byte[] zstd = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00];
        Assert.True(Decomposed.Of(zstd).Has(ScanCode.DecContainerUnknownAlgorithm));
    }

    [Fact, Trait("req", "M-144")]
    public void Refuses_a_gzip_method_that_is_not_deflate()
    {
        var gzip = Archive.Gzip(Payload);
        gzip[2] = 9;
        Assert.True(Decomposed.Of(gzip).Has(ScanCode.DecContainerUnknownAlgorithm));
    }

    [Fact]
    public void Takes_an_extra_field_beyond_the_end_for_damage()
    {
        // Found by the replayed fuzz entry point.
        byte[] gzip = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 1, 2, 3];
        Assert.Equal(ScanCode.DecMalformedContainerDetected, Assert.Single(Decomposed.Of(gzip).Codes).Code);
    }

    [Fact]
    public void Compares_the_gzip_checksum()
    {
        var gzip = Archive.Gzip(Payload);
        BinaryPrimitives.WriteUInt32LittleEndian(gzip.AsSpan(gzip.Length - 8), 1);
        var seen = Decomposed.Of(gzip, "g");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected));
        Assert.True(seen.Shows(Eicar.Content));
    }

    private static byte[] Compress(string kind, byte[] bytes) => kind switch
    {
        "gzip" => bytes.Length == 0 ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : Archive.Gzip(bytes),
        "bzip2" => Archive.Bzip2(bytes),
        "zstd" => Archive.Zstandard(bytes),
        _ => Archive.WithTool("xz", "-k in.bin", "in.bin.xz", ("in.bin", bytes)),
    };
}
