using System.Security.Cryptography;
using System.Text;
using Engine.Hashing;

#pragma warning disable CA5350, CA5351 // The signature formats are defined on these digests.
namespace Engine.Tests.Hashing;

/// <summary>Lanes against the platform's MD5, on RFC 1321's vectors and on random sets of messages.</summary>
public sealed class Md5LanesTests
{
    public static TheoryData<int> Widths => [1, 8, 16];

    [Theory, MemberData(nameof(Widths))]
    public void Computes_the_vectors_of_the_standard(int lanes)
    {
        SkipUnusable(lanes);
        (string Text, string Digest)[] vectors =
        [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
            ("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
        ];
        Assert.Equal(
            vectors.Select(vector => vector.Digest),
            Hash(new Md5Lanes(lanes), [.. vectors.Select(vector => Encoding.ASCII.GetBytes(vector.Text))]));
    }

    /// <summary>Every length around the borders of a block and of what is brought together at a time.</summary>
    [Theory, MemberData(nameof(Widths))]
    public void Agrees_with_the_platform_at_every_border(int lanes)
    {
        SkipUnusable(lanes);
        int[] lengths = [.. Enumerable.Range(0, 200), .. Enumerable.Range(950, 200), .. Enumerable.Range(2030, 40)];
        AssertSame(new Md5Lanes(lanes), [.. lengths.Select(Noise)]);
    }

    [Theory, MemberData(nameof(Widths))]
    public void Agrees_with_the_platform_on_random_sets(int lanes)
    {
        SkipUnusable(lanes);
        var random = new Random(20261122);
        var md5 = new Md5Lanes(lanes);
        for (var round = 0; round < 300; round++)
        {
            AssertSame(md5, [.. Enumerable.Range(0, random.Next(0, 50)).Select(_ => Noise((int)Math.Pow(2, random.NextDouble() * 15)))]);
        }
    }

    [Fact]
    public void A_batch_keeps_the_order_of_its_objects()
    {
        byte[][] objects = [Noise(10), Noise(5000), [], Noise(300), Noise(5000), Noise(70_000)];
        var batch = new DigestBatch();
        for (var round = 0; round < 2; round++)
        {
            var count = objects.Length - round;
            var (md5, sha1, sha256) = (new byte[16 * count], new byte[20 * count], new byte[32 * count]);
            batch.All([.. objects[..count].Select(bytes => new ReadOnlyMemory<byte>(bytes))], md5, sha1, sha256);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal(MD5.HashData(objects[i]), md5[(16 * i)..(16 * (i + 1))]);
                Assert.Equal(SHA1.HashData(objects[i]), sha1[(20 * i)..(20 * (i + 1))]);
                Assert.Equal(SHA256.HashData(objects[i]), sha256[(32 * i)..(32 * (i + 1))]);
            }
        }
    }

    private static void SkipUnusable(int lanes) => Assert.SkipWhen(
        (lanes == 16 && !Md5Kernel16.IsUsable) || (lanes == 8 && !Md5Kernel8.IsUsable), "This processor has no such lanes.");

    private static void AssertSame(Md5Lanes md5, byte[][] messages) =>
        Assert.Equal(messages.Select(message => Convert.ToHexStringLower(MD5.HashData(message))), Hash(md5, messages));

    private static string[] Hash(Md5Lanes md5, byte[][] messages)
    {
        var digests = new byte[16 * messages.Length];
        md5.Hash([.. messages.Select(message => new ReadOnlyMemory<byte>(message))], digests);
        return [.. digests.Chunk(16).Select(Convert.ToHexStringLower)];
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
