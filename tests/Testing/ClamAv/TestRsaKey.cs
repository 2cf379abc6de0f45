using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Definitions;
using Definitions.Formats.ClamAv.Containers;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using BouncyInteger = Org.BouncyCastle.Math.BigInteger;

namespace Testing.ClamAv;

/// <summary>
/// An RSA key made by the tests, the same in each run, able to sign in the two schemes of database publishers
/// (clamav-formats.md §1.7). Written apart from the product's verifying side, so that the two check each other.
/// </summary>
public sealed class TestRsaKey
{
    private readonly RsaPrivateCrtKeyParameters _key;

    /// <param name="name">Seed: the same name gives the same key.</param>
    public TestRsaKey(string name, int bits, int exponent)
    {
        var random = SecureRandom.GetInstance("SHA256PRNG", autoSeed: false);
        random.SetSeed(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var generator = new RsaKeyPairGenerator();
        generator.Init(new RsaKeyGenerationParameters(BouncyInteger.ValueOf(exponent), random, bits, certainty: 80));
        _key = (RsaPrivateCrtKeyParameters)generator.GenerateKeyPair().Private;
    }

    public ClamAvKey Public => new(Number(_key.Modulus), Number(_key.PublicExponent));

    internal RsaPrivateCrtKeyParameters Private => _key;

    internal RSA ToRsa() => RSA.Create(DotNetUtilities.ToRSAParameters(_key));

    /// <summary>The text for any block below the modulus.</summary>
    public string SignRaw(BigInteger block) =>
        DsigText.Encode(BigInteger.ModPow(block, Number(_key.Exponent), Number(_key.Modulus)));

    /// <summary>Scheme 1.</summary>
    public string SignMd5(byte[] md5) => SignRaw(new BigInteger(md5, isUnsigned: true, isBigEndian: true));

    /// <summary>Scheme 2 with a salt that follows from the digest.</summary>
    public string Sign(Digest digest) => SignRaw(Block(digest));

    /// <summary>The padded block of scheme 2 before the exponentiation.</summary>
    /// <remarks>
    /// For a modulus of 2047 bits the block must be shorter than it; the mask's top bits are beyond control, so salts are
    /// tried until it is. That keeps blocks that strict PSS would refuse.
    /// </remarks>
    public BigInteger Block(Digest digest)
    {
        for (byte attempt = 0; ; attempt++)
        {
            var message = new byte[32];
            digest.CopyTo(message);
            var salt = SHA256.HashData([attempt, .. message]);
            var hash = SHA256.HashData([.. new byte[8], .. message, .. salt]);
            byte[] data = [.. new byte[223 - 33], 1, .. salt];
            for (var i = 0; i < data.Length; i++)
            {
                var counter = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(counter, i / 32);
                data[i] ^= SHA256.HashData([.. hash, .. counter])[i % 32];
            }

            data[0] &= 0x7F;
            var block = new BigInteger([.. data, .. hash, 0xBC], isUnsigned: true, isBigEndian: true);
            if (block < Number(_key.Modulus))
            {
                return block;
            }
        }
    }

    private static BigInteger Number(BouncyInteger value) => new(value.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);
}
