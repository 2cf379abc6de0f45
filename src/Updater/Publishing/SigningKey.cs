using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Definitions.Trust;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace Updater.Publishing;

/// <summary>A private key of the publisher, in the forms of tuf-client.md §2.3. Kept as PKCS #8; never logged.</summary>
internal sealed class SigningKey
{
    private const int RsaBits = 3072;
    private readonly byte[] _pkcs8;

    private SigningKey(KeyScheme scheme, byte[] pkcs8)
    {
        Scheme = scheme;
        _pkcs8 = pkcs8;
        PublicKey = DescribePublicKey();
        using var document = JsonDocument.Parse(PublicKey.ToJsonString());
        Id = TrustKey.IdOf(document.RootElement);
    }

    public KeyScheme Scheme { get; }

    /// <summary>Lower-case hex SHA-256 of the canonical form of <see cref="PublicKey"/>.</summary>
    public string Id { get; }

    /// <summary>The key object as it stands in a root; clone before putting it into a document.</summary>
    public JsonObject PublicKey { get; }

    public static SigningKey Generate(KeyScheme scheme)
    {
        switch (scheme)
        {
            case KeyScheme.EcdsaP256:
                using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    return new SigningKey(scheme, key.ExportPkcs8PrivateKey());
                }

            case KeyScheme.RsaPssSha256:
                using (var key = RSA.Create(RsaBits))
                {
                    return new SigningKey(scheme, key.ExportPkcs8PrivateKey());
                }

            case KeyScheme.Ed25519:
                var ed25519 = new Ed25519PrivateKeyParameters(new SecureRandom());
                return new SigningKey(scheme, PrivateKeyInfoFactory.CreatePrivateKeyInfo(ed25519).GetDerEncoded());
            default:
                throw new ArgumentOutOfRangeException(nameof(scheme));
        }
    }

    /// <summary>Reads an unencrypted PKCS #8 key (<c>BEGIN PRIVATE KEY</c>); its algorithm tells the scheme.</summary>
    /// <exception cref="PublishException">Not such a key.</exception>
    public static SigningKey FromPem(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            if (pem.AsSpan()[fields.Label] is not "PRIVATE KEY")
            {
                throw new PublishException("A key file must hold one unencrypted PKCS #8 block, 'BEGIN PRIVATE KEY'.");
            }

            var pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
            return new SigningKey(SchemeOf(PrivateKeyFactory.CreateKey(pkcs8)), pkcs8);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or CryptographicException or GeneralSecurityException or IOException)
        {
            throw new PublishException("A key file does not hold a readable private key.", e);
        }
    }

    public string ToPem() => PemEncoding.WriteString("PRIVATE KEY", _pkcs8) + "\n";

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        switch (Scheme)
        {
            case KeyScheme.EcdsaP256:
                using (var key = OpenEcdsa())
                {
                    return key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
                }

            case KeyScheme.RsaPssSha256:
                using (var key = OpenRsa())
                {
                    return key.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
                }

            case KeyScheme.Ed25519:
                var signer = new Ed25519Signer();
                signer.Init(forSigning: true, OpenEd25519());
                signer.BlockUpdate(message);
                return signer.GenerateSignature();
            default:
                throw new InvalidOperationException("The scheme was checked when the key was made.");
        }
    }

    private JsonObject DescribePublicKey()
    {
        switch (Scheme)
        {
            case KeyScheme.EcdsaP256:
                using (var key = OpenEcdsa())
                {
                    return Describe("ecdsa", "ecdsa-sha2-nistp256", key.ExportSubjectPublicKeyInfoPem());
                }

            case KeyScheme.RsaPssSha256:
                using (var key = OpenRsa())
                {
                    return Describe("rsa", "rsassa-pss-sha256", key.ExportSubjectPublicKeyInfoPem());
                }

            case KeyScheme.Ed25519:
                return Describe("ed25519", "ed25519", Convert.ToHexStringLower(OpenEd25519().GeneratePublicKey().GetEncoded()));
            default:
                throw new InvalidOperationException("The scheme was checked when the key was made.");
        }
    }

    private static JsonObject Describe(string type, string scheme, string publicValue) => new()
    {
        ["keytype"] = type,
        ["scheme"] = scheme,
        ["keyval"] = new JsonObject { ["public"] = publicValue },
    };

    private static KeyScheme SchemeOf(AsymmetricKeyParameter key) => key switch
    {
        ECPrivateKeyParameters { Parameters.Curve.FieldSize: 256 } => KeyScheme.EcdsaP256,
        RsaPrivateCrtKeyParameters => KeyScheme.RsaPssSha256,
        Ed25519PrivateKeyParameters => KeyScheme.Ed25519,
        _ => throw new PublishException("A key file holds a key of an algorithm that channels do not use."),
    };

    private ECDsa OpenEcdsa()
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(_pkcs8, out _);
        return key;
    }

    private RSA OpenRsa()
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(_pkcs8, out _);
        return key;
    }

    private Ed25519PrivateKeyParameters OpenEd25519() => (Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(_pkcs8);
}
