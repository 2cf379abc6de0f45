using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Testing;

namespace Definitions.Tests.Trust;

/// <summary>tuf-client.md §2.3.</summary>
public sealed class TrustKeyTests
{
    private static readonly byte[] Message = [.. "what was signed"u8];

    public static TheoryData<string> Kinds => ["ed25519", "ecdsa", "ecdsa-sha2-nistp256", "rsa"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Verifies_its_own_signature_and_nothing_else(string kind)
    {
        var signer = Make(kind);
        var key = Read(signer)!;
        var signature = signer.Sign(Message);

        Assert.True(key.Verify(Message, signature));
        Assert.False(key.Verify([.. Message, 0], signature));
        Assert.False(key.Verify(Message, Make(kind).Sign(Message)));
        Assert.False(key.Verify(Message, []));
        Assert.False(key.Verify(Message, new byte[64]));
        Assert.False(key.Verify(Message, new byte[100_000]));
        Assert.False(key.Verify(Message, signature.AsSpan(0, signature.Length - 1)));
        for (var i = 0; i < signature.Length; i++)
        {
            var flipped = signature.ToArray();
            flipped[i] ^= 0x10;
            Assert.False(key.Verify(Message, flipped), $"byte {i}");
        }
    }

    [Fact]
    public void An_ecdsa_signature_in_the_other_format_does_not_count()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = Read(KeyObject("ecdsa", "ecdsa-sha2-nistp256", ecdsa.ExportSubjectPublicKeyInfoPem()))!;

        Assert.True(key.Verify(Message, ecdsa.SignData(Message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.False(key.Verify(Message, ecdsa.SignData(Message, HashAlgorithmName.SHA256)));
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(20, false)]
    public void An_rsa_signature_has_a_salt_of_32_bytes(int saltBytes, bool isValid)
    {
        using var rsa = RSA.Create(2048);
        var key = Read(KeyObject("rsa", "rsassa-pss-sha256", rsa.ExportSubjectPublicKeyInfoPem()))!;
        var signer = new PssSigner(new RsaBlindedEngine(), new Sha256Digest(), saltBytes);
        signer.Init(forSigning: true, DotNetUtilities.GetRsaKeyPair(rsa).Private);
        signer.BlockUpdate(Message, 0, Message.Length);

        Assert.Equal(isValid, key.Verify(Message, signer.GenerateSignature()));
    }

    [Theory]
    [InlineData("rsa", "rsa-pkcs1v15-sha256")]
    [InlineData("rsa", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa", "ed25519")]
    [InlineData("ecdsa", "rsassa-pss-sha256")]
    [InlineData("sphincs", "sphincs-shake")]
    public void A_type_and_scheme_that_do_not_fit_together_make_a_key_unusable(string type, string scheme)
    {
        using var rsa = RSA.Create(2048);

        Assert.Null(Read(KeyObject(type, scheme, rsa.ExportSubjectPublicKeyInfoPem())));
    }

    [Fact]
    public void Weak_foreign_or_private_keys_are_unusable()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weakRsa = RSA.Create(1024);
        var pem = ecdsa.ExportSubjectPublicKeyInfoPem();
        string[] publicValues =
        [
            "", "no PEM", ecdsa.ExportECPrivateKeyPem(), ecdsa.ExportPkcs8PrivateKeyPem(),
            pem.Replace("MFk", "MFl", StringComparison.Ordinal),
            "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        ];

        Assert.NotNull(Read(KeyObject("ecdsa", "ecdsa-sha2-nistp256", pem)));
        Assert.All(publicValues, value => Assert.Null(Read(KeyObject("ecdsa", "ecdsa-sha2-nistp256", value))));
        Assert.All(publicValues, value => Assert.Null(Read(KeyObject("rsa", "rsassa-pss-sha256", value))));
        Assert.Null(Read(TestSigner.Ecdsa(curve: ECCurve.NamedCurves.nistP384)));
        Assert.Null(Read(KeyObject("rsa", "rsassa-pss-sha256", weakRsa.ExportSubjectPublicKeyInfoPem())));
        Assert.Null(Read(KeyObject("ed25519", "ed25519", "zz")));
        Assert.Null(Read(KeyObject("ed25519", "ed25519", new string('z', 64))));
        Assert.Null(Read(KeyObject("ed25519", "ed25519", new string('f', 64))));
    }

    [Theory]
    [InlineData("""null""")]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""{"keytype":1,"scheme":"ed25519","keyval":{"public":""}}""")]
    [InlineData("""{"keytype":"ed25519","scheme":"ed25519","keyval":"x"}""")]
    [InlineData("""{"keytype":"ed25519","scheme":"ed25519","keyval":{"public":7}}""")]
    public void A_key_of_another_shape_is_unusable(string json)
    {
        var key = JsonSerializer.Deserialize<JsonElement>(json);

        Assert.Null(TrustKey.Read(TrustKey.IdOf(key), key));
    }

    [Fact]
    public void A_key_whose_id_does_not_fit_is_ignored()
    {
        var signer = TestSigner.Ed25519();
        var key = JsonSerializer.SerializeToElement(signer.Key);

        Assert.Null(TrustKey.Read(new string('0', 64), key));
        Assert.Null(TrustKey.Read(signer.KeyId.ToUpperInvariant(), key));
    }

    [Fact]
    public void The_id_covers_extra_members()
    {
        var plain = TestSigner.Ed25519();
        var extended = plain.With(key => key["keyid_hash_algorithms"] = new JsonArray("md5"));

        Assert.NotEqual(plain.KeyId, extended.KeyId, StringComparer.Ordinal);
        Assert.NotNull(Read(extended));
    }

    [Fact]
    public void One_key_written_twice_has_two_ids_and_one_fingerprint()
    {
        var pem = TestSigner.Ecdsa();
        var rewritten = pem.With(key => key["keyval"]!["public"] = pem.Key["keyval"]!["public"]!.GetValue<string>() + "\n\n");
        var hex = TestSigner.Ed25519();
        var upper = hex.With(
            key => key["keyval"]!["public"] = hex.Key["keyval"]!["public"]!.GetValue<string>().ToUpperInvariant());

        Assert.NotEqual(pem.KeyId, rewritten.KeyId, StringComparer.Ordinal);
        Assert.Equal(Read(pem)!.Fingerprint, Read(rewritten)!.Fingerprint);
        Assert.NotEqual(hex.KeyId, upper.KeyId, StringComparer.Ordinal);
        Assert.Equal(Read(hex)!.Fingerprint, Read(upper)!.Fingerprint);
        Assert.NotEqual(Read(pem)!.Fingerprint, Read(hex)!.Fingerprint);
    }

    private static TestSigner Make(string kind) => kind switch
    {
        "ed25519" => TestSigner.Ed25519(),
        "rsa" => TestSigner.RsaPss(),
        _ => TestSigner.Ecdsa(kind),
    };

    private static JsonObject KeyObject(string type, string scheme, string publicValue) => new()
    {
        ["keytype"] = type,
        ["scheme"] = scheme,
        ["keyval"] = new JsonObject { ["public"] = publicValue },
    };

    private static TrustKey? Read(TestSigner signer) => Read(signer.Key);

    private static TrustKey? Read(JsonObject key)
    {
        var element = JsonSerializer.SerializeToElement(key);
        return TrustKey.Read(TrustKey.IdOf(element), element);
    }
}
