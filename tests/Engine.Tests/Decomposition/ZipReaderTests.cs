using System.Buffers.Binary;
using System.IO.Compression;
using Testing;

namespace Engine.Tests.Decomposition;

public sealed class ZipReaderTests
{
    private const int LocalFlags = 6;
    private const int LocalMethod = 8;
    private const int CentralFlags = 8;
    private const int CentralMethod = 10;

    [Fact, Trait("req", "M-118")]
    public void Reports_a_missing_directory_and_still_opens_the_members()
    {
        var zip = Archive.Zip(("a", Eicar.Content), ("b", Archive.Text("text")));
        var cut = zip[..Directory(zip)];
        var seen = Decomposed.Of(cut, "z");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "z"));
        Assert.True(seen.Shows(Eicar.Content));
        Assert.Equal("z,z!a,z!b", seen.Paths);
    }

    [Fact, Trait("req", "M-118")]
    public void Reports_names_that_differ_between_local_and_central_header()
    {
        var zip = Archive.Zip(("a", Eicar.Content));
        zip[30] = (byte)'b';
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "z"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Theory, Trait("req", "M-118")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("plain text in front\n")]
    [InlineData("GIF89a")]
    [InlineData("\x7fELF\x02\x01\x01")]
    public void Opens_an_archive_behind_anything_else_whether_its_offsets_count_it_or_not(string front)
    {
        var prefix = Archive.Join(Archive.Text(front), Archive.Noise(70_000));
        var zip = Archive.Zip(("a", Eicar.Content), ("b", Archive.Text("text")));
        var moved = (byte[])zip.Clone();
        var directory = Directory(zip);
        BinaryPrimitives.WriteInt32LittleEndian(moved.AsSpan(moved.Length - 6), directory + prefix.Length);
        for (var at = directory; moved.AsSpan(at).StartsWith("PK\u0001\u0002"u8);)
        {
            var offset = BinaryPrimitives.ReadInt32LittleEndian(moved.AsSpan(at + 42));
            BinaryPrimitives.WriteInt32LittleEndian(moved.AsSpan(at + 42), offset + prefix.Length);
            at += 46 + BinaryPrimitives.ReadInt16LittleEndian(moved.AsSpan(at + 28)) + BinaryPrimitives.ReadInt16LittleEndian(moved.AsSpan(at + 30));
        }

        foreach (var bytes in new[] { zip, moved })
        {
            var seen = Decomposed.Of(Archive.Join(prefix, bytes), "o");
            Assert.Equal("o,o!a,o!b", seen.Paths);
            Assert.True(seen.Shows(Eicar.Content));
            Assert.Equal(ScanStatus.Clean, seen.Status);
        }
    }

    [Fact, Trait("req", "M-118")]
    public void Takes_no_stray_end_record_for_an_archive()
    {
        var text = Archive.Join(Archive.Text("This text speaks of PK\u0005\u0006 and has it near its end."), new byte[30]);
        Assert.Equal("o", Decomposed.Of(text, "o").Paths);
    }

    [Fact, Trait("req", "M-127")]
    public void Reports_one_member_with_a_wrong_checksum_and_opens_the_others()
    {
        var zip = Archive.Zip(CompressionLevel.NoCompression, ("a", Eicar.Content), ("b", Archive.Text("good")));
        zip[IndexOf(zip, "EICAR"u8)] ^= 0x20;
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecFileExtractFailed, "z!a"));
        Assert.Equal("z,z!a,z!b", seen.Paths);
        Assert.Equal(Eicar.Content.Length, seen.Nodes[1].Length);
    }

    [Theory, Trait("req", "M-118")]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(150)]
    [InlineData(1200)]
    public void Never_takes_a_cut_archive_for_clean(int cutBytes)
    {
        var zip = Archive.Zip(("a", Archive.Noise(2000)), ("b", Eicar.Content));
        var seen = Decomposed.Of(zip[..^cutBytes]);
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact]
    public void Hands_out_what_was_decoded_before_the_data_ended()
    {
        var zip = Archive.Zip(("a", Archive.Join(Eicar.Content, Archive.Noise(20_000))));
        var seen = Decomposed.Of(zip[..10_000], "z");
        Assert.True(seen.Shows(Eicar.Content));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact, Trait("req", "M-147"), Trait("req", "M-058")]
    public void Reports_an_encrypted_member_and_opens_the_plain_ones()
    {
        var zip = Archive.Zip(("secret", Archive.Noise(500)), ("plain", Eicar.Content));
        var data = 30 + "secret".Length;
        Archive.Noise(100, seed: 9).CopyTo(zip, data);
        zip[LocalFlags] |= 1;
        zip[Directory(zip) + CentralFlags] |= 1;
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecEncryptedContainerChildDetected, "z!secret"));
        Assert.Equal("z,z!plain", seen.Paths);
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Theory, Trait("req", "M-147")]
    [InlineData("ZipCrypto")]
    [InlineData("AES256")]
    public void Reports_members_that_a_real_program_encrypted(string method)
    {
        var zip = Archive.WithTool("7z", $"a -psecret -mem={method} out.zip in.txt", "out.zip", ("in.txt", Eicar.Content));
        var seen = Decomposed.Of(zip, "z");
        Assert.Equal(ScanCode.DecEncryptedContainerChildDetected, Assert.Single(seen.Codes).Code);
        Assert.False(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_a_member_whose_encryption_mark_is_a_lie()
    {
        var zip = Archive.Zip(("a", Eicar.Content));
        zip[LocalFlags] |= 1;
        zip[Directory(zip) + CentralFlags] |= 1;
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Shows(Eicar.Content));
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "z"));
    }

    [Fact]
    public void Opens_deflated_data_that_is_declared_as_stored()
    {
        var zip = Archive.Zip(("a", Archive.Join(Eicar.Content, new byte[500])));
        zip[LocalMethod] = 0;
        zip[Directory(zip) + CentralMethod] = 0;
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Shows(Eicar.Content));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact]
    public void Follows_both_methods_when_the_headers_disagree()
    {
        var zip = Archive.Zip(("a", Archive.Join(Eicar.Content, new byte[500])));
        zip[Directory(zip) + CentralMethod] = 0;
        Assert.True(Decomposed.Of(zip).Shows(Eicar.Content));
    }

    [Fact, Trait("req", "M-144")]
    public void Reports_a_method_that_nobody_knows()
    {
        var zip = Archive.Zip(("a", Archive.Noise(100)), ("b", Eicar.Content));
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(LocalMethod), 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(zip.AsSpan(Directory(zip) + CentralMethod), 0xFFFE);
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecContainerUnknownAlgorithm, "z!a"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact, Trait("req", "M-129")]
    public void Reports_a_member_in_another_volume()
    {
        var zip = Archive.Zip(("a", Eicar.Content));
        zip[Directory(zip) + 34] = 1;
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecFileSplitAcrossContainers, "z!a"));
    }

    [Fact]
    public void Opens_a_member_that_the_directory_leaves_out()
    {
        var hidden = Archive.Zip(("hidden", Eicar.Content));
        var zip = Archive.Join(hidden[..Directory(hidden)], Archive.Zip(("shown", Archive.Text("x"))));
        var seen = Decomposed.Of(zip, "z");
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected, "z"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_both_of_two_archives_in_a_row()
    {
        var seen = Decomposed.Of(Archive.Join(Archive.Zip(("first", Eicar.Content)), Archive.Zip(("second", Archive.Text("x")))), "z");
        Assert.Contains("z!second", seen.Paths, StringComparison.Ordinal);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_folders_that_carry_data_and_passes_over_real_ones()
    {
        var seen = Decomposed.Of(Archive.Zip(("folder/", []), ("trick/", Eicar.Content)), "z");
        Assert.Equal("z,z!trick/", seen.Paths);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_members_with_data_descriptors()
    {
        var stream = new Unseekable();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("a").Open();
            entry.Write(Eicar.Content);
        }

        var seen = Decomposed.Of(stream.Inner.ToArray(), "z");
        Assert.Equal("z,z!a", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Theory]
    [InlineData("Copy")]
    [InlineData("Deflate")]
    [InlineData("Deflate64")]
    [InlineData("BZip2")]
    [InlineData("LZMA")]
    [InlineData("PPMd")]
    public void Opens_every_method_of_a_real_program(string method)
    {
        var payload = Archive.Join(Archive.Noise(3000), Eicar.Content, new byte[9000]);
        var seen = Decomposed.Of(Archive.WithTool("7z", $"a -mm={method} out.zip in.bin", "out.zip", ("in.bin", payload)), "z");
        Assert.Equal("z,z!in.bin", seen.Paths);
        Assert.Equal(payload, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Fact]
    public void Takes_an_archive_without_members_for_clean() => Assert.Empty(Decomposed.Of(Archive.Zip()).Codes);

    [Fact]
    public void Reaches_the_limit_quickly_when_members_overlap()
    {
        // One kernel of data, and a directory that names it a thousand times.
        var kernel = Archive.Zip(("k", new byte[1 << 20]));
        var start = Directory(kernel);
        var end = kernel.Length - 22;
        var central = kernel[start..end];
        var record = kernel[end..];
        var many = Archive.Join([kernel[..start], .. Enumerable.Repeat(central, 1000), record]);
        BinaryPrimitives.WriteUInt16LittleEndian(many.AsSpan(many.Length - 12), 1000);
        BinaryPrimitives.WriteUInt32LittleEndian(many.AsSpan(many.Length - 10), (uint)(central.Length * 1000));
        var seen = Decomposed.Of(many, profile: ScanProfile.Default with { MaxCumulativeExtractSize = 32 << 20 });
        Assert.True(seen.Has(ScanCode.DecMaximumCumulativeExtractSizeExceeded));
        Assert.True(seen.Has(ScanCode.DecMalformedContainerDetected));
    }

    private static int Directory(byte[] zip) => zip.AsSpan().IndexOf<byte>([0x50, 0x4B, 0x01, 0x02]);

    private static int IndexOf(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part);

    private sealed class Unseekable : Stream
    {
        public MemoryStream Inner { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Inner.Write(buffer, offset, count);
    }
}
