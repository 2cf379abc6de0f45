using System.Globalization;
using System.Numerics;
using System.Text;
using Definitions.Formats.ClamAv.Containers;

namespace Definitions.Tests.Formats.ClamAv.Containers;

/// <summary>The genuine signatures of clamav-formats.md §1.7: valid as they are, and not with any one thing changed.</summary>
public sealed class SignatureVectorTests
{
    private const string HeaderMd5 = "a4ab60ae1c1c4e8f787459102dcfd90b";

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

    private const string HeaderDsig =
        "ttQeKzTSL5iF5/IWsA8weveL64WDVkhgfbm/ABaW3xAWalVKcAp65Q/cWmhkhKFfHSLIXNfCzTLbhfTeISKpfWAheL7NZk+t6nQ8"
        + "NEFBBst6CQcoFTwwyVLwwTSN38VYLW/vZFYphnkBcCotyo++NYU5VQ9JUA6dFQXxaU00b6c";

    private const string Index1Dsig =
        "TFd9RBeu6wZwfMrWGsGH9WOSs1j+3s+PD2fVTLwR8Qgv2QVF25EXnIfH4cKmKRDoqDCLE0P6Kk3KRROkvaSGv01aiGMNRzY3bHkG"
        + "QlSUs2p6kXUoV4B+TLn1gZYR4x6XH7GuFPolfxgHuzK974zxoxXe7GhzHPVgxtUI6uODlzJNw2HfCXG/MqPnNmMSC1yquZjmzA3a"
        + "k0+jrdqfmg8c27xSrvd7/6K6ItyYEa9q3HPL/9g7ANKQ0B+0TegXySdmIkZ+PYgf6u3uEx09db3RXLkesU8K3bvdVZSEyyRh0ir+"
        + "GibrGM2Fef1GugtNAI8gUQAA9OtJmhuNUsbeWNdDV";

    private const string Index5Dsig =
        "RrtebJdd78uB/NUFVn9vwhppsmzP7RkWq4BP5RFKE1o0ifpwMlwaoeqZJZ+J7XmqYUYK/DuQaH8Hvmxme+dc5PRkJ9KIkQ/baZ6/"
        + "jAAWl+GtPlDSKf0g74+WobETQqJG4W66keqbiLKvgvlSl32IbcTPIctC+YCZNeig9EZpRps9aYrPzc3+1aLScwURL6Is0VNSIHn3"
        + "DeEckmbuSyzJ9f2el5Hab5ckw/cQ7AJRWtYkSqI0BldcjAsUHspBrWibzrOO+IjvKc5883X+khKkiEKMLu6RngyXziC1Hslkcqxn"
        + "kLYItHhAc3XZZ/4y1pYRN7AXEhbBdXvOIf9udPaOZ";

    private const string Patch2Dsig =
        "3GYo0NXQzFJfEudDQDAxL2xGzIw/86MgHbcBGxmc3/BQZFUg0sl5JIBRuIExBN6rtbigqEb/dUpdGWEeb+/bL/AhlOeeRhjOluJZ"
        + "UkKLhB45OFGdUmQCyv54NoTm4Ju2qoKxm/LIym7jpQOF/6rXIvg6QjKDQxwI4kSObM+Wf2FCA2znvaI+Y+iZl+gKC4i/yiEjU5z5"
        + "zqfZSmBGXxvrNj06F82SeCvtQQnC0wK7mLzBMFhEI+kkbJvNdyzMI33yBbZuWU0+Ia8fUsWgeGloGCvLljWWguVr8vVW7XVDitd4"
        + "Wp9wTHA4t2CyDZdKq5w9qp/JP6g6NTNV/WmtXaotb";

    private static readonly string[] Index1Lines =
    [
        "ClamAV-VDB:22 Jun 2021 14-58 -0400:1:0:81:X:X:micasnyd:1624388302",
        "test.ndb:240:244a20e9da37de181ede6db64f85c97916381d91f65e1b39e4f9300cb0726be9",
        "test.ldb:44:0748b843a1cea3242d70531083b84f877d8de398cfefe65509b5d3bb1e3bcb57",
    ];

    public static TheoryData<string> Salted => ["index 1", "index 5", "patch 2"];

    [Fact]
    public void A_genuine_header_verifies() => Assert.True(IsValidHeader(Md5(), HeaderDsig));

    [Theory, MemberData(nameof(Salted))]
    public void A_genuine_salted_signature_verifies(string name)
    {
        var (key, digest, dsig) = Vector(name);
        Assert.True(SaltedSignature.IsValid(key, digest, dsig));
    }

    [Fact]
    public void No_bit_of_the_md5_may_change() => AssertNoBit(Md5(), md5 => IsValidHeader(md5, HeaderDsig));

    [Theory, MemberData(nameof(Salted))]
    public void No_bit_of_a_digest_may_change(string name)
    {
        var (key, digest, dsig) = Vector(name);
        var bytes = new byte[Digest.Size];
        digest.CopyTo(bytes);
        AssertNoBit(bytes, changed => SaltedSignature.IsValid(key, new Digest(changed), dsig));
    }

