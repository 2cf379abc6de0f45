using Testing;

namespace Engine.Tests.Decomposition;

public sealed class TarReaderTests
{
    [Fact]
    public void Opens_members_with_long_names()
    {
        var name = string.Join('/', Enumerable.Repeat("folder", 40)) + "/file";
        var seen = Decomposed.Of(Archive.Tar((name, Eicar.Content)), "t");
        Assert.Equal("t!" + name[..255], seen.Nodes[1].Path);
        Assert.Equal(Eicar.Content, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory]
    [InlineData("v7")]
    [InlineData("ustar")]
    [InlineData("gnu")]
    [InlineData("pax")]
    public void Opens_what_a_real_program_writes(string format)
    {
        var tar = Archive.WithTool("tar", $"--format={format} -cf out.tar in.bin", "out.tar", ("in.bin", Eicar.Content));
        var seen = Decomposed.Of(tar, "t");
        Assert.Equal("t,t!in.bin", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    public void Never_takes_a_cut_member_for_clean(int cutBytes)
    {
        // The end marker and padding are cut as well.
        var tar = Archive.Tar(("a", Archive.Join(Eicar.Content, Archive.Noise(2000))));
        var end = tar.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        var seen = Decomposed.Of(tar[..(end - cutBytes)], "t");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "t"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Goes_on_behind_a_damaged_header()
    {
        var tar = Archive.WithTool("tar", "--format=ustar -cf out.tar a b c", "out.tar", ("a", [1]), ("b", [2]), ("c", Eicar.Content));
        tar[1024 + 10] ^= 0xFF;
        var seen = Decomposed.Of(tar, "t");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "t"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_members_behind_the_end_marker()
    {
        var seen = Decomposed.Of(Archive.Join(Archive.Tar(("a", [1])), Archive.Tar(("b", Eicar.Content))), "t");
        Assert.Equal("t,t!a,t!b", seen.Paths);
    }

    [Fact]
    public void Does_not_take_zeros_for_a_tar()
    {
        var seen = Decomposed.Of(Archive.Gzip(new byte[10_240]));
        Assert.Equal(Engine.FileTypes.ObjectType.Binary, seen.Nodes[1].Type);
    }

    [Fact]
    public void Ends_on_a_size_that_is_impossible()
    {
        var tar = Archive.Tar(("a", Eicar.Content));
        var header = tar.AsSpan().LastIndexOf("ustar"u8) - 257;
        new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(tar, header + 124);
        FixChecksum(tar.AsSpan(header, 512));
        var seen = Decomposed.Of(tar, "t");
        Assert.True(seen.Shows(Eicar.Content));
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected));
    }

    private static void FixChecksum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header)
        {
            sum += b;
        }

        Archive.Text(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }
}
