using System.Buffers.Binary;
using Testing;

namespace Engine.Tests.Decomposition;

/// <summary>RAR archives are put together here: no free program writes them. Stored members only.</summary>
public sealed class RarTests
{
    private const int FileEncrypted = 0x04;
    private const int SplitAfter = 0x02;
    private const int HeadersEncrypted = 0x80;

    [Fact]
    public void Opens_stored_members()
    {
        var seen = Decomposed.Of(Rar(0, File("a.txt", Eicar.Content), File("b.txt", Archive.Text("more"))), "r");
        Assert.Equal("r,r!a.txt,r!b.txt", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-147")]
    public void Reports_an_encrypted_member_and_opens_the_plain_one()
    {
        var seen = Decomposed.Of(Rar(0, File("a.txt", Archive.Noise(64), FileEncrypted), File("b.txt", Eicar.Content)), "r");
        Assert.True(seen.Has(ScanCode.DecEncryptedContainerChildDetected, "r!a.txt"));
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact, Trait("req", "M-116")]
    public void Reports_encrypted_headers()
    {
        var seen = Decomposed.Of(Rar(HeadersEncrypted, Archive.Noise(200)), "r");
        Assert.True(seen.Has(ScanCode.DecEncryptedContainerDetected, "r"));
    }

    [Fact, Trait("req", "M-129")]
    public void Reports_a_member_that_goes_on_in_another_volume()
    {
        var seen = Decomposed.Of(Rar(1, File("a.txt", Eicar.Content, SplitAfter)), "r");
        Assert.True(seen.Has(ScanCode.DecFileSplitAcrossContainers));
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
    }

    [Fact, Trait("req", "M-123")]
    public void Reports_a_signature_with_garbage()
    {
        byte[] garbage = [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00, .. Archive.Noise(500)];
        var seen = Decomposed.Of(garbage, "r");
        Assert.True(seen.Has(ScanCode.DecOpenContainerFailed, "r"));
    }

    [Fact]
    public void Reports_a_wrong_checksum_and_shows_the_bytes()
    {
        var rar = Rar(0, File("a.txt", Eicar.Content));
        rar[^20] ^= 1;
        var seen = Decomposed.Of(rar, "r");
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
        Assert.Equal(Eicar.Content.Length, seen.Nodes[1].Length);
    }

    [Fact]
    public void Never_takes_a_cut_member_for_clean()
    {
        var rar = Rar(0, File("a.txt", Archive.Join(Eicar.Content, Archive.Noise(3000))));
        var seen = Decomposed.Of(rar[..^1000], "r");
        Assert.Equal(ScanStatus.Unscannable, seen.Status);
        Assert.True(seen.Shows(Eicar.Content));
    }

    [Fact]
    public void Opens_stored_members_of_the_fifth_format()
    {
        var seen = Decomposed.Of(Rar5(File5("a.txt", Eicar.Content, method: 0)), "r");
        Assert.Equal("r,r!a.txt", seen.Paths);
        Assert.Equal(Eicar.Content, seen.Nodes[1].Bytes);
        Assert.Empty(seen.Codes);
    }

    [Fact, Trait("req", "M-144")]
    public void Refuses_a_dictionary_that_would_fill_the_memory()
    {
        // 128 KiB doubled 15 times, of the second member.
        var rar = Rar5(File5("a.txt", Eicar.Content, method: 0), File5("b.txt", Archive.Noise(50), method: (15 << 10) | (3 << 7)));
        Assert.True(Decomposed.Of(rar, "r").Has(ScanCode.DecContainerUnknownAlgorithm, "r"));
    }

    [Fact]
    public void Opens_an_archive_behind_a_program_and_not_the_bare_magic()
    {
        var stub = Archive.Join("MZ"u8.ToArray(), Archive.Noise(300_000), "Rar!\u001A\u0007\0"u8.ToArray(), Archive.Noise(50, seed: 2));
        Decomposed.Of(stub, "a.exe").AssertClean();
        foreach (var rar in new[] { Rar(0, File("a.txt", Eicar.Content)), Rar5(File5("a.txt", Eicar.Content, method: 0)) })
        {
            var seen = Decomposed.Of(Archive.Join(stub, rar), "a.exe");
            Assert.Equal("a.exe,a.exe!a.txt", seen.Paths);
            Assert.Equal(Eicar.Content, seen.Nodes[^1].Bytes);
        }
    }

    private static byte[] Rar5(params byte[][] blocks) => Archive.Join(
        [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x01, 0x00], Block5([1, 0, 0]), Archive.Join(blocks), Block5([5, 0, 0]));

    private static byte[] File5(string name, byte[] bytes, int method)
    {
        var crc = default(Engine.Decomposition.Archives.Crc32);
        crc.Append(bytes);
        return Archive.Join(
            Block5(
            [
                2, 2, .. Number5(bytes.Length), 4, .. Number5(bytes.Length), 0, .. BitConverter.GetBytes(crc.Value),
                .. Number5(method), 1, (byte)name.Length, .. Archive.Text(name),
            ]),
            bytes);
    }

    private static byte[] Block5(byte[] body)
    {
        var sized = Archive.Join(Number5(body.Length), body);
        var crc = default(Engine.Decomposition.Archives.Crc32);
        crc.Append(sized);
        return Archive.Join(BitConverter.GetBytes(crc.Value), sized);
    }

    // Three bytes for any number: the format allows leading zero bits.
    private static byte[] Number5(int value) => [(byte)(value | 0x80), (byte)((value >> 7) | 0x80), (byte)((value >> 14) & 0x7F)];

    private static byte[] Rar(int mainFlags, params byte[][] blocks) => Archive.Join(
        [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07, 0x00], Header(0x73, mainFlags, new byte[6]), Archive.Join(blocks),
        Header(0x7B, 0x4000, []));

    private static byte[] File(string name, byte[] bytes, int flags = 0)
    {
        var crc = default(Engine.Decomposition.Archives.Crc32);
        crc.Append(bytes);
        var body = new byte[25 + name.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), bytes.Length);
        body[8] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(9), crc.Value);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(13), 0x5A210000);
        body[17] = 20;
        body[18] = 0x30;
        BinaryPrimitives.WriteInt16LittleEndian(body.AsSpan(19), (short)name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(21), 0x81A4);
        Archive.Text(name).CopyTo(body, 25);
        return Archive.Join(Header(0x74, 0x8000 | flags, body), bytes);
    }

    private static byte[] Header(byte type, int flags, byte[] body)
    {
        var header = new byte[7 + body.Length];
        header[2] = type;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(3), (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(5), (ushort)header.Length);
        body.CopyTo(header, 7);
        var crc = default(Engine.Decomposition.Archives.Crc32);
        crc.Append(header.AsSpan(2));
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)crc.Value);
        return header;
    }
}
