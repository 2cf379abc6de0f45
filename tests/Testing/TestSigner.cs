using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Testing;

/// <summary>A key made by a test, able to sign. Never stored.</summary>
public sealed class TestSigner
{
    private readonly Func<byte[], byte[]> _sign;

    private TestSigner(string keyType, string scheme, string publicValue, Func<byte[], byte[]> sign)
        : this(
            new JsonObject
            {
                ["keytype"] = keyType,
                ["scheme"] = scheme,
                ["keyval"] = new JsonObject { ["public"] = publicValue },
            },
            sign)
    {
    }

    private TestSigner(JsonObject key, Func<byte[], byte[]> sign)
    {
        Key = key;
        KeyId = TrustKey.IdOf(JsonSerializer.SerializeToElement(key));
        _sign = sign;
    }

    /// <summary>The public key object; clone it before putting it into a tree.</summary>
    public JsonObject Key { get; }

    public string KeyId { get; }

    public static TestSigner Ecdsa(string keyType = "ecdsa", ECCurve? curve = null)
    {
        var key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);
        return new TestSigner(
            keyType,
            "ecdsa-sha2-nistp256",
            key.ExportSubjectPublicKeyInfoPem(),
            message => key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    public static TestSigner RsaPss(int bits = 2048)
    {
        var key = RSA.Create(bits);
        return new TestSigner(
            "rsa",
            "rsassa-pss-sha256",
            key.ExportSubjectPublicKeyInfoPem(),
            message => key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }

    public static TestSigner Ed25519()
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        var pair = generator.GenerateKeyPair();
        return new TestSigner(
            "ed25519",
            "ed25519",
            Convert.ToHexStringLower(((Ed25519PublicKeyParameters)pair.Public).GetEncoded()),
            message =>
            {
                var signer = new Ed25519Signer();
                signer.Init(forSigning: true, pair.Private);
                signer.BlockUpdate(message, 0, message.Length);
                return signer.GenerateSignature();
            });
    }

    /// <summary>The same private key under an edited key object, and so under another id.</summary>
    public TestSigner With(Action<JsonObject> edit)
    {
        var key = (JsonObject)Key.DeepClone();
        edit(key);
        return new TestSigner(key, _sign);
    }

    public byte[] Sign(byte[] message) => _sign(message);
}