    [Fact]
    public void No_character_of_a_header_signature_may_change() => AssertNoCharacter(HeaderDsig, dsig => IsValidHeader(Md5(), dsig));

    [Theory, MemberData(nameof(Salted))]
    public void No_character_of_a_salted_signature_may_change(string name)
    {
        var (key, digest, dsig) = Vector(name);
        AssertNoCharacter(dsig, changed => SaltedSignature.IsValid(key, digest, changed));
    }

    [Fact]
    public void No_bit_of_a_genuine_index_may_change()
    {
        var text = Encoding.ASCII.GetBytes(string.Concat(Index1Lines.Select(line => line + "\n")));
        Assert.Equal(221, text.Length);
        byte[] genuine = [.. text, .. Encoding.ASCII.GetBytes($"DSIG:{Index1Dsig}\n")];
        Assert.True(IsValidIndex(genuine));
        Assert.Equal("679a67c9b7b694b964fcee5b791070000514af6ab3e78bf488e4a80b62096550", ContainerIndex.Parse(genuine, ContainerLimits.Default).SignedDigest.ToString());
        AssertNoBit(genuine, IsValidIndex);
    }

    [Fact]
    public void The_genuine_header_is_read_field_by_field()
    {
        var header = ContainerHeader.Parse(Encoding.ASCII.GetBytes(
            $"ClamAV-VDB:22 Jun 2021 14-58 -0400:1:0:81:{HeaderMd5}:{HeaderDsig}:micasnyd:1624388302".PadRight(512)));
        Assert.Equal((1L, 0L, 81), (header.Version, header.SignatureCount, header.FunctionalityLevel));
        Assert.Equal((HeaderMd5, HeaderDsig, "micasnyd"), (header.Md5, header.Signature, header.Builder));
        Assert.Equal(new DateTimeOffset(2021, 6, 22, 14, 58, 0, TimeSpan.FromHours(-4)), header.BuildTime);
        Assert.Equal(1624388302L, header.CreationTime.ToUnixTimeSeconds());
    }

    [Fact]
    public void Keys_do_not_stand_for_each_other()
    {
        var keys = ClamAvKeys.Published;
        var (_, digest, dsig) = Vector("index 1");
        Assert.False(SaltedSignature.IsValid(keys.Patch, digest, dsig));
        Assert.False(SaltedSignature.IsValid(keys.Header, digest, dsig));
    }

    [Fact]
    public void The_published_header_key_is_the_number_of_the_description() => Assert.Equal(
        BigInteger.Parse(
            "118640995551645342603070001658453189751527774412027743746599405743243142607464144767361060640655844749760788890022283424922"
            + "762488917565551002467771109669598189410434699034532232228621591089508178591428456220796841621637175567590476666928698770143328"
            + "137383952820383197532047771780196576957695822641224262693037",
            CultureInfo.InvariantCulture),
        ClamAvKeys.Published.Header.Modulus);

    private static bool IsValidHeader(byte[] md5, string dsig) => HeaderSignature.IsValid(ClamAvKeys.Published.Header, md5, dsig);

    private static bool IsValidIndex(byte[] content)
    {
        try
        {
            return ContainerIndex.Parse(content, ContainerLimits.Default).IsSignedBy(ClamAvKeys.Published.Index);
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private static byte[] Md5() => Convert.FromHexString(HeaderMd5);

    private static (ClamAvKey Key, Digest Digest, string Dsig) Vector(string name) => name switch
    {
        "index 1" => (ClamAvKeys.Published.Index, DigestOf("679a67c9b7b694b964fcee5b791070000514af6ab3e78bf488e4a80b62096550"), Index1Dsig),
        "index 5" => (ClamAvKeys.Published.Index, DigestOf("808958a2bc62ddd2913852c49e7528cf322cab60579cc1d1d46758114ee9daed"), Index5Dsig),
        _ => (ClamAvKeys.Published.Patch, DigestOf("eb8db63477d7e933290cf9465750bbdf3a9bf160e84e941e02ad7ae80d1023f5"), Patch2Dsig),
    };

    private static Digest DigestOf(string hex) => new(Convert.FromHexString(hex));

    private static void AssertNoBit(byte[] genuine, Func<byte[], bool> isValid)
    {
        for (var bit = 0; bit < genuine.Length * 8; bit++)
        {
            var changed = genuine.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(isValid(changed), $"bit {bit}");
        }
    }

    /// <summary>Each digit by its neighbour in the alphabet, which is the smallest change of the number, and cut by one.</summary>
    private static void AssertNoCharacter(string genuine, Func<string, bool> isValid)
    {
        for (var i = 0; i < genuine.Length; i++)
        {
            var other = Alphabet[(Alphabet.IndexOf(genuine[i], StringComparison.Ordinal) + 1) % Alphabet.Length];
            Assert.False(isValid(genuine[..i] + other + genuine[(i + 1)..]), $"character {i}");
            Assert.False(isValid(genuine[..i] + '-' + genuine[(i + 1)..]), $"character {i}");
        }

        Assert.False(isValid(genuine[..^1]));
        Assert.False(isValid(genuine + "b"));
        Assert.False(isValid(""));
    }
}
